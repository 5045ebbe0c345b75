/** The buttons that put a layer's panel back in its place. */
import { effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { button, h } from './dom';
import type { CardLayer } from './sides';

export function layerArranging(actions: Actions, subject: ReadonlySignal<CardLayer | null>): HTMLElement {
  const { history, placements } = actions;
  const named = (name: string, title: string, enabled: () => boolean, act: (at: CardLayer) => void): HTMLButtonElement => {
    const control = button({ title }, () => {
      const at = subject.peek();
      if (at !== null) act(at);
    }, name);
    effect(() => { control.disabled = !enabled(); });
    return control;
  };
  const isMoved = (): boolean => {
    const at = subject.value;
    return at?.network.placements.value.has(at.layer.id) === true;
  };
  const anyMoved = (): boolean => (subject.value?.network.placements.value.size ?? 0) > 0;
  return h(
    'div',
    { class: 'row', role: 'group', 'aria-label': 'Arrange' },
    named('Align', 'As large and turned as it was, on its line again', isMoved, ({ network, layer }) => {
      placements.align(network, layer.id);
    }),
    named('Reset', 'Where the layout has it', isMoved, ({ network, layer }) => { placements.reset(network, layer.id); }),
    named('Reset all', 'All panels where the layout has them', anyMoved, ({ network }) => { placements.resetAll(network); }),
    named('Undo', 'What was done last: Ctrl Z', () => history.undoable.value, () => { actions.undo(); }),
    named('Redo', 'What was taken back: Ctrl Shift Z', () => history.redoable.value, () => { actions.redo(); }),
  );
}
