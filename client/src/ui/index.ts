/** The overlays on the page, above the hall; they read the state and call the actions. */
import './style/index.css';

import { effect } from '@preact/signals-core';
import type { WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import { ValueCache } from '../model/values';
import { Cursor } from '../model/cursor';
import {
  beginCells,
  collapsePointed,
  expandPointed,
  magnifyPointed,
  nudgePointed,
  openPointed,
  turnPointed,
  visualizePointed,
  type Whereabouts,
} from '../model/pointed';
import { followResponse } from '../model/response';
import { followAddress } from './address';
import { AllLayers } from './alllayers';
import { arrangingNote } from './arranging';
import { arrivalScreen } from './arrival';
import { listenForCells } from './cellkeys';
import { Confirmation } from './confirmation';
import { bindShown, button, h, icon, openDialog } from './dom';
import { dropVeil } from './dropping';
import { helpDialog } from './help';
import { Hints } from './hints';
import { ImagesDialog } from './imagesdialog';
import { inspector } from './inspector';
import { jobList } from './joblist';
import { LayerCard } from './layercard';
import { Magnifier } from './magnifier';
import { Outline } from './outline';
import { connectionBanner, notices, softwareBanner } from './notices';
import { responseCard } from './responsecard';
import { SearchDialog } from './search';
import { settingsDialog } from './settings';
import { listenForShortcuts } from './shortcuts';
import { status } from './status';
import { iconPath, roundButton, title, type IconName } from './title';
import { rememberTurned } from './turned';
import { Visualizer } from './visualizer';
import { vrButton } from './vr';
import { WalkMap, type Viewpoint } from './walkmap';

/** What the overlays need of the scene. */
export interface Stage extends Whereabouts {
  readonly renderer: WebGLRenderer;
  readonly camera: Viewpoint;
}

/** Puts the overlays on the page. `software`: the processor draws, not a graphics card. */
export function mountUi(
  container: HTMLElement,
  state: State,
  actions: Actions,
  stage: Stage,
  software: boolean,
): void {
  const cache = new ValueCache(actions.api);
  const hints = new Hints(state);
  const search = new SearchDialog(state, actions);
  const help = helpDialog(state);
  const settings = settingsDialog(state, actions, hints);
  const outline = new Outline(state, actions);
  const map = new WalkMap(state, actions, stage.camera);
  const confirmation = new Confirmation();
  const card = new LayerCard(state, actions);
  const images = new ImagesDialog(state, actions);
  const inserted = status(state, actions);
  const cursor = new Cursor(state, actions);
  const visualizer = new Visualizer(state, actions, confirmation, new AllLayers(actions, confirmation));
  const banners = h('div', { class: 'banners' }, connectionBanner(state));

  const hud = h(
    'div',
    { class: 'hud' },
    title(state, actions),
    toolbar(state, actions, stage, { search, help, settings, outline, map }),
    outline.element,
    map.element,
    arrangingNote(state),
    h(
      'div',
      { class: 'corner' },
      card.element,
      visualizer.element,
      jobList(state, actions),
      responseCard(state),
      inserted.element,
    ),
    inspector(state, actions, cache),
    hints.element,
  );
  if (software) hud.append(softwareBanner());
  bindShown(hud, () => state.arrival.value.stage === 'ready');
  effect(() => {
    document.body.classList.toggle('arrived', state.arrival.value.stage === 'ready');
  });
  container.append(
    h('div', { class: 'ui' }, hud, arrivalScreen(state), banners, notices(state, actions), dropVeil(actions)),
    search.element,
    help,
    settings,
    images.element,
    confirmation.element,
    new Magnifier(state, actions, cache).element,
  );
  takeTurns(state, actions, outline);
  followAddress(state);
  rememberTurned(state);
  followResponses(state, actions, cache);
  document.addEventListener('visibilitychange', () => { actions.visualizations.hide(document.hidden); });
  listenForCells(cursor);
  listenForShortcuts({
    search: () => { search.open(); },
    help: () => { openDialog(help); },
    undo: () => { actions.undo(); },
    redo: () => { actions.redo(); },
    start: () => { actions.flyToStart(); },
    next: () => { actions.flyToNext(); },
    letGo: () => { actions.letGo(); },
    insert: () => { actions.insertHeld(); },
    insertIntoAll: () => { actions.insertHeldIntoAll(); },
    magnify: () => { magnifyPointed(state, actions); },
    outline: () => { outline.toggle(); },
    map: () => { map.toggle(); },
    turn: () => void turnPointed(state, actions, stage),
    visualize: () => { visualizePointed(state, actions, stage); },
    collapse: () => void collapsePointed(state, actions),
    expand: () => void expandPointed(state, actions),
    undoView: () => void actions.views.undo(),
    layer: () => {
      if (openPointed(state, actions, stage)) card.focus();
    },
    images: () => { images.open(); },
    noise: () => { inserted.focusNoise(); },
    cells: () => { beginCells(state, actions, stage, cursor); },
    nudge: (how, gesture) => { nudgePointed(state, actions, stage, how, gesture); },
  });
}

/** The outline, a layer's card and its feature visualization stand in the same place. */
function takeTurns(state: State, actions: Actions, outline: Outline): void {
  effect(() => {
    if (state.visualizing.value === null) return;
    outline.shown.value = false;
    actions.openLayer(null);
  });
  effect(() => {
    if (state.opened.value === null) return;
    outline.shown.value = false;
    actions.visualizations.open(null);
  });
  effect(() => {
    if (!outline.shown.value) return;
    actions.visualizations.open(null);
    actions.openLayer(null);
  });
}

function followResponses(state: State, actions: Actions, cache: ValueCache): void {
  let stops: (() => void)[] = [];
  effect(() => {
    for (const stop of stops) stop();
    const networks = state.networks.value;
    stops = networks.map((one) => followResponse(one, cache, (image) => actions.visualizations.pictureOf(image)));
  });
}

function toolbar(
  state: State,
  actions: Actions,
  stage: Stage,
  dialogs: { search: SearchDialog; help: HTMLDialogElement; settings: HTMLDialogElement; outline: Outline; map: WalkMap },
): HTMLElement {
  return h(
    'nav',
    { class: 'toolbar', 'aria-label': 'Tools' },
    button(
      { class: 'find', 'aria-label': 'Search layers' },
      () => { dialogs.search.open(); },
      icon(iconPath('search')),
      h('span', {}, 'Search layers'),
      h('kbd', {}, '/'),
    ),
    toggleButton(dialogs.outline, 'Outline', 'O', 'outline'),
    toggleButton(dialogs.map, 'Map', 'N', 'map'),
    layerButton(state, actions, stage),
    visualizeButton(state, actions, stage),
    roundButton('Back to the start', () => { actions.flyToStart(); }, icon(iconPath('home'))),
    roundButton('Settings', () => { openDialog(dialogs.settings); }, icon(iconPath('settings'))),
    roundButton('Controls', () => { openDialog(dialogs.help); }, '?'),
    vrButton(state, actions, stage.renderer),
  );
}

function layerButton(state: State, actions: Actions, stage: Stage): HTMLElement {
  const toggle = roundButton('Layer', () => { openPointed(state, actions, stage); }, icon(iconPath('layer')));
  toggle.title = 'The layer before you: L';
  effect(() => {
    toggle.setAttribute('aria-pressed', String(state.opened.value !== null));
  });
  return toggle;
}

function visualizeButton(state: State, actions: Actions, stage: Stage): HTMLElement {
  const name = 'Feature visualization';
  const toggle = roundButton(name, () => {
    if (state.visualizing.peek() !== null) actions.visualizations.open(null);
    else visualizePointed(state, actions, stage);
  }, icon(iconPath('pictures')));
  toggle.title = 'Feature visualization of the panel before you: Shift V';
  effect(() => {
    toggle.setAttribute('aria-pressed', String(state.visualizing.value !== null));
  });
  return toggle;
}

function toggleButton(part: Outline | WalkMap, name: string, key: string, face: IconName): HTMLElement {
  const toggle = roundButton(name, () => { part.toggle(); }, icon(iconPath(face)));
  toggle.title = `${name}: ${key}`;
  effect(() => {
    toggle.setAttribute('aria-pressed', String(part.shown.value));
  });
  return toggle;
}
