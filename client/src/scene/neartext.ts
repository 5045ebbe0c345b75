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
  /** Of each line: 1 where it is drawn. */
  private drawn = new Uint8Array();
  private readonly stride: Stride;
  private due = true;
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
    this.drawn = new Uint8Array(lines.length);
    this.due = true;
    this.stride.now();
  }

  /** Once a frame. */
  update(eye: Vector3): void {
    if (this.stride.taken(eye) && this.choose(eye)) this.write();
  }

  /** Whether others are near than before, or it is time. Makes no objects. */
  private choose(eye: Vector3): boolean {
    let changed = this.due;
    this.due = false;
    for (let at = 0; at < this.lines.length; at += 1) {
      const line = this.lines[at];
      const isDrawn = line !== undefined && this.isNear(line, eye) ? 1 : 0;
      if (this.drawn[at] === isDrawn) continue;
      this.drawn[at] = isDrawn;
      changed = true;
    }
    return changed;
  }

  private write(): void {
    this.text.set(this.lines.filter((_, at) => this.drawn[at] === 1));
  }

  private isNear({ at, fade, anchor = HALL }: Line, eye: Vector3): boolean {
    if (fade === undefined) return true;
    const distance = this.moves.point(anchor, this.point.copy(at)).distanceTo(eye);
    return distance < fade * this.moves.scale(anchor) * GONE + 2 * STRIDE;
  }
}
