/**
 * Panels in the hands: a squeeze takes the panel that the hand points at, a press of the trigger
 * that moves takes what is made for that, and while one is held its hand's stick pushes and scales it.
 */
import { Vector3, type Ray } from 'three';

import type { Step } from '../scene/clock';
import type { Grabs } from '../scene/grabs';
import { lookAlong, Reach, type Met, type Pickable } from '../scene/pointing';
import type { Gaze } from './gaze';
import type { BothHands, Hand, Side } from './hand';

/** In a second, by a stick that is pushed fully: m as the visitor feels them, and powers of e. */
const PUSH_SPEED = 2.5;
const SCALE_SPEED = 0.9;
/** A press that moves and turns less is a click: in m, and the cosine of an angle. */
const CLICK_METRES = 0.03;
const CLICK_COSINE = Math.cos(0.035);

export class Gripping {
  private readonly left = new Grasp();
  private readonly right = new Grasp();
  private readonly met: Met = { pickable: null, distance: Infinity };

  constructor(
    private readonly grabs: Grabs,
    private readonly pickables: () => readonly Pickable[],
  ) {}

  /** Whether a hand's press in this frame is about a panel that it holds, and no click on something else. */
  isPressing(side: Side): boolean {
    return this[side].pressing;
  }

  /** Whether a hand holds a panel. */
  holds(side: Side): boolean {
    return this.grabs.holds(side);
  }

  /** Once a frame, after the hands have been placed. */
  update(hands: BothHands, clock: Step, gaze: Gaze): void {
    this.hand(hands.left, clock, gaze);
    this.hand(hands.right, clock, gaze);
  }

  /** The hands are gone: what they held stands where it is. */
  leave(): void {
    for (const side of ['left', 'right'] as const) {
      this.grabs.letGo(side);
      this[side].pressed = null;
      this[side].pressing = false;
    }
  }

  private hand(hand: Hand, { step }: Step, { scale }: Gaze): void {
    const { side, grip, stick, squeeze, trigger } = hand;
    const grasp = this[side];
    if (squeeze.began) this.take(hand);
    else if (trigger.began) this.press(hand, grasp);
    // Also where it ends in this very frame.
    grasp.pressing = grasp.pressed !== null;
    if (this.grabs.holds(side)) {
      if (stick.y !== 0) this.grabs.push(side, -stick.y * PUSH_SPEED * scale * step);
      if (stick.x !== 0) this.grabs.scaleBy(side, Math.exp(stick.x * SCALE_SPEED * step));
      this.grabs.follow(side, grip);
    }
    if (squeeze.ended && grasp.pressed === null) this.grabs.letGo(side);
    if (trigger.ended && grasp.pressed !== null) this.release(hand, grasp, scale);
  }

  private take({ side, ray, grip }: Hand): Pickable | null {
    lookAlong(ray, this.pickables(), this.met);
    const place = this.met.pickable?.grip?.() ?? null;
    if (place !== null) this.grabs.take(place, side, grip);
    return place === null ? null : this.met.pickable;
  }

  private press(hand: Hand, grasp: Grasp): void {
    lookAlong(hand.ray, this.pickables(), this.met);
    if (this.met.pickable?.drags !== true) return;
    grasp.press(this.take(hand), hand.ray);
  }

  private release({ side, ray, present }: Hand, grasp: Grasp, scale: number): void {
    const { pressed } = grasp;
    grasp.pressed = null;
    if (grasp.hasMoved(ray, scale)) {
      this.grabs.letGo(side);
      return;
    }
    this.grabs.putBack(side);
    // Nobody clicks by a hand that is lost.
    if (!present) return;
    // What was pressed remembers where; a ray that met it since may have made it forget.
    pressed?.pick(grasp.from(ray), new Reach());
    pressed?.click?.(0, false);
  }
}

/** A press of the trigger that may become a drag. */
class Grasp {
  pressed: Pickable | null = null;
  pressing = false;
  private readonly origin = new Vector3();
  private readonly direction = new Vector3();

  press(pickable: Pickable | null, { origin, direction }: Ray): void {
    this.pressed = pickable;
    this.origin.copy(origin);
    this.direction.copy(direction);
  }

  hasMoved({ origin, direction }: Ray, scale: number): boolean {
    const isNear = this.origin.distanceTo(origin) < CLICK_METRES * scale;
    return !isNear || this.direction.dot(direction) < CLICK_COSINE;
  }

  /** Sets a ray back to where the press began, and returns it. */
  from(ray: Ray): Ray {
    return ray.set(this.origin, this.direction);
  }
}
