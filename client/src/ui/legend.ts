/** What the maps' colours mean, as they are chosen now. */
import { effect } from '@preact/signals-core';

import { MAP_COLORS, type Rgb } from '../model/mapcolors';
import type { State } from '../model/state';
import { h } from './dom';

export function legend(state: State): HTMLElement {
  const scale = h('i', { class: 'scale', 'aria-hidden': 'true' });
  const text = h('span', {});
  effect(() => {
    const { positive, negative, legend: meaning } = MAP_COLORS[state.preferences.colors.value];
    scale.style.background = `linear-gradient(90deg, ${css(negative)}, #000 50%, ${css(positive)})`;
    text.textContent = meaning;
  });
  return h('p', { class: 'colours' }, scale, text);
}

function css(color: Rgb): string {
  return `rgb(${color.map((part) => Math.round(part * 255)).join(' ')})`;
}
