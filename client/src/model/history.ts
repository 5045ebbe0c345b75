/** What was done last, of all that can be taken back: images, views and placements of panels. */
import { computed, signal } from '@preact/signals-core';

/** Something that was done. */
export interface Step {
  /** Whose step it is: one part's steps can be taken back by themselves, out of the common order. */
  readonly of: object;
  /** Steps that follow each other in one gesture are taken back together. */
  readonly gesture?: object | undefined;
  /** Both resolve to whether that could be done. */
  readonly undo: () => boolean | Promise<boolean>;
  readonly redo: () => boolean | Promise<boolean>;
}

const KEPT = 1000;

export class History {
  private readonly past = signal<readonly Step[]>([]);
  /** The last one was taken back last. */
  private readonly undone = signal<readonly Step[]>([]);
  readonly undoable = computed(() => this.past.value.length > 0);
  readonly redoable = computed(() => this.undone.value.length > 0);

  /** Notes what was done; what had been taken back cannot be done again after it. */
  add(step: Step): void {
    this.past.value = [...this.past.peek(), step].slice(-KEPT);
    this.undone.value = [];
  }

  /** Forgets a step that turned out not to happen. */
  drop(step: Step): void {
    this.past.value = without(this.past.peek(), step);
  }

  /** Whether something of this can be taken back. */
  hasPast(of: object): boolean {
    return this.past.value.some((step) => step.of === of);
  }

  /** Whether something of this was taken back and can be done again. */
  hasUndone(of: object): boolean {
    return this.undone.value.some((step) => step.of === of);
  }

  /** Which of these did something last that can be taken back; null where none did. */
  latestPast(those: readonly object[]): object | null {
    return this.past.peek().findLast(({ of }) => those.includes(of))?.of ?? null;
  }

  /** Of which of these something was taken back last. */
  latestUndone(those: readonly object[]): object | null {
    return this.undone.peek().findLast(({ of }) => those.includes(of))?.of ?? null;
  }

  /** Takes back what was done last, or what `of` did last. */
  async undo(of?: object): Promise<void> {
    for (const step of lastGesture(this.past.peek(), of)) {
      this.past.value = without(this.past.peek(), step);
      this.undone.value = [...this.undone.peek(), step];
      if (await step.undo()) continue;
      this.undone.value = without(this.undone.peek(), step);
      this.past.value = [...this.past.peek(), step];
      return;
    }
  }

  /** Does again what was taken back last, or what of `of` was. */
  async redo(of?: object): Promise<void> {
    for (const step of lastGesture(this.undone.peek(), of)) {
      this.undone.value = without(this.undone.peek(), step);
      this.past.value = [...this.past.peek(), step];
      if (await step.redo()) continue;
      this.past.value = without(this.past.peek(), step);
      this.undone.value = [...this.undone.peek(), step];
      return;
    }
  }
}

/** The last step and those before it that belong to its gesture, the last one first. */
function lastGesture(steps: readonly Step[], of: object | undefined): Step[] {
  const own = of === undefined ? steps : steps.filter((step) => step.of === of);
  const last = own.at(-1);
  if (last === undefined) return [];
  const { gesture } = last;
  const first = gesture === undefined ? -1 : own.findLastIndex((step) => step.gesture !== gesture);
  return gesture === undefined ? [last] : own.slice(first + 1).reverse();
}

function without(steps: readonly Step[], step: Step): Step[] {
  return steps.filter((one) => one !== step);
}
