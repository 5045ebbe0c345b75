import { Vector3, type DataTexture } from 'three';
import { describe, expect, it } from 'vitest';

import type { Statistics } from '../../src/net/types';
import { Histograms } from '../../src/scene/histograms';
import { Moves } from '../../src/scene/moves';

const SPOT = { corner: new Vector3(), right: new Vector3(1, 0, 0), width: 1, height: 0.4, anchor: 0 };

function statistics(counts: number[]): Statistics {
  return {
    count: 1000,
    mean: 0,
    std: 1,
    minimum: -2,
    maximum: 6,
    zeros: 0,
    dead_channels: 0,
    nan: 0,
    infinite: 0,
    histogram: { low: -2, high: 6, counts },
  };
}

describe('Histograms', () => {
  it('draws bars as the square root of the counts, in the row of its spot', () => {
    const histograms = new Histograms([SPOT, SPOT], new Moves(0));
    const counts = Array.from({ length: 64 }, (_, bin) => bin * bin);
    histograms.set(1, statistics(counts));
    const texture = histograms.object.material.uniforms['heights']?.value as DataTexture;
    const heights = texture.image.data as Uint8Array;
    expect([...heights.subarray(0, 64)]).toEqual(new Array(64).fill(0));
    const row = heights.subarray(64);
    expect(row[0]).toBe(0);
    expect((row[32] ?? 0) / (row[63] ?? 1)).toBeCloseTo(32 / 63, 2);
    expect(row[1]).toBeGreaterThan(0);
  });

  it('is hidden until there are figures, and again without them', () => {
    const histograms = new Histograms([SPOT], new Moves(0));
    const range = histograms.object.geometry.getAttribute('range');
    expect(range.getZ(0)).toBe(0);
    histograms.set(0, statistics(new Array<number>(64).fill(1)));
    expect([range.getX(0), range.getY(0), range.getZ(0)]).toEqual([-2, 6, 1]);
    histograms.set(0, null);
    expect(range.getZ(0)).toBe(0);
  });
});
