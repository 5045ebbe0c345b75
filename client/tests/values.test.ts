import { describe, expect, it, vi } from 'vitest';

import type { Api, MapValues } from '../src/net/api';
import { MAP_COLORS } from '../src/model/mapcolors';
import { colourise, summarize, ValueCache } from '../src/model/values';
import { Viewport } from '../src/ui/viewport';

function answering(): { mapValues: Api['mapValues'] } {
  return {
    mapValues: vi.fn((_network, _image, _layer, channel: number): Promise<MapValues> =>
      Promise.resolve({ width: 1, height: 1, values: Float32Array.of(channel) }),
    ),
  };
}

describe('the values of feature maps', () => {
  it('are asked for once, and again when they were pushed out', async () => {
    const api = answering();
    const cache = new ValueCache(api);
    await Promise.all([cache.get('i', { network: 'n', layer: 'a', channel: 0 }), cache.get('i', { network: 'n', layer: 'a', channel: 0 })]);
    expect(api.mapValues).toHaveBeenCalledTimes(1);
    for (let channel = 1; channel <= 6; channel += 1) await cache.get('i', { network: 'n', layer: 'a', channel });
    await cache.get('i', { network: 'n', layer: 'a', channel: 0 });
    expect(api.mapValues).toHaveBeenCalledTimes(8);
  });

  it('are asked for again after a failure', async () => {
    const api = answering();
    vi.mocked(api.mapValues).mockRejectedValueOnce(new Error('gone'));
    const cache = new ValueCache(api);
    await expect(cache.get('i', { network: 'n', layer: 'a', channel: 3 })).rejects.toThrow('gone');
    expect((await cache.get('i', { network: 'n', layer: 'a', channel: 3 })).values[0]).toBe(3);
  });

  it('belong to one network, image and layer', async () => {
    const api = answering();
    const cache = new ValueCache(api);
    await cache.get('i', { network: 'n', layer: 'a', channel: 0 });
    await cache.get('j', { network: 'n', layer: 'a', channel: 0 });
    await cache.get('i', { network: 'n', layer: 'b', channel: 0 });
    await cache.get('i', { network: 'm', layer: 'a', channel: 0 });
    expect(api.mapValues).toHaveBeenCalledTimes(4);
  });
});

describe('a summary', () => {
  it('counts what is not finite and looks past it', () => {
    const summary = summarize(Float32Array.of(NaN, 0, -4, 2, Infinity));
    expect(summary).toMatchObject({ minimum: -4, maximum: 2, nonFinite: 2, magnitude: 4, zeros: 0.2 });
    expect(summary.mean).toBeCloseTo(-2 / 3, 6);
    expect(summary.std).toBeCloseTo(Math.sqrt(56 / 9), 6);
  });

  it('stands for a map that is not finite anywhere', () => {
    expect(summarize(Float32Array.of(NaN, NaN))).toMatchObject({ minimum: 0, maximum: 0, nonFinite: 2 });
  });
});

describe("the paper's colours", () => {
  it('are blue below zero, black at it and white above, magenta where not finite', () => {
    const pixels = colourise(Float32Array.of(-2, 0, 2, 1, NaN), 2, MAP_COLORS.paper);
    expect([...pixels]).toEqual([
      26, 115, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255, 255, 0, 255, 255,
    ]);
  });

  it('are black for a map of zeros', () => {
    expect([...colourise(Float32Array.of(0), 0, MAP_COLORS.paper)]).toEqual([0, 0, 0, 255]);
  });
});

describe('the viewport', () => {
  it('shows the whole picture in the middle', () => {
    const view = new Viewport();
    view.resize(800, 600);
    view.fit(10, 10);
    const { x, y } = view.toSource(400, 300);
    expect([x, y]).toEqual([5, 5]);
    expect(view.toSource(0, 0).y).toBeLessThan(0);
    expect(view.toSource(0, 600).y).toBeGreaterThan(10);
  });

  it('keeps what lies under the pointer while it zooms', () => {
    const view = new Viewport();
    view.resize(800, 600);
    view.fit(56, 56);
    const before = view.toSource(123, 456);
    view.zoom(1.7, 123, 456);
    const after = view.toSource(123, 456);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
  });
});
