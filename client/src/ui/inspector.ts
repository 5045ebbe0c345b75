/** What is under the pointer: the layer, the channel, and the value in its true unit. */
import { computed, effect, signal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatValue } from '../model/format';
import { layerDetails, layerName } from '../model/layertext';
import type { MapHit, State } from '../model/state';
import type { ValueCache } from '../model/values';
import type { MapValues } from '../net/api';
import type { ImageInfo } from '../net/types';
import { bindShown, bindText, h } from './dom';
import { pictureHover, pointsAtPictures } from './picturehover';
import { REST_MS } from './rest';

interface Known {
  readonly key: string;
  readonly values: MapValues;
}

export function inspector(state: State, actions: Actions, cache: ValueCache): HTMLElement {
  const key = computed(() => {
    const hit = state.hover.value;
    return hit === null ? '' : `${hit.network} ${hit.layer} ${hit.channel} ${insertedAt(state, hit)?.id ?? ''}`;
  });
  const known = signal<Known | null>(null);
  askWhenAtRest(state, cache, key, known);
  const element = h('section', { class: 'card inspector', 'aria-label': 'Feature map under the pointer' });
  const activation = place(state, () => (known.value?.key === key.value ? known.value.values : null));
  const picture = pictureHover(state, actions, cache);
  bindShown(activation, () => !pointsAtPictures(state));
  bindShown(picture, () => pointsAtPictures(state));
  element.append(heading(state), activation, picture, h('small', {}, 'Right button or M magnifies'));
  bindShown(element, () => state.hover.value !== null && !state.immersed.value);
  return element;
}

function askWhenAtRest(
  state: State,
  cache: ValueCache,
  key: { readonly value: string },
  known: { value: Known | null },
): void {
  effect(() => {
    const asked = key.value;
    if (asked === '') return undefined;
    const timer = setTimeout(() => {
      const hit = state.hover.peek();
      const image = hit === null ? null : insertedAt(state, hit);
      if (hit === null || image === null) return;
      cache.get(image.id, hit).then(
        (values) => {
          known.value = { key: asked, values };
        },
        // Without an answer the card goes on without the value; the connection is watched elsewhere.
        () => undefined,
      );
    }, REST_MS);
    return () => { clearTimeout(timer); };
  });
}

/** The image in the network whose map is pointed at. */
function insertedAt(state: State, { network }: MapHit): ImageInfo | null {
  return state.find(network)?.inserted.value ?? null;
}

function heading(state: State): HTMLElement {
  const layer = computed(() => {
    const hit = state.hover.value;
    const hall = hit === null ? null : (state.find(hit.network)?.hall.value ?? null);
    return hall?.graph.layers.find((one) => one.id === hit?.layer);
  });
  const label = h('strong');
  bindText(label, () => (layer.value ? layerName(layer.value) : ''));
  const details = h('small');
  bindText(details, () => (layer.value ? layerDetails(layer.value) : ''));
  return h('div', {}, label, details);
}

function place(state: State, values: () => MapValues | null): HTMLElement {
  const channel = h('span');
  bindText(channel, () => `channel ${state.hover.value?.channel ?? ''}`);
  const at = h('span');
  bindText(at, () => `x ${state.hover.value?.x ?? ''}  y ${state.hover.value?.y ?? ''}`);
  const value = h('output', { 'aria-label': 'Value under the pointer' });
  bindText(value, () => {
    const hit = state.hover.value;
    const map = values();
    if (hit === null || map === null) return '…';
    return formatValue(map.values[hit.y * map.width + hit.x] ?? NaN);
  });
  return h('div', { class: 'place' }, channel, at, value);
}
