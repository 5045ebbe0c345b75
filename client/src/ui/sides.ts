/** The two sides of a panel: its activations and its pictures. */
import { effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import type { Layer } from '../net/types';
import { SIDE } from '../model/wording';
import { button, h } from './dom';

/** The layer that a card is about. */
export interface CardLayer {
  readonly network: NetworkState;
  readonly layer: Layer;
}

/** Shows which side a layer's panel shows, and turns it. */
export function panelSides(actions: Actions, subject: ReadonlySignal<CardLayer | null>): HTMLElement {
  const isTurned = ({ network, layer }: CardLayer): boolean => network.turned.value.has(layer.id);
  const sides = SIDE.options.map(({ value: turned, label }) => {
    const choice = button({}, () => {
      const at = subject.peek();
      if (at !== null && isTurned(at) !== turned) void actions.visualizations.turn(at.network, at.layer.id);
    }, label);
    effect(() => {
      const at = subject.value;
      choice.setAttribute('aria-pressed', String(at !== null && isTurned(at) === turned));
    });
    return choice;
  });
  return h('div', { class: 'sides', role: 'group', 'aria-label': SIDE.name }, ...sides);
}
