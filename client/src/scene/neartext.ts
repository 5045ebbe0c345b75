/** Writing all over the hall, of which only what is near enough to read is drawn. */
import { Vector3 } from 'three';

import type { Glyphs } from './glyphs';
import { Text, type Line } from './text';

/** What is drawn is chosen anew after this many m. */
const STRIDE = 2;
/** A line is gone at this multiple of the distance at which it begins to fade. */
const GONE = 1.5;

export class NearText {
  private readonly text: Text;
  private readonly chosenAt = new Vector3(Infinity, 0, 0);

  constructor(
    private readonly lines: readonly Line[],
    glyphs: Glyphs,
  ) {
    this.text = new Text(glyphs);
  }

  get object(): Text['object'] {
    return this.text.object;
  }

  /** Once a frame. */
  update(eye: Vector3): void {
    if (this.chosenAt.distanceToSquared(eye) < STRIDE * STRIDE) return;
    this.chosenAt.copy(eye);
    this.text.set(
      this.lines.filter(
        ({ at, fade }) => fade === undefined || at.distanceTo(eye) < fade * GONE + 2 * STRIDE,
      ),
    );
  }

  dispose(): void {
    this.text.dispose();
  }
}
