import { describe, expect, it } from 'vitest';

import { nearestRate } from '../../src/xr/session';

describe('nearestRate', () => {
  it('is what is wanted where the headset has it', () => {
    expect(nearestRate(Float32Array.of(72, 80, 90, 120), 72)).toBe(72);
  });

  it('is the nearest one where it has not', () => {
    expect(nearestRate([60, 90, 120], 72)).toBe(60);
    expect(nearestRate([120, 90], 72)).toBe(90);
  });

  it('is none where the headset offers no choice', () => {
    expect(nearestRate(undefined, 72)).toBeNull();
    expect(nearestRate([], 72)).toBeNull();
  });
});
