/** The fields of settings, each bound to a signal: a choice of few, a yes or no, a number on a line. */
import { effect, type Signal } from '@preact/signals-core';

import type { Choice, Option } from '../model/wording';
import { bindText, h } from './dom';

let count = 0;

/** One of a few; `legend` may follow signals. */
export function choiceOf<T extends string | number>(
  legend: string | (() => string),
  options: readonly Option<T>[],
  now: () => T | undefined,
  choose: (value: T) => void,
): HTMLElement {
  count += 1;
  const name = `choice-${count}`;
  const rows = options.map(({ value, label, what }) => {
    const input = h('input', { type: 'radio', name, value: String(value) });
    input.addEventListener('change', () => { choose(value); });
    effect(() => { input.checked = now() === value; });
    return labelled(input, label, what);
  });
  const title = h('legend');
  bindText(title, () => (typeof legend === 'string' ? legend : legend()));
  return h('fieldset', {}, title, ...rows);
}

/** One of a few in one line. */
export function lineOf<T extends string | number>({ name, options }: Choice<T>, kept: Signal<T>): HTMLElement {
  const select = h('select', { 'aria-label': name });
  select.append(...options.map(({ value, label: text }) => h('option', { value: String(value) }, text)));
  select.addEventListener('change', () => {
    const chosen = options.find(({ value }) => String(value) === select.value);
    if (chosen !== undefined) kept.value = chosen.value;
  });
  effect(() => { select.value = String(kept.value); });
  return h('label', { class: 'line' }, h('span', {}, name), select);
}

export function switchOf(label: string, what: string, kept: Signal<boolean>): HTMLElement {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => { kept.value = input.checked; });
  effect(() => { input.checked = kept.value; });
  return labelled(input, label, what);
}

/** A number on a line; `text` says it. */
export function sliderOf(
  label: string,
  range: { readonly least: number; readonly most: number; readonly step: number },
  now: () => number,
  choose: (value: number) => void,
  text: (value: number) => string,
): HTMLElement {
  const { least, most, step } = range;
  const input = h('input', { type: 'range', min: String(least), max: String(most), step: String(step), 'aria-label': label });
  input.addEventListener('input', () => { choose(Number(input.value)); });
  effect(() => {
    input.value = String(now());
    input.setAttribute('aria-valuetext', text(now()));
  });
  const value = h('output');
  bindText(value, () => text(now()));
  return h('label', { class: 'line' }, h('span', {}, label), input, value);
}

function labelled(input: HTMLElement, label: string, what: string | undefined): HTMLElement {
  return h('label', {}, input, h('span', {}, label, ...(what === undefined ? [] : [h('small', {}, what)])));
}
