/**
 * What is inserted and what the network makes of it, wherever in the hall one stands: one line
 * once a pass is done, all of it under the pointer or the keyboard's focus.
 */
import { effect } from '@preact/signals-core';

import { findingsOf } from '../model/findings';
import { formatPercent } from '../model/format';
import type { Actions } from '../model/actions';
import { cleanOf, cleanText, sigmaOf, sigmaText } from '../model/inputnoise';
import type { State } from '../model/state';
import { IMAGE_BEFORE } from '../model/wording';
import type { ImageInfo } from '../net/types';
import { bindShown, bindText, button, h, icon } from './dom';
import { everyNetwork, noiseSlider, togetherSwitch } from './inputnoise';

const SHOWN_FINDINGS = 3;
/** An arrow that turns back. */
const BACK = 'M9 5 4.5 9.5 9 14M4.5 9.5H14a5 5 0 0 1 0 10h-4';

/** The card, and how the keyboard comes to its slider. */
export function status(state: State, actions: Actions): { readonly element: HTMLElement; readonly focusNoise: () => void } {
  const noise = noiseSlider(actions);
  const card = h(
    'section',
    { class: 'card status', 'aria-label': 'Inserted image', tabindex: '0' },
    inserted(state, actions),
    progressBar(state, actions),
    results(state),
    failure(state, actions),
    everyNetwork(state),
    h('div', { class: 'noise' }, noise.element, togetherSwitch(state)),
  );
  // As with the buttons: the keyboard stays with the walk. Sliders would not move without it.
  card.addEventListener('mousedown', (event) => {
    if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
  });
  effect(() => {
    card.dataset['stage'] = state.current.value?.progress.value.stage ?? 'idle';
  });
  const focusNoise = (): void => {
    // It unfolds first: what is folded away takes no focus.
    card.focus();
    noise.focus();
  };
  return { element: card, focusNoise };
}

function inserted(state: State, actions: Actions): HTMLElement {
  const picture = h('img', { alt: '' });
  const name = h('strong');
  const origin = h('small');
  const named = { 'aria-label': IMAGE_BEFORE, title: IMAGE_BEFORE };
  const before = button({ class: 'quiet', ...named }, () => { actions.undoImage(); }, icon(BACK));
  bindShown(before, () => state.current.value?.undoable.value ?? false);
  effect(() => {
    const image = state.current.value?.inserted.value ?? null;
    picture.hidden = image === null;
    if (image !== null) picture.src = actions.api.thumbnailUrl(image.id);
    name.textContent = image === null ? 'No image inserted' : cleanText(image);
    origin.textContent = image === null ? '' : detailsOf(image);
  });
  return h('div', { class: 'inserted' }, picture, h('div', {}, name, origin), before);
}

/** What its name leaves out. */
function detailsOf(image: ImageInfo): string {
  const { label, name } = cleanOf(image);
  const sigma = sigmaOf(image);
  const details = [sigma === 0 ? '' : `noise ${sigmaText(sigma)}`, label === null || label === name ? '' : name, sizeOf(image)];
  return details.filter(Boolean).join(' · ');
}

function sizeOf({ width, height, channels }: ImageInfo): string {
  const size = `${width} × ${height}`;
  return channels === 1 || channels === 3 ? size : `${size}, ${channels} channels`;
}

function progressBar(state: State, actions: Actions): HTMLElement {
  const bar = h('i');
  const track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Layers arrived' }, bar);
  const text = h('small', { class: 'progress-text' });
  effect(() => {
    const progress = state.current.value?.progress.value;
    if (progress === undefined) return;
    const { stage, arrived, total } = progress;
    const running = stage === 'running';
    track.setAttribute('aria-valuemax', String(total));
    track.setAttribute('aria-valuenow', String(arrived));
    track.dataset['stage'] = stage;
    bar.style.transform = `scaleX(${total === 0 ? 0 : arrived / total})`;
    text.textContent = running ? `Layer ${arrived} of ${total}` : '';
  });
  const stop = button({ class: 'quiet' }, () => { actions.stop(); }, 'Stop');
  bindShown(stop, () => state.current.value?.progress.value.stage === 'running');
  return h('div', { class: 'pass' }, track, h('div', { class: 'running' }, text, stop));
}

function results(state: State): HTMLElement {
  const list = h('ol', { class: 'results', role: 'status', 'aria-label': 'Results' });
  effect(() => {
    const findings = findingsOf(state.current.value?.result.value ?? null);
    const rows = findings.slice(0, SHOWN_FINDINGS).map(({ index, label, share }) => {
      const bar = h('i', { 'aria-hidden': 'true' });
      bar.style.transform = `scaleX(${share})`;
      return h(
        'li',
        { 'data-index': String(index) },
        h('span', {}, label),
        h('span', { class: 'percent' }, formatPercent(share)),
        bar,
      );
    });
    list.replaceChildren(...rows);
  });
  return list;
}

function failure(state: State, actions: Actions): HTMLElement {
  const text = h('p');
  bindText(text, () => state.current.value?.progress.value.problem ?? '');
  const box = h('div', { class: 'failure' }, text, button({}, () => { actions.again(); }, 'Try again'));
  bindShown(box, () => state.current.value?.progress.value.stage === 'failed');
  return box;
}
