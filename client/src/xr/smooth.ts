/** Moving smoothly by the thumbstick: over the floor where one looks, or through the air where one points. */
import { Vector3, type Vector2 } from 'three';

import type { Step } from '../scene/clock';
import type { Rig } from './rig';

/** As the visitor feels them, in m/s: with the stick half out, and with all of it. */
const WALK = 2.4;
const RUN = 6;
/** From here on walking becomes running. */
const RUNS_FROM = 0.85;
/** How fast the wanted speed is taken on, in 1/s. */
const EAGERNESS = 7;
const AT_REST = 1e-3;

export class Smooth {
  private readonly velocity = new Vector3();
  private readonly wanted = new Vector3();
  private readonly way = new Vector3();
  private readonly ahead = new Vector3();
  /** How fast one moves, as a share of walking; at most 1. */
  share = 0;

  constructor(private readonly rig: Rig) {}

  /** One frame over the floor, where the head looks. */
  walk(stick: Vector2, clock: Step): void {
    const { heading } = this.rig;
    this.steer(stick, this.ahead.set(-Math.sin(heading), 0, -Math.cos(heading)));
    this.step(clock);
  }

  /** One frame along a direction of length 1, upwards and down, too. */
  fly(stick: Vector2, direction: Vector3, clock: Step): void {
    this.steer(stick, direction);
    this.step(clock);
  }

  halt(): void {
    this.velocity.set(0, 0, 0);
    this.share = 0;
  }

  private steer(stick: Vector2, { x, y, z }: Vector3): void {
    const speed = speedOf(stick.length()) * this.rig.scale;
    // What is to the right stays level; straight up there is no right.
    const level = Math.max(1e-3, Math.sqrt(x * x + z * z));
    this.wanted.set(-stick.y * x - (stick.x * z) / level, -stick.y * y, -stick.y * z + (stick.x * x) / level);
    const length = this.wanted.length();
    this.wanted.multiplyScalar(length > 0 ? speed / length : 0);
  }

  /** The way does not depend on how long frames are. */
  private step({ step: seconds }: Step): void {
    const kept = Math.exp(-seconds * EAGERNESS);
    const carried = (1 - kept) / EAGERNESS;
    const { velocity, wanted, way, rig } = this;
    way.copy(wanted).multiplyScalar(seconds - carried).addScaledVector(velocity, carried);
    velocity.sub(wanted).multiplyScalar(kept).add(wanted);
    if (wanted.lengthSq() === 0 && velocity.length() < AT_REST) velocity.set(0, 0, 0);
    this.share = Math.min(1, velocity.length() / (WALK * rig.scale));
    // Nobody flies into the floor.
    way.y = Math.max(way.y, -rig.floor);
    if (way.lengthSq() > 0) rig.moveBy(way.x, way.y, way.z);
  }
}

/** By how far the stick is out, 0 to 1 (a corner may say more): walking, at its end running. */
export function speedOf(out: number): number {
  const share = Math.min(1, out);
  const run = Math.min(1, Math.max(0, (share - RUNS_FROM) / (1 - RUNS_FROM)));
  return WALK * share + (RUN - WALK) * run * run * (3 - 2 * run);
}
