/** Letters as the numbers that the shader of texts reads, one after another. */
import { Vector3 } from 'three';

import { HALL } from './moves';
import { display } from './palette';
import type { Line } from './text';

/** The attributes of a letter and how many floats each takes. */
export const LETTER_PARTS = [
  ['corner', 3],
  ['across', 3],
  ['upward', 3],
  ['glyph', 3],
  ['tint', 3],
] as const;
export const LETTER_FLOATS = LETTER_PARTS.reduce((sum, [, size]) => sum + size, 0);

/** A line that never fades. */
const NEVER = 1e6;

export class LetterBuffer {
  count = 0;
  private readonly floats: Float32Array;
  private readonly point = new Vector3();
  private line: Line | null = null;
  private size = 1;
  private readonly color = new Float32Array(3);

  /** `capacity`: of letters. */
  constructor(capacity: number) {
    this.floats = new Float32Array(capacity * LETTER_FLOATS);
  }

  /** The numbers of all letters so far. */
  get written(): Float32Array {
    return this.floats.subarray(0, this.count * LETTER_FLOATS);
  }

  /** What follows are the letters of this line, set at this size in m. */
  begin(line: Line, size: number): void {
    this.line = line;
    this.size = size;
    display(line.color).toArray(this.color);
  }

  /** A letter whose pen and bounds count at size 1; `index`: of its glyph in the atlas. */
  push(pen: number, bounds: readonly number[], index: number): void {
    if (this.line === null) return;
    const { at, right, up, fade, anchor } = this.line;
    const { point, size, floats } = this;
    const first = this.count * LETTER_FLOATS;
    const x = bounds[0] ?? 0;
    const y = bounds[1] ?? 0;
    point.copy(at).addScaledVector(right, (pen + x) * size).addScaledVector(up, y * size);
    point.toArray(floats, first);
    point.copy(right).multiplyScalar(((bounds[2] ?? 0) - x) * size).toArray(floats, first + 3);
    point.copy(up).multiplyScalar(((bounds[3] ?? 0) - y) * size).toArray(floats, first + 6);
    floats[first + 9] = index;
    floats[first + 10] = fade ?? NEVER;
    floats[first + 11] = anchor ?? HALL;
    floats.set(this.color, first + 12);
    this.count += 1;
  }
}
