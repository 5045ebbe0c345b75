/** The screen before the hall stands: what is happening, or why nothing does. */
import { effect } from '@preact/signals-core';

import type { State } from '../model/state';
import { bindText, button, h } from './dom';

export function arrivalScreen(state: State): HTMLElement {
  const text = h('p', { class: 'arrival-text', role: 'status' });
  bindText(text, () => state.arrival.value.text);
  const again = button({ class: 'primary' }, () => { location.reload(); }, 'Try again');
  const screen = h(
    'div',
    { class: 'arrival' },
    h('div', { class: 'wordmark' }, 'cnn', h('b', {}, 'walk')),
    h('div', { class: 'arrival-bar', 'aria-hidden': 'true' }, h('i')),
    text,
    again,
  );
  effect(() => {
    const { stage } = state.arrival.value;
    screen.dataset['stage'] = stage;
    again.hidden = stage !== 'failed';
  });
  return screen;
}
