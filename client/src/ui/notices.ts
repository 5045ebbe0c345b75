/** Short messages that go by themselves, and banners that stay while they are true. */
import { effect } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { CONNECTION_TEXTS } from '../model/notices';
import type { Notice, State } from '../model/state';
import { bindShown, bindText, button, h } from './dom';

const INFO_MS = 5000;
const ERROR_MS = 12000;

export function notices(state: State, actions: Actions): HTMLElement {
  const shown = new Map<number, HTMLElement>();
  const box = h('div', { class: 'notices' });
  effect(() => {
    const wanted = new Set(state.notices.value.map(({ id }) => id));
    for (const [id, element] of shown) {
      if (wanted.has(id)) continue;
      element.remove();
      shown.delete(id);
    }
    for (const notice of state.notices.value) {
      if (shown.has(notice.id)) continue;
      const element = card(notice, actions);
      shown.set(notice.id, element);
      box.append(element);
      setTimeout(() => { actions.dismiss(notice.id); }, notice.tone === 'error' ? ERROR_MS : INFO_MS);
    }
  });
  return box;
}

function card({ id, tone, text }: Notice, actions: Actions): HTMLElement {
  return h(
    'div',
    { class: `notice ${tone}`, role: tone === 'error' ? 'alert' : 'status' },
    h('p', {}, text),
    button({ class: 'close', 'aria-label': 'Dismiss' }, () => { actions.dismiss(id); }, '×'),
  );
}

export function connectionBanner(state: State): HTMLElement {
  const text = h('p');
  bindText(text, () => CONNECTION_TEXTS[state.connection.value]);
  const banner = h('div', { class: 'banner alarm', role: 'alert' }, h('i', { class: 'pulse', 'aria-hidden': 'true' }), text);
  bindShown(banner, () => state.connection.value !== 'online');
  return banner;
}

/** Says politely that pictures are drawn without a graphics card. */
export function softwareBanner(): HTMLElement {
  const banner = h(
    'div',
    {
      class: 'banner software',
      role: 'status',
      title: 'Hardware acceleration can be switched on in the browser’s settings.',
    },
    h('p', {}, 'Drawn without a graphics card, so walking may be slow.'),
  );
  banner.append(button({ class: 'close', 'aria-label': 'Dismiss' }, () => { banner.remove(); }, '×'));
  return banner;
}
