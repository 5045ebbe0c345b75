/** A slider for noise on the images that are in, and what every network makes of its own. */
import { effect } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { findingsOf } from '../model/findings';
import { formatPercent } from '../model/format';
import { SIGMA, sigmaText } from '../model/inputnoise';
import type { NetworkState } from '../model/networkstate';
import type { State } from '../model/state';
import { bindShown, h } from './dom';
import { sliderOf } from './fields';

/** The slider, by keys and pointer; the keys walk again when it is let go. */
export function noiseSlider(actions: Actions): { readonly element: HTMLElement; readonly focus: () => void } {
  const { inputNoise } = actions;
  const element = sliderOf(
    SIGMA.name,
    SIGMA,
    () => inputNoise.sigma.value,
    (sigma) => { inputNoise.slide(sigma); },
    sigmaText,
  );
  const input = element.querySelector('input');
  const leave = (): void => { input?.blur(); };
  element.addEventListener('pointerup', leave);
  element.addEventListener('pointercancel', leave);
  element.addEventListener('focusout', () => { inputNoise.release(); });
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || event.key === 'Enter') leave();
  });
  return { element, focus: () => input?.focus() };
}

/** Where there are several networks: what each says first of what is in it. */
export function everyNetwork(state: State): HTMLElement {
  const list = h('ul', { class: 'every', 'aria-label': 'All networks' });
  effect(() => {
    const rows = state.networks.value.map((network) => row(network, network === state.current.value));
    list.replaceChildren(...rows);
  });
  bindShown(list, () => state.networks.value.length > 1);
  return list;
}

function row(network: NetworkState, isCurrent: boolean): HTMLElement {
  const [first] = findingsOf(network.result.value);
  const found = first === undefined ? [] : [h('span', {}, first.label), h('span', { class: 'percent' }, formatPercent(first.share))];
  return h('li', isCurrent ? { 'aria-current': 'true' } : {}, h('span', {}, network.name), ...found);
}

/** Where there are several networks: whether an image goes into all of them. */
export function togetherSwitch(state: State): HTMLElement {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => { state.together.value = input.checked; });
  effect(() => { input.checked = state.together.value; });
  const element = h('label', { class: 'together' }, input, h('span', {}, 'One image for all networks'));
  bindShown(element, () => state.networks.value.length > 1);
  return element;
}
