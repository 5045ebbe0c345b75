import { describe, expect, it } from 'vitest';

import { PAGE_SIZE, TEXEL_BYTES } from '../../src/tiles/cells';
import { LayerStates, type LayerState } from '../../src/tiles/layers';
import { hallOf, type MadeLayer } from './halls';

const MB = 2 ** 20;

function layersOf(count: number, shape: number[]): MadeLayer[] {
  return Array.from({ length: count }, (_, index) => ({ id: `l${index}`, shape }));
}

/** A layer of 64 maps of 112 takes a quarter of a page at its detail level. */
const QUARTER = [64, 112, 112];

/** Places detail levels while there is room, without taking any place back. */
function placeAll(states: LayerStates): LayerState[] {
  const placed = states.all.filter((state) => {
    state.isUploading = true;
    return states.placeDetail(state).places !== null;
  });
  for (const state of states.all) state.isUploading = false;
  return placed;
}

/** Bytes of all pages that may come to be, with their mips, rounded up. */
function mostBytes({ basePacker, detailPacker }: LayerStates): number {
  let rows = detailPacker.maxPages * PAGE_SIZE;
  for (let page = 0; page < basePacker.pageCount; page += 1) rows += basePacker.usedHeight(page);
  return (rows * PAGE_SIZE * TEXEL_BYTES * 4) / 3;
}

describe('what is resident', () => {
  it('has a place for every base level from the start', () => {
    const layers = [...layersOf(40, [256, 28, 28]), { id: 'fc', shape: [1000] }];
    const states = new LayerStates(hallOf(layers), 192 * MB);
    expect(states.all.length).toBe(41);
    expect(states.all.every((state) => state.base.length === state.plan.base.pieces.length)).toBe(
      true,
    );
    expect(states.get('fc')?.base[0]).toMatchObject({ width: 32, height: 32 });
  });

  it('makes base cells smaller rather than leaving a layer out or breaking the budget', () => {
    // 400,000 maps: 16 texels a cell would take 270 MB.
    const layers = layersOf(400, [1000, 56, 56]);
    const roomy = new LayerStates(hallOf(layers), 1024 * MB);
    const tight = new LayerStates(hallOf(layers), 192 * MB);
    expect(roomy.all[0]?.plan.base.cellWidth).toBe(16);
    expect(tight.all[0]?.plan.base.cellWidth).toBe(8);
    expect(tight.all.length).toBe(400);
    expect(mostBytes(tight)).toBeLessThanOrEqual(192 * MB);
    expect(mostBytes(roomy)).toBeLessThanOrEqual(1024 * MB);
    expect(tight.detailPacker.maxPages).toBeGreaterThan(2);
  });

  it('says when not even one texel a map fits', () => {
    const layers = layersOf(30, [200000]);
    expect(() => new LayerStates(hallOf(layers), 10 * MB)).toThrow('10 MB');
  });

  it('gives no more places than the budget has pages for', () => {
    const states = new LayerStates(hallOf(layersOf(40, QUARTER)), 50 * MB);
    const { maxPages } = states.detailPacker;
    expect(maxPages).toBe(4);
    expect(placeAll(states).length).toBe(4 * maxPages);
  });

  it('wants no more than fits, the first ones first', () => {
    const states = new LayerStates(hallOf(layersOf(40, QUARTER)), 50 * MB);
    const order = [...states.all].reverse();
    const wanted = states.want(order);
    expect(wanted).toEqual(order.slice(0, wanted.length));
    expect(wanted.length).toBeGreaterThan(10);
    for (const state of wanted) expect(states.placeDetail(state).places).not.toBeNull();
  });

  it('does not let one layer that is too large keep the others out', () => {
    const layers = [{ id: 'huge', shape: [4096, 112, 112] }, ...layersOf(4, QUARTER)];
    const states = new LayerStates(hallOf(layers), 50 * MB);
    expect(states.want(states.all).map((state) => state.plan.layer)).toEqual(
      layersOf(4, QUARTER).map(({ id }) => id),
    );
  });

  it('skips layers whose base level is their full size', () => {
    const states = new LayerStates(hallOf(layersOf(3, [64, 14, 14])), 50 * MB);
    expect(states.want(states.all)).toEqual([]);
  });

  it('takes the places of what was not drawn for longest, and of nothing that is wanted', () => {
    const states = new LayerStates(hallOf(layersOf(20, QUARTER)), 50 * MB);
    const placed = placeAll(states);
    placed.forEach((state, index) => (state.lastShown = (index * 7) % placed.length));
    const next = states.all[19];
    if (!next) expect.fail();
    // Nobody is needed any more but the one that was drawn longest ago and the next one.
    const longest = [...placed].sort((a, b) => a.lastShown - b.lastShown);
    states.want([next, longest[0] ?? next]);
    const { places, evicted } = states.placeDetail(next);
    expect(places).not.toBeNull();
    expect(evicted).toEqual([longest[1]]);
    expect(longest[1]).toMatchObject({ detail: null, detailRun: -1, shows: 'base' });
  });

  it('does not take a place that is being written', () => {
    const states = new LayerStates(hallOf(layersOf(20, QUARTER)), 50 * MB);
    for (const state of placeAll(states)) state.isUploading = true;
    states.want([]);
    const last = states.all[19];
    if (!last) expect.fail();
    expect(states.placeDetail(last)).toEqual({ places: null, evicted: [] });
  });
});
