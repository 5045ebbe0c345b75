/** Three hints for the first visit; each goes once it is done, and does not come again. */
import { computed, effect, signal } from '@preact/signals-core';

import type { State } from '../model/state';
import { button, h } from './dom';
import { forget, remember, remembered } from '../model/storage';

const touches = matchMedia('(pointer: coarse)').matches;

const HINTS = [
  {
    id: 'walk',
    text: touches
      ? 'Look around with a finger, walk with two.'
      : 'Walk with W A S D, look around by dragging.',
  },
  { id: 'pick', text: 'Click a picture on the dataset panel to take it in hand.' },
  { id: 'insert', text: 'Click the frame in front of the network to drop it in.' },
] as const;

type HintId = (typeof HINTS)[number]['id'];

const WALKING = new Set(['KeyW', 'KeyA', 'KeyS', 'KeyD', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);

export class Hints {
  readonly element: HTMLElement;
  private readonly done = signal<ReadonlySet<HintId>>(
    new Set(HINTS.map(({ id }) => id).filter((id) => remembered(`hint.${id}`) !== null)),
  );

  constructor(state: State) {
    const text = h('span');
    const count = h('span', { class: 'count' });
    this.element = h('aside', { class: 'hint', 'aria-label': 'Hint' }, count, text);
    const current = computed(() => HINTS.findIndex(({ id }) => !this.done.value.has(id)));
    this.element.append(
      button({ class: 'quiet' }, () => { for (const { id } of HINTS) this.finish(id); }, 'Skip'),
    );
    effect(() => {
      const hint = HINTS[current.value];
      this.element.hidden = hint === undefined || state.arrival.value.stage !== 'ready';
      text.textContent = hint?.text ?? '';
      count.textContent = `${current.value + 1} / ${HINTS.length}`;
    });
    this.watch(state);
  }

  /** Shows all of them once more. */
  restart(): void {
    for (const { id } of HINTS) forget(`hint.${id}`);
    this.done.value = new Set();
  }

  private watch(state: State): void {
    window.addEventListener('keydown', (event) => {
      if (WALKING.has(event.code) && state.arrival.peek().stage === 'ready') this.finish('walk');
    });
    window.addEventListener('touchmove', (event) => {
      if (event.touches.length > 1) this.finish('walk');
    });
    let carried: string | null = null;
    effect(() => {
      const held = state.held.value;
      if (held?.kind !== 'image') return;
      carried = held.image.id;
      this.finish('pick');
    });
    effect(() => {
      const inserted = state.networks.value.map((network) => network.inserted.value?.id);
      if (carried !== null && inserted.includes(carried)) this.finish('insert');
    });
  }

  private finish(id: HintId): void {
    if (this.done.peek().has(id)) return;
    remember(`hint.${id}`, 'done');
    this.done.value = new Set([...this.done.peek(), id]);
  }
}
