/** The hall's floor as something to point at, for hands without a stick: pinch on it, and one stands there. */
import { Vector3, type Ray } from 'three';

import type { Pickable, Reach } from '../scene/pointing';
import type { Aim } from './aim';
import type { Footing } from './footing';
import type { Rig } from './rig';

/** As the visitor feels them, in m: farther away one does not mean a place on the floor. */
const FARTHEST = 25;

export class FloorTarget implements Pickable {
  readonly cursor = 'pointer';
  /** Where the ray meets the floor; its y is 0. */
  readonly landing = new Vector3();
  /** Whether it is there to be pointed at. */
  enabled = false;
  private shown = false;

  constructor(
    private readonly rig: Rig,
    private readonly aim: Aim,
    private readonly footing: Footing,
    private readonly go: (x: number, z: number, yaw: number) => void,
  ) {}

  /** Whether its mark is shown. */
  get pointedAt(): boolean {
    return this.shown;
  }

  pick({ origin, direction }: Ray, reach: Reach): boolean {
    const { scale } = this.rig;
    const distance = -origin.y / direction.y;
    if (!this.enabled || !(distance > 0) || distance > FARTHEST * scale) return false;
    reach.metres = distance;
    const landing = this.landing.copy(direction).multiplyScalar(distance).add(origin).setY(0);
    return this.footing.free(landing.x, landing.z, scale);
  }

  over(): void {
    this.shown = true;
    this.aim.mark(this.landing, this.rig.heading, true, this.rig.scale);
  }

  out(): void {
    if (!this.shown) return;
    this.shown = false;
    this.aim.hide();
  }

  click(button: number): void {
    if (button === 0) this.go(this.landing.x, this.landing.z, this.rig.heading);
  }
}
