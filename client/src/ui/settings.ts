/** The few things that one may want otherwise; the browser remembers them. */
import type { Actions } from '../model/actions';
import { HEIGHTS, heightText, resetPreferences, SIZES, sizeText, type Preferences } from '../model/preferences';
import type { State } from '../model/state';
import { forget, remember, remembered } from '../model/storage';
import { BRIGHTNESS, COLOURS, COURSE, MOVING, POSTURE, RIM, STEPS, TOOL, TURNING } from '../model/wording';
import { button, closeDialog, h, modal } from './dom';
import { choiceOf, lineOf, sliderOf, switchOf } from './fields';
import type { Hints } from './hints';

/** The slider's steps are of equal ratio. */
const DOUBLINGS = { least: Math.log2(SIZES.least), most: Math.log2(SIZES.most), step: 0.25 };

const asksForLessMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function settingsDialog(state: State, actions: Actions, hints: Hints): HTMLDialogElement {
  recall(state, actions);
  const dialog = modal(
    { class: 'settings', 'aria-label': 'Settings' },
    h('h2', {}, 'Settings'),
    h(
      'div',
      { class: 'columns' },
      h('div', {}, maps(state, actions), hall(state)),
      h('div', {}, courseChoice(state, actions), headset(state.preferences)),
    ),
    h(
      'div',
      { class: 'row' },
      button({ class: 'primary' }, () => { closeDialog(dialog); }, 'Done'),
      button({}, () => { hints.restart(); closeDialog(dialog); }, 'Show the hints again'),
      button({}, () => { reset(state, actions, hints); closeDialog(dialog); }, 'Reset everything'),
    ),
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
  resetPreferences(state.preferences);
  actions.setScaling('layer');
  hints.restart();
  actions.letGo();
  actions.flyToStart();
}

function maps(state: State, actions: Actions): HTMLElement {
  const scaling = choiceOf(`${BRIGHTNESS.name} of feature maps`, BRIGHTNESS.options, () => state.scaling.value, (value) => {
    actions.setScaling(value);
    remember('scaling', value);
  });
  const { colors } = state.preferences;
  const colours = choiceOf(`${COLOURS.name} of feature maps`, COLOURS.options, () => colors.value, (value) => { colors.value = value; });
  return h('div', {}, scaling, colours);
}

/** Of the network that one is nearest to. */
function courseChoice(state: State, actions: Actions): HTMLElement {
  return choiceOf(
    () => `${COURSE.name} of ${state.current.value?.name ?? 'the walk'}`,
    COURSE.options,
    () => state.current.value?.course.value,
    (course) => {
      const network = state.current.peek();
      if (network !== null) void actions.views.setCourse(network, course);
    },
  );
}

function hall(state: State): HTMLElement {
  const { labels, histograms, scale } = state.preferences;
  const motion = switchOf('Reduced motion', 'jump instead of flying', state.reducedMotion);
  motion.addEventListener('change', () => { remember('motion', String(state.reducedMotion.peek())); });
  return h(
    'fieldset',
    {},
    h('legend', {}, 'The hall'),
    switchOf('Labels', 'on panels, signs and edges', labels),
    switchOf('Histograms', 'of activations and weights, beside the panels', histograms),
    motion,
    sliderOf(
      SIZES.name,
      DOUBLINGS,
      () => Math.log2(scale.value),
      (doublings) => { scale.value = Math.round(2 ** doublings * 100) / 100; },
      (doublings) => sizeText(2 ** doublings),
    ),
  );
}

function headset({ moving, turning, snapDegrees, flying, vignette, posture, height, hand }: Preferences): HTMLElement {
  return h(
    'fieldset',
    {},
    h('legend', {}, 'In the headset'),
    lineOf(TOOL, hand),
    lineOf(MOVING, moving),
    lineOf(TURNING, turning),
    lineOf(STEPS, snapDegrees),
    lineOf(RIM, vignette),
    lineOf(POSTURE, posture),
    sliderOf('Height', HEIGHTS, () => height.value, (value) => { height.value = value; }, heightText),
    switchOf('Flying', 'the stick moves along the view, upwards too', flying),
  );
}
