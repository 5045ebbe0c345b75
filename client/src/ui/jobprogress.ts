/** How far a job is, as a bar and a line, and the buttons that steer it. */
import { computed, effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import { isUnfinished } from '../model/visualizations';
import { progressText, shareOf, wantedOf } from '../model/visualizationtext';
import type { Visualization } from '../net/types';
import { bindShown, bindText, button, h } from './dom';

/** A layer's job, where it has one. */
export interface Steerable {
  readonly network: NetworkState;
  readonly layer: { readonly id: string };
  readonly job: Visualization | null;
}

/** A bar and a line of text. */
export function jobProgress(job: ReadonlySignal<Visualization | null>): HTMLElement {
  const bar = h('i');
  const track = h('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Pictures made' }, bar);
  effect(() => {
    const now = job.value;
    if (now === null) return;
    track.dataset['stage'] = now.state;
    track.setAttribute('aria-valuemax', String(wantedOf(now)));
    track.setAttribute('aria-valuenow', String(now.done.length));
    bar.style.transform = `scaleX(${shareOf(now)})`;
  });
  const text = h('p', { class: 'progress-text' });
  bindText(text, () => (job.value === null ? '' : progressText(job.value)));
  return h('div', { class: 'job-progress' }, text, track);
}

/** Pause or resume, and cancel; only while there is something to steer. */
export function jobControls(actions: Actions, subject: ReadonlySignal<Steerable | null>): HTMLElement {
  const { visualizations } = actions;
  const steer = (how: (network: NetworkState, layer: string) => Promise<void>): (() => void) => () => {
    const at = subject.peek();
    if (at !== null) void how(at.network, at.layer.id);
  };
  const isPaused = computed(() => subject.value?.job?.state === 'paused');
  const named = (name: string, how: (network: NetworkState, layer: string) => Promise<void>): HTMLElement => {
    const control = button({ class: 'quiet' }, steer(how), name);
    effect(() => { control.setAttribute('aria-label', `${name} ${subject.value?.layer.id ?? ''}`.trim()); });
    return control;
  };
  const pause = named('Pause', (network, layer) => visualizations.pause(network, layer));
  const resume = named('Go on', (network, layer) => visualizations.resume(network, layer));
  const cancel = named('Cancel', (network, layer) => visualizations.cancel(network, layer));
  bindShown(pause, () => !isPaused.value);
  bindShown(resume, () => isPaused.value);
  const controls = h('div', { class: 'job-controls' }, pause, resume, cancel);
  bindShown(controls, () => {
    const job = subject.value?.job ?? null;
    return job !== null && isUnfinished(job);
  });
  return controls;
}
