/** The hologram as something to point at: a click magnifies it, the wheel makes it larger. */
import { Matrix4, Ray } from 'three';

import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import type { Pickable } from './pointing';
import type { Tool } from './tool';

/** Growth per pixel of the wheel. */
const GROWTH = 0.0012;

export class HologramTarget implements Pickable {
  readonly cursor = 'zoom-in';
  private readonly toPicture = new Matrix4();
  private readonly local = new Ray();

  constructor(
    private readonly tool: Tool,
    private readonly state: State,
    private readonly actions: Actions,
  ) {}

  pick(ray: Ray): number | null {
    const { picture } = this.tool;
    if (!this.tool.object.visible || this.state.held.peek() === null || !picture.visible) return null;
    // The picture is the unit square around its own origin.
    this.local.copy(ray).applyMatrix4(this.toPicture.copy(picture.matrixWorld).invert());
    const { origin, direction } = this.local;
    const steps = -origin.z / direction.z;
    if (!(steps > 0)) return null;
    const x = origin.x + steps * direction.x;
    const y = origin.y + steps * direction.y;
    // It is in the hand, so before everything else.
    return Math.abs(x) > 0.5 || Math.abs(y) > 0.5 ? null : 0;
  }

  over(): void {
    // The cursor says it.
  }

  out(): void {
    // Nothing was shown.
  }

  click(): void {
    this.actions.magnify(this.state.held.peek());
  }

  wheel(pixels: number): boolean {
    this.tool.enlarge(Math.exp(-pixels * GROWTH));
    return true;
  }
}
