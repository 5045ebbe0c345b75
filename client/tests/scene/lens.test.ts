import { describe, expect, it } from 'vitest';

import { Lens } from '../../src/scene/lens';

describe('Lens', () => {
  it('shows the whole picture at first', () => {
    const lens = new Lens();
    expect([lens.across(0), lens.across(1), lens.up(0), lens.up(1)]).toEqual([0, 1, 0, 1]);
  });

  it('keeps what is seen at a place there while it zooms', () => {
    const lens = new Lens();
    lens.zoomBy(4, 0.3, 0.8);
    lens.zoomBy(2, 0.6, 0.4);
    // By hand: 4x about 0.3 shows 0.225..0.475, of which 0.6 is 0.375; 2x about it: 0.3..0.425.
    expect(lens.across(0)).toBeCloseTo(0.3);
    expect(lens.across(1)).toBeCloseTo(0.425);
    // 4x about 0.8 shows 0.6..0.85, of which 0.4 is 0.7; 2x about it: 0.65..0.775.
    expect(lens.up(0)).toBeCloseTo(0.65);
    expect(lens.up(1)).toBeCloseTo(0.775);
  });

  it('never leaves the picture', () => {
    const lens = new Lens();
    lens.zoomBy(8, 0, 1);
    expect([lens.across(0), lens.up(1)]).toEqual([0, 1]);
    lens.zoomBy(1 / 4, 1, 0);
    expect(lens.across(0)).toBeGreaterThanOrEqual(0);
    expect(lens.across(1)).toBeLessThanOrEqual(1);
    expect(lens.up(1)).toBeLessThanOrEqual(1);
  });

  it('zooms from 1 to 32 times', () => {
    const lens = new Lens();
    lens.zoomBy(1000, 0.5, 0.5);
    expect(lens.zoom).toBe(32);
    lens.zoomBy(1e-6, 0.2, 0.9);
    expect([lens.zoom, lens.x, lens.y]).toEqual([1, 0.5, 0.5]);
  });
});
