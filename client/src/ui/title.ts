/** The corner that says where one is: the network and what it consists of. */
import { effect } from '@preact/signals-core';

import { formatCount } from '../model/format';
import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import { mapsShape } from '../tiles/cells';
import { button, h } from './dom';

export function title(state: State, actions: Actions): HTMLElement {
  const figures = h('p', { class: 'figures' });
  const source = h('small', { class: 'source' });
  const name = h('div', { class: 'network' });
  effect(() => {
    name.replaceChildren(networkName(state, actions));
  });
  const warnings = h('details', { class: 'warnings' });
  effect(() => {
    const network = state.current.value;
    const hall = network?.hall.value ?? null;
    if (hall === null || network === null) return;
    const { layers } = hall.graph;
    const maps = layers.reduce((sum, layer) => sum + mapsShape(layer.shape).channels, 0);
    figures.textContent = `${formatCount(layers.length)} layers · ${formatCount(maps)} feature maps`;
    source.textContent = network.summary.description;
    const found = [...new Set([...network.summary.warnings, ...hall.graph.warnings])];
    warnings.hidden = found.length === 0;
    warnings.replaceChildren(
      h('summary', {}, found.length === 1 ? '1 note on this network' : `${found.length} notes on this network`),
      h('ul', {}, ...found.map((text) => h('li', {}, text))),
    );
  });
  return h(
    'header',
    { class: 'title' },
    h('h1', { class: 'wordmark' }, 'cnn', h('b', {}, 'walk')),
    name,
    figures,
    source,
    warnings,
  );
}

/** The name of the network one is nearest to; where there are several, a choice to fly to another. */
function networkName(state: State, actions: Actions): Node {
  const networks = state.networks.value;
  const current = state.current.value;
  if (networks.length < 2) return h('h2', {}, current?.name ?? '');
  const options = networks.map((network) => {
    const option = h('option', { value: network.id }, network.name);
    option.selected = network === current;
    return option;
  });
  const choice = h('select', { 'aria-label': 'Network', title: 'To the same place in another network; T: in the next one' }, ...options);
  choice.addEventListener('change', () => {
    const chosen = state.find(choice.value);
    if (chosen !== undefined) actions.flyAcross(chosen);
    choice.blur();
  });
  // So that the keys walk again instead of changing the choice.
  choice.addEventListener('keydown', (event) => { event.stopPropagation(); });
  return choice;
}

const BUTTON_ICONS = {
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM16.2 16.2 21 21',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  outline: 'M4 5h6M8 12h12M8 19h12M4 5v14h2M4 12h2',
  layer: 'M4 5h16v14H4ZM4 9.5h16M9.3 9.5V19M14.7 9.5V19M4 14.2h16',
  pictures: 'M4 4h7v7H4ZM13 4h7v7h-7ZM4 13h7v7H4ZM16.5 13.2l1 2.3 2.3 1-2.3 1-1 2.3-1-2.3-2.3-1 2.3-1Z',
  map: 'M3.5 6.5 9 4l6 2.5 5.5-2.5v13.5L15 20l-6-2.5L3.5 20ZM9 4v13.5M15 6.5V20',
  home: 'M4 11.5 12 5l8 6.5M6.5 10v9h11v-9',
} as const;

export type IconName = keyof typeof BUTTON_ICONS;

export function iconPath(name: IconName): string {
  return BUTTON_ICONS[name];
}

/** A small round button that says by its name what it does. */
export function roundButton(label: string, onClick: () => void, face: Node | string): HTMLButtonElement {
  return button({ class: 'round', 'aria-label': label, title: label }, onClick, face);
}
