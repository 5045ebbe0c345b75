import { signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';

import type { Row, SliderPart } from '../../src/menus/parts';
import { evenRange, factorRange, HeldSlider } from '../../src/menus/sliders';

function partOf({ parts }: Row): SliderPart {
  const found = parts.find((part) => part.kind === 'slider');
  if (found === undefined) throw new Error('no slider');
  return found;
}

describe('sliders', () => {
  it('go in even steps, or by equal factors', () => {
    const metres = evenRange(-0.5, 1.5, 0.05, String);
    expect([0, 0.26, 0.5, 1].map(metres.value)).toEqual([-0.5, 0, 0.5, 1.5]);
    expect(metres.share(0.5)).toBeCloseTo(0.5);
    const factor = factorRange(0.25, 4, String);
    expect([0, 0.25, 0.5, 0.75, 1].map(factor.value)).toEqual([0.25, 0.5, 1, 2, 4]);
    expect(factor.share(2)).toBeCloseTo(0.75);
  });

  it('show what they are dragged to and take effect when they are let go', () => {
    const value = signal(1);
    const slider = new HeldSlider('Size', factorRange(0.25, 4, String), value, (set) => { value.value = set; });
    expect(partOf(slider.row()).at).toBeCloseTo(0.5);
    partOf(slider.row()).slide(0.75);
    expect(partOf(slider.row()).at).toBeCloseTo(0.75);
    expect(value.value).toBe(1);
    partOf(slider.row()).release();
    expect(value.value).toBe(2);
    partOf(slider.row()).release();
    expect(value.value).toBe(2);
  });
});
