/** Both hands' rays: what they are on, and what a press of their trigger does there. */
import type { Ray } from 'three';

import { Pointing, type Pickable, type Sight } from '../scene/pointing';
import type { Gripping } from './gripping';
import type { Hand } from './hand';

/** A ray that comes from a hand. */
class HandSight implements Sight {
  hand: Hand | null = null;

  aim(ray: Ray): boolean {
    if (this.hand?.present !== true) return false;
    ray.copy(this.hand.ray);
    return true;
  }

  show(): void {
    // The reticle shows it.
  }
}

export class Pointers {
  /** Of the hand that holds the tool, and of the other one. */
  readonly tool: Pointing;
  readonly off: Pointing;
  /** Whether the tool has come upon something to take in this frame. */
  reached = false;
  private readonly toolSight = new HandSight();
  private readonly offSight = new HandSight();

  constructor(
    pickables: () => readonly Pickable[],
    /** What the other hand can point at: it must not light up all that it passes. */
    besides: () => readonly Pickable[],
  ) {
    this.tool = new Pointing(this.toolSight, pickables);
    this.off = new Pointing(this.offSight, besides);
  }

  /** Once a frame, after the hands have been placed. */
  update(toolHand: Hand, offHand: Hand, gripping: Gripping): void {
    this.toolSight.hand = toolHand;
    this.offSight.hand = offHand;
    this.off.invalidate();
    this.off.update();
    // After the other one: where both are on one thing, it shows what the tool points at.
    const before = this.tool.target;
    this.tool.invalidate();
    this.tool.update();
    const { target } = this.tool;
    this.reached = target !== before && target !== null && target.cursor !== 'default';
    press(this.off, offHand, gripping);
    press(this.tool, toolHand, gripping);
  }

  leave(): void {
    this.off.leave();
    this.tool.leave();
  }
}

function press(pointing: Pointing, { side, trigger }: Hand, gripping: Gripping): void {
  if (gripping.isPressing(side)) return;
  if (trigger.began) pointing.click(0, false);
  else if (trigger.down) pointing.drag();
  if (trigger.ended) pointing.release();
}
