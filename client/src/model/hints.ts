/** What a first visitor is told to do, one after the other: each goes once it is done, and does not come again. */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals-core';

import { forget, remember, remembered } from './storage';
import type { State } from './state';

export class FirstSteps<Id extends string> {
  /** The first one that is not done; null after all. */
  readonly current: ReadonlySignal<Id | null>;
  private readonly done;

  constructor(readonly ids: readonly Id[]) {
    this.done = signal<ReadonlySet<Id>>(new Set(ids.filter((id) => remembered(`hint.${id}`) !== null)));
    this.current = computed(() => ids.find((id) => !this.done.value.has(id)) ?? null);
  }

  finish(id: Id): void {
    if (this.done.peek().has(id)) return;
    remember(`hint.${id}`, 'done');
    this.done.value = new Set([...this.done.peek(), id]);
  }

  finishAll(): void {
    for (const id of this.ids) this.finish(id);
  }

  /** All of them come once more. */
  restart(): void {
    for (const id of this.ids) forget(`hint.${id}`);
    this.done.value = new Set();
  }
}

/** Tells when an image is taken in hand, and when that is inserted. */
export function followCarrying({ held, networks }: State, tell: (done: 'pick' | 'insert') => void): void {
  let carried: string | null = null;
  effect(() => {
    if (held.value?.kind !== 'image') return;
    carried = held.value.image.id;
    tell('pick');
  });
  effect(() => {
    const inserted = networks.value.map((network) => network.inserted.value?.id);
    if (carried !== null && inserted.includes(carried)) tell('insert');
  });
}
