/** Teleporting: the stick forward throws an arc, and let go of puts one where it lands. */
import { Vector3, type Ray } from 'three';

import type { Clock } from '../scene/clock';
import { wrapped } from '../scene/walker';
import type { Aim } from './aim';
import { land } from './arc';
import type { Footing } from './footing';
import type { Hand } from './hand';
import type { Rig } from './rig';

/** The stick is out from here on, and let go of below; between them its direction is kept. */
const PUSHED = 0.7;
const DIRECTED = 0.55;
const RELEASED = 0.3;

export class Teleport {
  /** Where one would stand; the y is 0. */
  readonly landing = new Vector3();
  private by: Hand | null = null;
  private free = false;
  private facing = 0;
  /** Of the stick: 0 ahead, to the left in rad. */
  private turn = 0;

  constructor(
    private readonly rig: Rig,
    private readonly aim: Aim,
    private readonly footing: Footing,
    private readonly go: (x: number, z: number, yaw: number) => void,
  ) {}

  /** Whether this hand throws an arc. */
  aims(hand: Hand): boolean {
    return this.by === hand;
  }

  get aiming(): boolean {
    return this.by !== null;
  }

  /** Whether one may stand where the arc lands. */
  get allowed(): boolean {
    return this.aiming && this.free;
  }

  /** One frame of a hand whose stick may teleport. */
  update(hand: Hand, clock: Pick<Clock, 'seconds'>): void {
    const { stick } = hand;
    if (this.by === null && begins(stick.x, stick.y)) this.by = hand;
    if (this.by !== hand) return;
    const out = stick.length();
    if (out > DIRECTED) this.turn = Math.atan2(-stick.x, -stick.y);
    if (out < RELEASED) this.finish();
    else this.show(hand.ray, clock.seconds);
  }

  /** The hand does something else: nobody goes anywhere. */
  cancel(): void {
    if (this.by === null) return;
    this.by = null;
    this.aim.hide();
  }

  /** `clock`: in s. */
  private show(ray: Ray, clock: number): void {
    const { rig, landing } = this;
    const seconds = land(ray, rig.scale, landing);
    this.free = seconds > 0 && this.footing.free(landing.x, landing.z, rig.scale);
    this.facing = wrapped(Math.atan2(-ray.direction.x, -ray.direction.z) + this.turn);
    this.aim.throwTo(landing, this.facing, this.free, rig.scale, ray, seconds, clock);
  }

  private finish(): void {
    const { x, z } = this.landing;
    const { free, facing } = this;
    this.cancel();
    if (free) this.go(x, z, facing);
  }
}

function begins(x: number, y: number): boolean {
  return y < -PUSHED && Math.abs(x) < -y;
}
