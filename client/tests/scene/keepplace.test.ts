import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import type { Hall } from '../../src/net/types';
import { standing, UNMOVED } from '../../src/model/placement';
import { keepPlace, standInFor } from '../../src/scene/keepplace';
import { nearest } from '../../src/scene/nearest';
import { hallOf, type MadeLayer } from '../tiles/halls';

const BLOCKS = [
  { id: 'outer', path: 'outer', label: 'Outer', parent: null, repeats: 1, repetition: 1 },
  { id: 'inner', path: 'outer.inner', label: 'Inner', parent: 'outer', repeats: 1, repetition: 1 },
];

/** A hall with these layers; `blocks`: by layer the block it is in, `collapsed`: that it stands for. */
function view(
  layers: readonly MadeLayer[],
  blocks: Readonly<Record<string, string>>,
  collapsed: Readonly<Record<string, string>> = {},
): Hall {
  const hall = hallOf(layers);
  hall.graph.blocks = BLOCKS;
  hall.graph.layers = hall.graph.layers.map((layer) => ({
    ...layer,
    block: blocks[layer.id] ?? null,
    collapsed: collapsed[layer.id] ?? null,
  }));
  return hall;
}

const shape = [4, 8, 8];
const open = view(
  [
    { id: 'stem', shape },
    { id: 'a', shape, panel: { x: 2, z: -10 } },
    { id: 'b', shape, panel: { x: 2, z: -14 } },
  ],
  { a: 'inner', b: 'inner' },
);
const closed = view([{ id: 'stem', shape }, { id: 'b', shape, panel: { x: 0, z: -4, yaw: 0.5 } }], {}, { b: 'outer' });

describe('the panel that stands for another', () => {
  it('is the same layer, or the collapsed block around it, however far outside', () => {
    expect(standInFor('b', open, closed)).toBe('b');
    expect(standInFor('a', open, closed)).toBe('b');
    expect(standInFor('b', closed, open)).toBe('b');
  });

  it('is none where nothing of it is left', () => {
    expect(standInFor('a', open, view([{ id: 'stem', shape }], {}))).toBeNull();
  });
});

describe('the visitor', () => {
  it('is at the panel where it stands now, in both halls, not where the layouts have it', () => {
    const away = { ...UNMOVED, x: 5, z: -20 };
    const pose = { eye: new Vector3(7, 1.65, -31), yaw: 0, pitch: 0 };
    const layers = [{ id: 'a', shape, panel: { x: 0, z: -4 } }, { id: 'b', shape, panel: { x: 0, z: -8 } }];
    const before = standing(open, (layer) => (layer === 'b' ? away : UNMOVED));
    const after = standing(view(layers, {}), (layer) => (layer === 'b' ? { ...UNMOVED, x: -3 } : UNMOVED));
    expect(keepPlace(pose, before, after).eye.toArray()).toEqual([-3, 1.65, -5]);
    expect(keepPlace(pose, open, view(layers, {})).eye.x).not.toBe(-3);
  });

  it('is at the panel that they look at, not at a nearer one behind them', () => {
    const pose = { eye: new Vector3(2, 1.65, -10.5), yaw: 0, pitch: 0 };
    const layers = [
      { id: 'b', shape, panel: { x: 2, z: -6 } },
      { id: 'a', shape, panel: { x: 2, z: -30 } },
    ];
    expect(keepPlace(pose, open, view(layers, {})).eye.z).toBeCloseTo(-6 + 3.5);
    expect(keepPlace({ ...pose, yaw: Math.PI }, open, view(layers, {})).eye.z).toBeCloseTo(-30 - 0.5);
  });

  it('stays before the panel they are at, turned with it', () => {
    const pose = { eye: new Vector3(2.5, 1.65, -8), yaw: 0.1, pitch: -0.2 };
    const kept = keepPlace(pose, open, closed);
    // 2 m before and 0.5 m to the right of panel a is so before panel b, which is turned by 0.5.
    expect(kept.eye.x).toBeCloseTo(2 * Math.sin(0.5) + 0.5 * Math.cos(0.5));
    expect(kept.eye.z).toBeCloseTo(-4 + 2 * Math.cos(0.5) - 0.5 * Math.sin(0.5));
    expect(kept.eye.y).toBe(1.65);
    expect(kept.yaw).toBeCloseTo(0.6);
    expect(kept.pitch).toBe(-0.2);
    const back = keepPlace({ ...kept, yaw: kept.yaw + 2 * Math.PI }, closed, open);
    expect(back.yaw).toBeCloseTo(0.1);
    expect(back.eye.z).toBeCloseTo(-12);
  });

  it('stays where they are when nothing stands for the panel', () => {
    const pose = { eye: new Vector3(2, 1.65, -9), yaw: 0, pitch: 0 };
    expect(keepPlace(pose, open, view([{ id: 'stem', shape }], {}))).toEqual(pose);
  });
});

describe('the nearest hall', () => {
  const halls = Float64Array.from([-20, 0, 20].flatMap((x) => [x - 5, x + 5, -50, 3]));

  it('is the one that one is in, or beside', () => {
    expect(nearest(new Vector3(-3, 1.65, -40), halls, -1)).toBe(1);
    expect(nearest(new Vector3(13, 1.65, -40), halls, 1)).toBe(2);
    expect(nearest(new Vector3(-19, 1.65, 30), halls, 1)).toBe(0);
  });

  it('changes only when another one is clearly nearer', () => {
    expect(nearest(new Vector3(10.2, 1.65, 0), halls, 1)).toBe(1);
    expect(nearest(new Vector3(10.2, 1.65, 0), halls, 2)).toBe(2);
    expect(nearest(new Vector3(10.6, 1.65, 0), halls, 1)).toBe(2);
  });
});
