import { describe, expect, it } from 'vitest';

import { placeTags, type Box } from '../../src/scene/tags';

const PICTURE = { width: 2, height: 1 };
const HEIGHT = 0.1;

function box(left: number, top: number, right: number, bottom: number): Box {
  return { left, top, right, bottom };
}

describe('tags', () => {
  it('stand over their boxes', () => {
    const [tag] = placeTags([box(0.5, 0.4, 1, 0.9)], [0.3], HEIGHT, PICTURE);
    expect(tag).toMatchObject({ box: 0, x: 0.5, width: 0.3, height: HEIGHT });
    expect(tag?.y).toBeCloseTo(0.3);
  });

  it('stay within the picture', () => {
    const boxes = [box(0.2, 0, 1.8, 1), box(1.9, 0.5, 2, 0.6), box(0, 0.95, 0.2, 1)];
    const tags = placeTags(boxes, [0.3, 0.4, 5], HEIGHT, PICTURE);
    expect(tags).toHaveLength(3);
    for (const { x, y, width, height } of tags) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(2);
      expect(y + height).toBeLessThanOrEqual(1);
    }
    expect(tags[0]?.y).toBe(0);
  });

  it('never cover each other, and leave out what finds no room', () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const boxes = Array.from({ length: 60 }, () => {
      const left = random() * 1.5;
      const top = random() * 0.7;
      return box(left, top, left + 0.1 + random() * 0.4, top + 0.1 + random() * 0.2);
    });
    const tags = placeTags(boxes, boxes.map(() => 0.35), HEIGHT, PICTURE);
    expect(tags.length).toBeGreaterThan(10);
    expect(tags.length).toBeLessThan(60);
    expect(tags[0]?.box).toBe(0);
    tags.forEach((a, at) => {
      for (const b of tags.slice(at + 1)) {
        const apart = [a.x - b.x - b.width, b.x - a.x - a.width, a.y - b.y - b.height, b.y - a.y - a.height];
        expect(Math.max(...apart)).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it('of equal boxes stand in different corners', () => {
    const same = box(0.2, 0.4, 1, 0.9);
    const tags = placeTags([same, same, same, same], [0.3, 0.3, 0.3, 0.3], HEIGHT, PICTURE);
    expect(tags.map(({ y }) => y)).toEqual([0.4 - HEIGHT, 0.4, 0.9 - HEIGHT]);
  });
});
