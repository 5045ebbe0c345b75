/** Says that a hall is being arranged anew, where that takes longer than one would notice. */
import { effect } from '@preact/signals-core';

import type { State } from '../model/state';
import { h } from './dom';

export function arrangingNote(state: State): HTMLElement {
  const text = h('p', { class: 'arranging', role: 'status' });
  effect(() => {
    const busy = state.networks.value.filter((network) => network.arranging.value > 0);
    text.textContent = busy.length === 0 ? '' : `Arranging ${busy.map(({ name }) => name).join(', ')} …`;
    text.hidden = busy.length === 0;
  });
  return text;
}
