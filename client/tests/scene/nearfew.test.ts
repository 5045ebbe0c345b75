import { Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { NearFew } from '../../src/scene/nearfew';

const READING = { most: 3, within: 6, stride: 1 };

let centres: Vector3[];
let near: NearFew;

beforeEach(() => {
  centres = [8, 1, -4, 3, 40].map((x) => new Vector3(x, 0, 0));
  near = new NearFew(centres, READING, { travelled: 0 });
});

describe('NearFew', () => {
  it('tells the nearest within reach, nearest first, and no more than are wanted', () => {
    expect(near.changed(new Vector3())).toBe(true);
    expect(near.numbers).toEqual([1, 3, 2]);
    expect(near.changed(new Vector3(4, 0, 0))).toBe(true);
    expect(near.numbers).toEqual([3, 1, 0]);
    expect(near.changed(new Vector3(100, 0, 0))).toBe(true);
    expect(near.numbers).toEqual([]);
  });

  it('agrees with sorting all of them', () => {
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const many = Array.from({ length: 200 }, () => new Vector3(40 * random(), 3 * random(), 40 * random()));
    const few = new NearFew(many, { most: 12, within: 9, stride: 0 }, { travelled: 0 });
    for (let walked = 0; walked < 30; walked += 1) {
      const eye = new Vector3(40 * random(), 1.6, 40 * random());
      few.changed(eye);
      const wanted = many.map((centre, number) => ({ number, away: centre.distanceTo(eye) }));
      const sorted = wanted.filter(({ away }) => away < 9).sort((a, b) => a.away - b.away).slice(0, 12);
      expect(new Set(few.numbers)).toEqual(new Set(sorted.map(({ number }) => number)));
    }
  });

  it('says so only where others are near than before, or where it is asked to', () => {
    near.changed(new Vector3());
    expect(near.changed(new Vector3(1.5, 0, 0))).toBe(false);
    near.now();
    expect(near.changed(new Vector3(1.5, 0, 0))).toBe(true);
    expect(near.changed(new Vector3(1.5, 0, 0))).toBe(false);
  });
});
