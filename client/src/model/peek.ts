/** What a signal holds now, for code that runs each frame: a signal's own `peek` makes a closure. */
import { untracked, type ReadonlySignal } from '@preact/signals-core';

let asked: ReadonlySignal<unknown>;
const read = (): unknown => asked.value;

/** Reads a signal; an effect in which that happens does not follow it. Makes no objects. */
export function peek<T>(signal: ReadonlySignal<T>): T {
  asked = signal;
  return untracked(read) as T;
}
