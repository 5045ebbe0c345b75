/**
 * The render loop's time. It is handed on whole: a number that is worked out and passed to a function
 * becomes an object on the heap, in each frame anew. So does a choice between such a number and 0:
 * what stands still is moved on by a factor of 0 instead.
 */

/** A frame that comes later, after a pause, counts as so long, in s. */
const LONGEST_STEP = 0.1;

export class Clock {
  /** Since the page was opened, in s. */
  seconds = 0;
  /** Since the frame before, in s. */
  step = 0;

  /** A frame begins; `milliseconds`: since the page was opened. */
  tick(milliseconds: number): void {
    const now = milliseconds / 1000;
    const step = now - this.seconds;
    this.step = Math.min(LONGEST_STEP, Math.max(0, step));
    this.seconds = now;
  }
}

/** What is only moved on needs no more of it. */
export type Step = Pick<Clock, 'step'>;
