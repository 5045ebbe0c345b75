/** Turning by the thumbstick: in steps, or smoothly. */
import type { Step } from '../scene/clock';
import type { Rig } from './rig';

/** The stick is pushed aside from here on, and let go of below. */
const PUSHED = 0.7;
const RELEASED = 0.4;
/** The fastest smooth turn, in rad/s, and how fast it is taken on, in 1/s. */
const FASTEST = (100 / 180) * Math.PI;
const EAGERNESS = 10;
const AT_REST = 1e-3;

export class Turning {
  /** Of the stick, to the right, -1 to 1. */
  aside = 0;
  private armed = true;
  /** To the left, in rad/s. */
  private speed = 0;

  constructor(private readonly rig: Rig) {}

  /** How fast one turns smoothly, as a share of the fastest. */
  get share(): number {
    return Math.abs(this.speed) / FASTEST;
  }

  /** One frame of turning in steps. */
  snap(degrees: number): void {
    const { aside } = this;
    this.speed = 0;
    if (Math.abs(aside) < RELEASED) this.armed = true;
    if (!this.armed || Math.abs(aside) < PUSHED) return;
    this.armed = false;
    this.rig.turn((-Math.sign(aside) * degrees * Math.PI) / 180);
  }

  /** One frame of turning smoothly; the way does not depend on how long frames are. */
  smooth({ step: seconds }: Step): void {
    const wanted = -this.aside * FASTEST;
    const kept = Math.exp(-seconds * EAGERNESS);
    const carried = (1 - kept) / EAGERNESS;
    const turn = wanted * (seconds - carried) + this.speed * carried;
    this.speed = wanted + (this.speed - wanted) * kept;
    if (wanted === 0 && Math.abs(this.speed) < AT_REST) this.speed = 0;
    if (turn !== 0) this.rig.turn(turn);
  }

  halt(): void {
    this.speed = 0;
  }
}
