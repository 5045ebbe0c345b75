/** Writing all over the hall, of which only what is near enough to read is drawn. */
import { Vector3 } from 'three';

import { HALL, type Moves } from './moves';
import { Stride } from './stride';
import type { Line, TextPart } from './text';

/** What is drawn is chosen anew after this many m. */
const STRIDE = 2;
/** A line is gone at this multiple of the distance at which it begins to fade. */
const GONE = 1.5;

export class NearText {
  private lines: readonly Line[] = [];
  private readonly stride: Stride;
  private readonly point = new Vector3();

  constructor(
    private readonly text: Pick<TextPart, 'set'>,
    private readonly moves: Moves,
  ) {
    this.stride = new Stride(STRIDE, moves);
  }

  /** All that may be written. */
  set(lines: readonly Line[]): void {
    this.lines = lines;
    this.stride.now();
  }

  /** Once a frame. */
  update(eye: Vector3): void {
    if (!this.stride.taken(eye)) return;
    this.text.set(this.lines.filter((line) => this.isNear(line, eye)));
  }

  private isNear({ at, fade, anchor = HALL }: Line, eye: Vector3): boolean {
    if (fade === undefined) return true;
    const distance = this.moves.point(anchor, this.point.copy(at)).distanceTo(eye);
    return distance < fade * this.moves.scale(anchor) * GONE + 2 * STRIDE;
  }
}
