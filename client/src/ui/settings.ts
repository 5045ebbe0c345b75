/** The few things that one may want otherwise; the browser remembers them. */
import { effect } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import type { Scaling, State } from '../model/state';
import type { Course } from '../net/types';
import { bindText, button, closeDialog, h, modal } from './dom';
import type { Hints } from './hints';
import { forget, remember, remembered } from '../model/storage';

const SCALINGS: readonly { value: Scaling; label: string; what: string }[] = [
  { value: 'layer', label: 'One scale per layer', what: 'channels compare; weak ones are dark' },
  { value: 'channel', label: 'One scale per channel', what: 'every map shows its structure' },
];

const COURSES: readonly { value: Course; label: string; what: string }[] = [
  { value: 'straight', label: 'Straight', what: 'from the input ahead to the output' },
  { value: 'spiral', label: 'Spiral', what: 'wound up, so that the far end is near' },
];

const asksForLessMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function settingsDialog(state: State, actions: Actions, hints: Hints): HTMLDialogElement {
  recall(state, actions);
  const dialog = modal(
    { class: 'settings', 'aria-label': 'Settings' },
    h('h2', {}, 'Settings'),
    scalingChoice(state, actions),
    courseChoice(state, actions),
    motionChoice(state),
    h(
      'div',
      { class: 'row' },
      button({}, () => { hints.restart(); closeDialog(dialog); }, 'Show the hints again'),
      button({}, () => { reset(state, actions, hints); closeDialog(dialog); }, 'Reset everything'),
    ),
    button({ class: 'primary' }, () => { closeDialog(dialog); }, 'Done'),
  );
  return dialog;
}

function recall(state: State, actions: Actions): void {
  state.reducedMotion.value = (remembered('motion') ?? String(asksForLessMotion())) === 'true';
  if (remembered('scaling') === 'channel') actions.setScaling('channel');
}

function reset(state: State, actions: Actions, hints: Hints): void {
  forget('motion');
  forget('scaling');
  state.reducedMotion.value = asksForLessMotion();
  actions.setScaling('layer');
  hints.restart();
  actions.letGo();
  actions.flyToStart();
}

function scalingChoice(state: State, actions: Actions): HTMLElement {
  const rows = SCALINGS.map(({ value, label, what }) => {
    const input = h('input', { type: 'radio', name: 'scaling', value });
    input.addEventListener('change', () => {
      actions.setScaling(value);
      remember('scaling', value);
    });
    effect(() => {
      input.checked = state.scaling.value === value;
    });
    return h('label', {}, input, h('span', {}, label, h('small', {}, what)));
  });
  return h('fieldset', {}, h('legend', {}, 'Brightness of feature maps'), ...rows);
}

/** Of the network that one is nearest to. */
function courseChoice(state: State, actions: Actions): HTMLElement {
  const legend = h('legend');
  bindText(legend, () => `Course of ${state.current.value?.name ?? 'the walk'}`);
  const rows = COURSES.map(({ value, label, what }) => {
    const input = h('input', { type: 'radio', name: 'course', value });
    input.addEventListener('change', () => {
      const network = state.current.peek();
      if (network !== null) void actions.views.setCourse(network, value);
    });
    effect(() => {
      input.checked = state.current.value?.course.value === value;
    });
    return h('label', {}, input, h('span', {}, label, h('small', {}, what)));
  });
  return h('fieldset', {}, legend, ...rows);
}

function motionChoice(state: State): HTMLElement {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => {
    state.reducedMotion.value = input.checked;
    remember('motion', String(input.checked));
  });
  effect(() => {
    input.checked = state.reducedMotion.value;
  });
  return h(
    'fieldset',
    {},
    h('legend', {}, 'Motion'),
    h('label', {}, input, h('span', {}, 'Reduced motion', h('small', {}, 'jump instead of flying'))),
  );
}
