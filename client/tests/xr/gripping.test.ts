import { Ray, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Grabs } from '../../src/scene/grabs';
import type { Pickable } from '../../src/scene/pointing';
import { LiveGaze } from '../../src/xr/gaze';
import { Gripping } from '../../src/xr/gripping';
import { Pointers } from '../../src/xr/pointers';
import { pointing } from './made';

const AHEAD = new Vector3(0, 1.3, -5);
const STEP = { step: 1 / 72 };

/** A panel's title that tells what happens to it, and grabs that say who holds it. */
class Stage {
  readonly happened: string[] = [];
  private readonly holders = new Set<string>();
  private readonly title: Pickable = {
    cursor: 'grab',
    drags: true,
    pick: (_: Ray, reach) => { reach.metres = 2; return true; },
    over: () => undefined,
    out: () => undefined,
    click: () => { this.happened.push('click'); },
    grip: () => ({ layer: 'conv' }) as unknown as ReturnType<NonNullable<Pickable['grip']>>,
  };
  private readonly grabs = {
    holds: (by: string) => this.holders.has(by),
    take: (_: unknown, by: string) => { this.holders.add(by); },
    follow: () => undefined,
    letGo: (by: string) => { if (this.holders.delete(by)) this.happened.push('stands here'); },
    putBack: (by: string) => { if (this.holders.delete(by)) this.happened.push('put back'); },
  } as unknown as Grabs;
  readonly left = pointing('left', new Vector3(-0.2, 1.3, 0), AHEAD);
  readonly right = pointing('right', new Vector3(0.2, 1.3, 0), AHEAD);
  readonly gripping = new Gripping(this.grabs, () => [this.title]);
  private readonly pointers = new Pointers(() => [this.title], () => []);

  /** A frame in which these happen to the right hand's button: it begins, it ends, both, or neither. */
  frame(button: 'trigger' | 'squeeze', ...events: readonly ('began' | 'ended')[]): void {
    const press = this.right[button];
    press.began = events.includes('began');
    press.ended = events.includes('ended');
    press.down = press.ended ? false : press.down || press.began;
    this.gripping.update(this, STEP, new LiveGaze());
    this.pointers.update(this.right, this.left, this.gripping);
    press.began = press.ended = false;
  }

}

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe('Gripping', () => {
  it('clicks a title once, however short the press', () => {
    stage.frame('trigger', 'began');
    stage.frame('trigger');
    stage.frame('trigger', 'ended');
    expect(stage.happened).toEqual(['put back', 'click']);
    stage.frame('trigger', 'began', 'ended');
    expect(stage.happened.slice(2)).toEqual(['put back', 'click']);
  });

  it('takes a press that moves for a drag', () => {
    stage.frame('trigger', 'began');
    stage.right.ray.origin.x += 0.1;
    stage.frame('trigger', 'ended');
    expect(stage.happened).toEqual(['stands here']);
    expect(stage.gripping.holds('right')).toBe(false);
  });

  it('does not take it for a click when the hand is lost', () => {
    stage.frame('trigger', 'began');
    stage.right.present = false;
    stage.frame('trigger', 'ended');
    stage.frame('trigger');
    expect(stage.happened).toEqual(['put back']);
    expect(stage.gripping.isPressing('right')).toBe(false);
  });

  it('leaves a squeezed panel where it is when the hand is lost, and when the headset is taken off', () => {
    stage.frame('squeeze', 'began');
    stage.right.present = false;
    stage.frame('squeeze', 'ended');
    expect(stage.happened).toEqual(['stands here']);
    stage.right.present = true;
    stage.frame('squeeze', 'began');
    stage.gripping.leave();
    expect(stage.happened).toEqual(['stands here', 'stands here']);
    expect(stage.gripping.holds('right')).toBe(false);
  });
});
