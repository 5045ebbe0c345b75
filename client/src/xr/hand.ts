/**
 * One hand of the visitor, whether it holds a controller or is seen by the headset's cameras: all
 * that the tool, the walk and grabbing know of it. `Hands` writes it once a frame; nothing of it
 * is ever replaced, so that whoever keeps a part of it sees the newest.
 */
import { Matrix4, Ray, Vector2 } from 'three';

import { Joints } from './joints';

export type Side = 'left' | 'right';

/** A button: whether it is down, and whether that began or ended with this frame. */
export interface Press {
  down: boolean;
  began: boolean;
  ended: boolean;
}

export class Hand {
  /** Whether the headset knows where it is. */
  present = false;
  /** Whether the headset has known that since the session began. */
  known = false;
  /** Whether it is a bare hand: then a pinch is the trigger, and there is neither squeeze nor stick. */
  bare = false;
  /** Whether it has a thumbstick: some controllers have none, no more than bare hands. */
  hasStick = false;
  /** Where it points, in the world. */
  readonly ray = new Ray();
  /** Where the palm is and how it is turned, in the world; without scale. */
  readonly grip = new Matrix4();
  /** What is seen of it. */
  readonly joints = new Joints();
  /** The thumbstick: x to the right, y towards the visitor, -1 to 1; what is near 0 is 0. */
  readonly stick = new Vector2();
  readonly trigger: Press = { down: false, began: false, ended: false };
  readonly squeeze: Press = { down: false, began: false, ended: false };
  /** The lower one of the two buttons (A, X) and the upper one (B, Y). */
  readonly lower: Press = { down: false, began: false, ended: false };
  readonly upper: Press = { down: false, began: false, ended: false };

  constructor(readonly side: Side) {}
}

/** Both hands. */
export type BothHands = Readonly<Record<Side, Hand>>;

/** Which hand holds the tool: the one that the visitor prefers, but the other one where that is the only one. */
export function toolSide(hands: BothHands, preferred: Side): Side {
  const other = preferred === 'right' ? 'left' : 'right';
  return hands[other].known && !hands[preferred].known ? other : preferred;
}
