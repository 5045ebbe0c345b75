/** What is under the pointer where a panel shows pictures: how far it is, and what it brought. */
import { computed, effect, signal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatPercent, formatValue } from '../model/format';
import type { State } from '../model/state';
import { summarize, type ValueCache } from '../model/values';
import type { KnownPicture } from '../model/visualizations';
import type { ImageInfo, Visualization } from '../net/types';
import { bindText, h } from './dom';
import { REST_MS } from './rest';

interface Pointed {
  readonly key: string;
  readonly network: string;
  readonly job: Visualization | null;
  readonly layer: string;
  readonly channel: number;
  /** What the channel is called; null where it has no name. */
  readonly name: string | null;
  readonly image: ImageInfo | null;
}

interface Known {
  readonly key: string;
  readonly picture: KnownPicture;
  /** The channel's mean activation for the inserted image; null where that is the picture itself. */
  readonly inserted: number | null;
}

/** Whether the panel under the pointer shows pictures. */
export function pointsAtPictures(state: State): boolean {
  const hit = state.hover.value;
  const network = state.networks.value.find(({ id }) => id === hit?.network);
  return hit !== null && network?.turned.value.has(hit.layer) === true;
}

export function pictureHover(state: State, actions: Actions, cache: ValueCache): HTMLElement {
  const pointed = computed(() => pointedAt(state));
  const key = computed(() => pointed.value?.key ?? '');
  const known = signal<Known | null>(null);
  effect(() => {
    const asked = key.value;
    if (asked === '') return undefined;
    const timer = setTimeout(() => {
      const at = pointed.peek();
      if (at === null) return;
      ask(at, actions, cache).then(
        (found) => { known.value = found; },
        // Without an answer the card goes on without it; the connection is watched elsewhere.
        () => undefined,
      );
    }, REST_MS);
    return () => { clearTimeout(timer); };
  });
  const now = computed(() => (known.value?.key === key.value ? known.value : null));
  const name = h('strong');
  bindText(name, () => pointed.value?.name ?? '');
  const channel = h('span');
  bindText(channel, () => `channel ${pointed.value?.channel ?? ''} · ${stageOf(pointed.value)}`);
  const response = h('output', { 'aria-label': 'Mean activation before and after' });
  bindText(response, () => responseText(now.value));
  const note = h('span', { class: 'note' });
  bindText(note, () => noteText(now.value, pointed.value?.image ?? null));
  return h('div', { class: 'place' }, name, channel, response, note);
}

function pointedAt(state: State): Pointed | null {
  const hit = state.hover.value;
  const network = state.networks.value.find(({ id }) => id === hit?.network);
  if (hit === null || network === undefined || !pointsAtPictures(state)) return null;
  const job = network.visualizations.value.get(hit.layer) ?? null;
  const image = network.inserted.value;
  const stage = stageOf({ job, channel: hit.channel });
  const key = [network.id, job?.id, hit.channel, image?.id, stage].join(' ');
  const name = network.namesOf(hit.layer)?.[hit.channel] ?? null;
  return { key, network: network.id, layer: hit.layer, channel: hit.channel, name, job, image };
}

function stageOf(at: Pick<Pointed, 'job' | 'channel'> | null): string {
  const { job, channel } = at ?? {};
  if (job == null || channel === undefined) return '';
  if (job.dead.includes(channel)) return 'silent, no picture';
  if (job.before_activation.includes(channel)) return 'made before the activation';
  if (job.done.includes(channel)) return 'finished';
  return job.forming.includes(channel) ? `step ${job.step} of ${job.steps}` : 'not made yet';
}

async function ask(at: Pointed, actions: Actions, cache: ValueCache): Promise<Known | null> {
  const { job, channel, image } = at;
  if (job === null || !job.done.includes(channel) || job.dead.includes(channel)) return null;
  const picture = await actions.visualizations.look(job, channel);
  if (picture === null) return null;
  const values = image === null || image.id === picture.image.id ? null : (await cache.get(image.id, at)).values;
  return { key: at.key, picture, inserted: values && summarize(values).mean };
}

function responseText(known: Known | null): string {
  if (known === null) return '';
  const { after } = known.picture.facts;
  const shown = after === null ? '' : formatValue(after);
  return known.inserted === null ? shown : `${formatValue(known.inserted)} → ${shown}`;
}

function noteText(known: Known | null, image: ImageInfo | null): string {
  if (known === null) return '';
  const { probability } = known.picture.facts;
  const of = image === null || known.inserted === null ? 'its picture' : `${image.label ?? image.name} → its picture`;
  const certainty = probability === null ? '' : ` · probability ${formatPercent(probability)}`;
  return `mean activation: ${of}${certainty}`;
}
