/** What one inserts a picture for: how strongly its channel responds to it, and did before. */
import { computed, effect } from '@preact/signals-core';

import { formatPercent, formatValue } from '../model/format';
import { growth, type ChannelResponse } from '../model/response';
import type { State } from '../model/state';
import { bindShown, bindText, h } from './dom';

export function responseCard(state: State): HTMLElement {
  const response = computed(() => state.current.value?.response.value ?? null);
  const heading = h('strong');
  bindText(heading, () => (response.value === null ? '' : headingText(response.value)));
  const bars = h('dl');
  effect(() => { bars.replaceChildren(...(response.value === null ? [] : rows(response.value))); });
  const note = h('small');
  bindText(note, () => (response.value === null ? '' : noteText(response.value)));
  const element = h('section', { class: 'card response', role: 'status', 'aria-label': 'Response of the channel' }, heading, bars, note);
  bindShown(element, () => response.value !== null);
  return element;
}

function headingText({ picture }: ChannelResponse): string {
  const { facts, layer, channel } = picture;
  return `${facts.class_name ?? `Channel ${channel}`} · ${layer}`;
}

function rows({ earlier, before, after }: ChannelResponse): HTMLElement[] {
  const largest = Math.max(Math.abs(before ?? 0), Math.abs(after)) || 1;
  const row = (name: string, value: number): HTMLElement[] => {
    const bar = h('i', { 'aria-hidden': 'true' });
    bar.style.transform = `scaleX(${Math.max(0, value) / largest})`;
    return [h('dt', {}, name), h('dd', {}, h('span', {}, formatValue(value)), bar)];
  };
  const was = earlier === null || before === null ? [] : row(earlier.label ?? earlier.name, before);
  return [...was, ...row('its picture', after)];
}

/** Which values these are, and for a class what the network makes of its picture. */
function noteText({ picture: { facts }, before, after }: ChannelResponse): string {
  const grown = before === null ? '' : growth(before, after);
  const { probability, rank } = facts;
  const certainty =
    probability === null ? '' : `probability ${formatPercent(probability)}${rank === null ? '' : `, place ${rank}`}`;
  return ['mean activation', grown, certainty].filter(Boolean).join(' · ');
}
