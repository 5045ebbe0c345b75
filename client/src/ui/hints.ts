/** Three hints for the first visit. */
import { effect } from '@preact/signals-core';

import { followCarrying } from '../model/hints';
import type { State } from '../model/state';
import { button, h } from './dom';

const touches = matchMedia('(pointer: coarse)').matches;

const TEXTS = {
  walk: touches ? 'Look around with a finger, walk with two.' : 'Walk with W A S D, look around by dragging.',
  pick: 'Click a picture on the dataset panel to take it in hand.',
  insert: 'Click the frame in front of the network to drop it in.',
} as const;

/** Where one image goes into several networks. */
const COMPARE = 'Click a frame: the image goes into all networks. T: the same place in the next one.';

const WALKING = new Set(['KeyW', 'KeyA', 'KeyS', 'KeyD', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);

function comparing(state: State): boolean {
  return state.together.value && state.networks.value.length > 1;
}

export class Hints {
  readonly element: HTMLElement;

  constructor(private readonly state: State) {
    const { hints } = state;
    const text = h('span');
    const count = h('span', { class: 'count' });
    this.element = h('aside', { class: 'hint', 'aria-label': 'Hint' }, count, text);
    this.element.append(button({ class: 'quiet' }, () => { hints.finishAll(); }, 'Skip'));
    effect(() => {
      const hint = hints.current.value;
      this.element.hidden = hint === null || state.arrival.value.stage !== 'ready';
      text.textContent = hint === null ? '' : hint === 'insert' && comparing(state) ? COMPARE : TEXTS[hint];
      count.textContent = hint === null ? '' : `${hints.ids.indexOf(hint) + 1} / ${hints.ids.length}`;
    });
    this.watch();
  }

  /** Shows all of them once more, in the headset, too. */
  restart(): void {
    this.state.hints.restart();
    this.state.headsetHints.restart();
  }

  private watch(): void {
    const { state } = this;
    const { hints } = state;
    window.addEventListener('keydown', (event) => {
      if (WALKING.has(event.code) && state.arrival.peek().stage === 'ready') hints.finish('walk');
    });
    window.addEventListener('touchmove', (event) => {
      if (event.touches.length > 1) hints.finish('walk');
    });
    followCarrying(state, (done) => { if (!state.immersed.peek()) hints.finish(done); });
  }
}
