import { describe, expect, it } from 'vitest';

import { moved, sideBySide, spanOf } from '../src/model/sidebyside';
import { hallOf } from './tiles/halls';

const GAP = 5;
const spans = [
  { left: -4, right: 4 },
  { left: -10, right: 20 },
  { left: -6, right: 5 },
];

describe('halls side by side', () => {
  it.each([0, 1, 2])('stand in order with a gap, around the first one, which is %i', (first) => {
    const moves = sideBySide(spans, [0, 0, 0], first);
    expect(moves[first]).toBe(0);
    const placed = spans.map(({ left, right }, i) => [left + (moves[i] ?? NaN), right + (moves[i] ?? NaN)] as const);
    for (const [i, [left]] of placed.entries()) {
      if (i > 0) expect(left - (placed[i - 1]?.[1] ?? NaN)).toBeCloseTo(GAP);
    }
  });

  it('stay where they are as long as there is room, and make room for one that grew', () => {
    const before = sideBySide(spans, [0, 0, 0], 0);
    const narrower = [spans[0], { left: -3, right: 3 }, spans[2]].flatMap((span) => span ?? []);
    expect(sideBySide(narrower, before, 0)).toEqual(before);
    const wider = [{ left: -4, right: 9 }, spans[1], spans[2]].flatMap((span) => span ?? []);
    expect(sideBySide(wider, before, 0)).toEqual(before.map((by, i) => (i === 0 ? 0 : by + 5)));
  });

  it('keep room for what stands beside a frame', () => {
    const { arrangement } = hallOf([{ id: 'a', shape: [4, 8, 8] }]);
    const narrow = { ...arrangement, bounds: { ...arrangement.bounds, min_x: -1, max_x: 1 } };
    expect(spanOf(narrow)).toEqual({ left: -4.4, right: 5.5 });
    const wide = { ...arrangement, bounds: { ...arrangement.bounds, min_x: -9, max_x: 8 } };
    expect(spanOf(wide)).toEqual({ left: -9, right: 8 });
  });
});

describe('a hall that is moved', () => {
  it('has everything in it moved to the right, and nothing else changed', () => {
    const hall = hallOf([{ id: 'a', shape: [4, 8, 8], panel: { x: 1, yaw: 0.5 } }]);
    const { arrangement } = hall;
    arrangement.routes.push({
      source: 'a',
      target: 'a',
      label: 'add',
      points: [[1, -2], [3, -4]],
      label_at: [2, -3],
      label_yaw: 0.25,
    });
    arrangement.signs.push({ block: null, text: 'stem', depth: 0, x: -1, z: -2, yaw: 0.5 });
    const there = moved(hall, 10);
    expect(there.graph).toBe(hall.graph);
    expect(there.arrangement).toEqual({
      panels: [{ ...arrangement.panels[0], x: 11 }],
      routes: [{ ...arrangement.routes[0], points: [[11, -2], [13, -4]], label_at: [12, -3] }],
      signs: [{ ...arrangement.signs[0], x: 9 }],
      input_frame: { ...arrangement.input_frame, x: 10 },
      bounds: { ...arrangement.bounds, min_x: 7, max_x: 13 },
    });
    expect(moved(there, -10)).toEqual(hall);
  });
});
