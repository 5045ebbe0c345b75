import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { Stride } from '../../src/scene/stride';

describe('Stride', () => {
  it('is taken at first, and then after so many metres in any direction', () => {
    const stride = new Stride(2, { travelled: 0 });
    const eye = new Vector3(5, 1, -3);
    expect(stride.taken(eye)).toBe(true);
    expect(stride.taken(eye)).toBe(false);
    expect(stride.taken(eye.set(6, 2, -2))).toBe(false); // 1.73 m
    expect(stride.taken(eye.set(6.2, 2.2, -1.8))).toBe(true); // 2.08 m
    // From there on, not from where the first one began.
    expect(stride.taken(eye.set(5, 1, -3))).toBe(true);
    expect(stride.taken(eye.set(5, 1, -2))).toBe(false);
  });

  it('is taken where panels were moved as far, or both together are enough', () => {
    const moves = { travelled: 7 };
    const stride = new Stride(1, moves);
    const eye = new Vector3();
    stride.taken(eye);
    moves.travelled = 7.6;
    expect(stride.taken(eye)).toBe(false);
    expect(stride.taken(eye.setX(0.5))).toBe(true);
    expect(stride.taken(eye)).toBe(false);
  });

  it('is taken at once when that is asked for, once', () => {
    const stride = new Stride(1, { travelled: 0 });
    const eye = new Vector3();
    stride.taken(eye);
    stride.now();
    expect(stride.taken(eye)).toBe(true);
    expect(stride.taken(eye)).toBe(false);
  });
});
