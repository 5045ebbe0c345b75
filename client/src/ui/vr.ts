/** The button that enters VR, or says why it cannot. */
import { effect } from '@preact/signals-core';
import type { WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import { messageOf } from '../model/notices';
import type { State } from '../model/state';
import { followWearer, noHeadsetText, startSession } from '../xr/session';
import { button } from './dom';

export function vrButton(state: State, actions: Actions, renderer: WebGLRenderer): HTMLButtonElement {
  let reason: string | null = 'Looking for a headset.';
  const element = button(
    { class: 'vr', 'aria-label': 'Enter VR' },
    () => {
      if (reason !== null) actions.notify('info', reason);
      else void toggle(actions, renderer);
    },
    'Enter VR',
  );
  const say = (found: string | null): void => {
    reason = found;
    element.setAttribute('aria-disabled', String(found !== null));
    element.title = found ?? 'Walk with a headset';
  };
  say(reason);
  void obstacle().then(say);
  followWearer(renderer.xr, (hidden) => {
    actions.visualizations.hide(hidden || document.hidden);
  });
  renderer.xr.addEventListener('sessionstart', () => {
    // What lies over the page is not seen in the headset.
    actions.magnify(null);
    state.immersed.value = true;
  });
  renderer.xr.addEventListener('sessionend', () => {
    state.immersed.value = false;
  });
  effect(() => {
    element.textContent = state.immersed.value ? 'Leave VR' : 'Enter VR';
    element.setAttribute('aria-label', element.textContent);
  });
  return element;
}

/** Why VR cannot be entered, as a sentence; null when it can. */
async function obstacle(): Promise<string | null> {
  if (!window.isSecureContext) {
    return 'VR needs a secure address. Start the walk with --lan, as in “cnnwalk demo --lan”, and open what it prints.';
  }
  const xr = navigator.xr;
  if (xr === undefined) {
    return 'This browser has no WebXR. Open the page in the headset’s own browser, or in Chrome or Edge with a headset connected.';
  }
  try {
    if (await xr.isSessionSupported('immersive-vr')) return null;
  } catch {
    return 'This browser does not allow VR on this page.';
  }
  return noHeadsetText(location.protocol);
}

async function toggle(actions: Actions, renderer: WebGLRenderer): Promise<void> {
  const current = renderer.xr.getSession();
  try {
    if (current !== null) await current.end();
    else await startSession(renderer.xr);
  } catch (error) {
    actions.notify('error', `The headset did not start: ${messageOf(error)}`);
  }
}
