/** Writing all over the hall, of which only what is near enough to read is drawn. */
import { Vector3 } from 'three';

import { HALL, type Moves } from './moves';
import type { Line, TextPart } from './text';

/** What is drawn is chosen anew after this many m. */
const STRIDE = 2;
/** A line is gone at this multiple of the distance at which it begins to fade. */
const GONE = 1.5;

export class NearText {
  private lines: readonly Line[] = [];
  private readonly chosenAt = new Vector3(Infinity, 0, 0);
  private readonly point = new Vector3();
  private travelled = 0;

  constructor(
    private readonly text: Pick<TextPart, 'set'>,
    private readonly moves: Moves,
  ) {}

  /** All that may be written. */
  set(lines: readonly Line[]): void {
    this.lines = lines;
    this.chosenAt.setX(Infinity);
  }

  /** Once a frame. */
  update(eye: Vector3): void {
    const strode = this.chosenAt.distanceTo(eye) + this.moves.travelled - this.travelled;
    if (strode < STRIDE) return;
    this.chosenAt.copy(eye);
    this.travelled = this.moves.travelled;
    this.text.set(this.lines.filter((line) => this.isNear(line, eye)));
  }

  private isNear({ at, fade, anchor = HALL }: Line, eye: Vector3): boolean {
    if (fade === undefined) return true;
    const distance = this.moves.point(anchor, this.point.copy(at)).distanceTo(eye);
    return distance < fade * this.moves.scale(anchor) * GONE + 2 * STRIDE;
  }
}
