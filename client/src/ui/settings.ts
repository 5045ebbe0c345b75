/** The few things that one may want otherwise; the browser remembers them. */
import type { Actions } from '../model/actions';
import { HEIGHTS, heightText, resetPreferences, SNAPS, type Preferences } from '../model/preferences';
import type { Scaling, State } from '../model/state';
import { forget, remember, remembered } from '../model/storage';
import type { Course } from '../net/types';
import { button, closeDialog, h, modal } from './dom';
import { choiceOf, lineOf, sliderOf, switchOf, type Option } from './fields';
import type { Hints } from './hints';

const SCALINGS: readonly Option<Scaling>[] = [
  { value: 'layer', label: 'One scale per layer', what: 'channels compare; weak ones are dark' },
  { value: 'channel', label: 'One scale per channel', what: 'every map shows its structure' },
];

const COURSES: readonly Option<Course>[] = [
  { value: 'straight', label: 'Straight', what: 'from the input ahead to the output' },
  { value: 'spiral', label: 'Spiral', what: 'wound up, so that the far end is near' },
];

const COLORS: readonly Option<'paper' | 'safe'>[] = [
  { value: 'paper', label: 'Blue, black, white', what: 'as in the paper' },
  { value: 'safe', label: 'Told apart by everybody', what: 'for every kind of colour vision' },
];

/** The halls are from a quarter to four times as large; the slider's steps are of equal ratio. */
const DOUBLINGS = { least: -2, most: 2, step: 0.25 };

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
  const scaling = choiceOf('Brightness of feature maps', SCALINGS, () => state.scaling.value, (value) => {
    actions.setScaling(value);
    remember('scaling', value);
  });
  const { colors } = state.preferences;
  const colours = choiceOf('Colours of feature maps', COLORS, () => colors.value, (value) => { colors.value = value; });
  return h('div', {}, scaling, colours);
}

/** Of the network that one is nearest to. */
function courseChoice(state: State, actions: Actions): HTMLElement {
  return choiceOf(
    () => `Course of ${state.current.value?.name ?? 'the walk'}`,
    COURSES,
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
      'Size',
      DOUBLINGS,
      () => Math.log2(scale.value),
      (doublings) => { scale.value = Math.round(2 ** doublings * 100) / 100; },
      (doublings) => `× ${Number((2 ** doublings).toPrecision(2))}`,
    ),
  );
}

function headset({ moving, turning, snapDegrees, flying, vignette, posture, height, hand }: Preferences): HTMLElement {
  const named = <T extends string>(...pairs: readonly (readonly [T, string])[]): Option<T>[] =>
    pairs.map(([value, label]) => ({ value, label }));
  return h(
    'fieldset',
    {},
    h('legend', {}, 'In the headset'),
    lineOf('Tool', named(['right', 'right hand'], ['left', 'left hand']), hand),
    lineOf('Moving', named(['teleport', 'teleport'], ['smooth', 'smooth']), moving),
    lineOf('Turning', named(['snap', 'in steps'], ['smooth', 'smooth']), turning),
    lineOf('Steps of', SNAPS.map((value) => ({ value, label: `${value}°` })), snapDegrees),
    lineOf('Dark rim', named(['off', 'none'], ['light', 'light'], ['strong', 'strong']), vignette),
    lineOf('Posture', named(['standing', 'standing'], ['seated', 'seated']), posture),
    sliderOf('Height', HEIGHTS, () => height.value, (value) => { height.value = value; }, heightText),
    switchOf('Flying', 'the stick moves along the view, upwards too', flying),
  );
}
