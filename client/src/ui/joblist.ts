/** The feature visualizations that run somewhere in the halls, but for the one whose card is open. */
import { computed, effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import type { NetworkState } from '../model/networkstate';
import type { State } from '../model/state';
import { isUnfinished } from '../model/visualizations';
import type { Visualization } from '../net/types';
import { bindShown, bindText, button, h } from './dom';
import { jobControls, jobProgress, type Steerable } from './jobprogress';

/** Jobs that have a row; of the others only the number is told. */
const ROWS = 3;

interface Running {
  readonly network: NetworkState;
  readonly job: Visualization;
}

export function jobList(state: State, actions: Actions): HTMLElement {
  const running = computed(() => {
    const open = state.visualizing.value;
    const isOpen = ({ job }: Running): boolean => job.network === open?.network && job.layer === open.layer;
    return runningIn(state.networks.value).filter((one) => !isOpen(one));
  });
  const rows = Array.from({ length: ROWS }, (_, at) => row(computed(() => running.value[at] ?? null), actions));
  const more = h('small');
  bindText(more, () => {
    const others = running.value.length - ROWS;
    return others > 0 ? `and ${formatCount(others)} more ${others === 1 ? 'layer' : 'layers'}` : '';
  });
  const cancelAll = button({ class: 'quiet' }, () => {
    for (const network of state.networks.peek()) void actions.visualizations.cancelAll(network);
  }, 'Cancel all');
  bindShown(cancelAll, () => running.value.length > 1);
  const element = h(
    'section',
    { class: 'card jobs', 'aria-label': 'Feature visualizations' },
    h('header', {}, h('span', { class: 'kind' }, 'Feature visualizations'), cancelAll),
    h('ul', {}, ...rows),
    more,
  );
  bindShown(element, () => running.value.length > 0);
  return element;
}

/** Those that run come first. */
function runningIn(networks: readonly NetworkState[]): Running[] {
  const order = ['running', 'waiting', 'paused'];
  return networks
    .flatMap((network) => [...network.visualizations.value.values()].map((job) => ({ network, job })))
    .filter(({ job }) => isUnfinished(job))
    .sort((a, b) => order.indexOf(a.job.state) - order.indexOf(b.job.state));
}

function row(running: ReadonlySignal<Running | null>, actions: Actions): HTMLElement {
  const subject = computed<Steerable | null>(() => {
    const now = running.value;
    return now === null ? null : { ...now, layer: { id: now.job.layer } };
  });
  const to = button({ class: 'to' }, () => {
    const now = running.peek();
    if (now === null) return;
    actions.visualizations.present(now.network, now.job.layer);
    actions.fly({ kind: 'layer', network: now.network.id, layer: now.job.layer });
  });
  effect(() => {
    const layer = running.value?.job.layer ?? '';
    to.textContent = layer;
    to.setAttribute('aria-label', `Fly to ${layer}`);
  });
  const element = h('li', {}, h('div', {}, to, jobControls(actions, subject)), jobProgress(computed(() => running.value?.job ?? null)));
  bindShown(element, () => running.value !== null);
  return element;
}
