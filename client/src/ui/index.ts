/** The overlays on the page, above the hall; they read the state and call the actions. */
import './style/index.css';

import { effect } from '@preact/signals-core';
import type { WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import { ValueCache } from '../model/values';
import { collapsePointed, expandPointed } from '../model/pointed';
import { followAddress } from './address';
import { arrangingNote } from './arranging';
import { arrivalScreen } from './arrival';
import { bindShown, button, h, icon, openDialog } from './dom';
import { dropVeil } from './dropping';
import { helpDialog } from './help';
import { Hints } from './hints';
import { inspector } from './inspector';
import { Magnifier } from './magnifier';
import { Outline } from './outline';
import { connectionBanner, notices, softwareBanner } from './notices';
import { SearchDialog } from './search';
import { settingsDialog } from './settings';
import { listenForShortcuts } from './shortcuts';
import { status } from './status';
import { iconPath, roundButton, title } from './title';
import { vrButton } from './vr';

/** What the overlays need of the scene. */
export interface Stage {
  readonly renderer: WebGLRenderer;
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
  const help = helpDialog();
  const settings = settingsDialog(state, actions, hints);
  const outline = new Outline(state, actions);
  const banners = h('div', { class: 'banners' }, connectionBanner(state));

  const hud = h(
    'div',
    { class: 'hud' },
    title(state, actions),
    toolbar(state, actions, stage, { search, help, settings, outline }),
    outline.element,
    arrangingNote(state),
    status(state, actions),
    inspector(state, cache),
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
    new Magnifier(state, actions, cache).element,
  );
  followAddress(state);
  listenForShortcuts({
    search: () => { search.open(); },
    help: () => { openDialog(help); },
    undo: () => { actions.undo(); },
    start: () => { actions.flyToStart(); },
    letGo: () => { actions.letGo(); },
    insert: () => { actions.insertHeld(); },
    insertIntoAll: () => { actions.insertHeldIntoAll(); },
    magnify: () => { actions.magnifyNearest(); },
    outline: () => { outline.toggle(); },
    collapse: () => void collapsePointed(state, actions),
    expand: () => void expandPointed(state, actions),
    undoView: () => void actions.views.undo(),
  });
}

function toolbar(
  state: State,
  actions: Actions,
  stage: Stage,
  dialogs: { search: SearchDialog; help: HTMLDialogElement; settings: HTMLDialogElement; outline: Outline },
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
    outlineButton(dialogs.outline),
    roundButton('Back to the start', () => { actions.flyToStart(); }, icon(iconPath('home'))),
    roundButton('Settings', () => { openDialog(dialogs.settings); }, icon(iconPath('settings'))),
    roundButton('Controls', () => { openDialog(dialogs.help); }, '?'),
    vrButton(state, actions, stage.renderer),
  );
}

function outlineButton(outline: Outline): HTMLElement {
  const toggle = roundButton('Outline', () => { outline.toggle(); }, icon(iconPath('outline')));
  toggle.title = 'Outline: O';
  effect(() => {
    toggle.setAttribute('aria-pressed', String(outline.shown.value));
  });
  return toggle;
}
