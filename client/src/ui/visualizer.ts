/** A layer's feature visualization beside the hall: what is there, how far it is, what one may choose. */
import { computed, effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import { layerName } from '../model/layertext';
import type { NetworkState } from '../model/networkstate';
import { messageOf } from '../model/notices';
import type { State } from '../model/state';
import { madeText } from '../model/visualizationtext';
import type { Layer, Visualization } from '../net/types';
import { mapsShape } from '../tiles/cells';
import type { AllLayers } from './alllayers';
import type { Confirmation } from './confirmation';
import { bindShown, bindText, button, h } from './dom';
import { jobControls, jobProgress } from './jobprogress';
import { PictureChoices } from './picturechoices';
import { panelSides } from './sides';

/** The layer that the card is about. */
interface Subject {
  readonly network: NetworkState;
  readonly layer: Layer;
  readonly job: Visualization | null;
}

export class Visualizer {
  readonly element: HTMLElement;
  private readonly choices = new PictureChoices();
  private readonly subject: ReadonlySignal<Subject | null>;

  constructor(
    state: State,
    private readonly actions: Actions,
    private readonly confirmation: Confirmation,
    private readonly all: AllLayers,
  ) {
    this.subject = computed(() => subjectOf(state));
    const close = button({ class: 'close', 'aria-label': 'Close feature visualization' }, () => { this.close(); }, '×');
    this.element = h(
      'section',
      { class: 'card visualizer', 'aria-label': 'Feature visualization' },
      h('header', {}, this.heading(), close),
      panelSides(actions, this.subject),
      this.progress(),
      this.making(),
    );
    bindShown(this.element, () => this.subject.value !== null && !state.immersed.value);
    effect(() => { this.choices.offer(this.subject.value?.network.inserted.value ?? null); });
    const names = computed(() => namesOf(this.subject.value));
    effect(() => { this.choices.name(names.value); });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      leaveFields();
    });
  }

  private close(): void {
    this.actions.visualizations.open(null);
  }

  private heading(): HTMLElement {
    const label = h('strong');
    bindText(label, () => (this.subject.value === null ? '' : layerName(this.subject.value.layer)));
    const details = h('small');
    bindText(details, () => {
      const layer = this.subject.value?.layer;
      return layer === undefined ? '' : `${layer.label} · ${formatCount(countOf(layer))} channels`;
    });
    return h('div', {}, h('span', { class: 'kind' }, 'Feature visualization'), label, details);
  }

  private progress(): HTMLElement {
    const job = computed(() => this.subject.value?.job ?? null);
    const sheet = h('a', { class: 'quiet', download: '' }, 'Contact sheet');
    effect(() => {
      if (job.value !== null) sheet.href = this.actions.api.visualizations.sheetUrl(job.value.id);
    });
    const remove = button({ class: 'quiet' }, () => void this.remove(), 'Delete …');
    const results = h('div', { class: 'job-controls' }, sheet, remove);
    bindShown(results, () => (job.value?.done.length ?? 0) > 0);
    const steering = h('div', { class: 'steering' }, jobControls(this.actions, this.subject), results);
    const box = h('div', { class: 'job' }, jobProgress(job), steering);
    bindShown(box, () => job.value !== null);
    return box;
  }

  /** What one may choose; out of the way once there is a job, which says how it makes them. */
  private making(): HTMLElement {
    const summary = h('summary');
    bindText(summary, () => {
      const job = this.subject.value?.job ?? null;
      return job === null ? 'How the pictures are made' : madeText(job);
    });
    const details = h('details', { class: 'making' }, summary, this.choices.element, this.buttons());
    const isNew = computed(() => this.subject.value?.job === null);
    effect(() => { details.open = isNew.value; });
    return details;
  }

  private buttons(): HTMLElement {
    const make = button({ class: 'primary' }, () => { this.make(false); }, 'Make pictures');
    const anew = button({}, () => void this.makeAnew(), 'Make anew …');
    bindShown(anew, () => (this.subject.value?.job?.done.length ?? 0) > 0);
    const everywhere = button({}, () => {
      const network = this.subject.peek()?.network;
      const chosen = this.chosen();
      if (network !== undefined && chosen !== null) void this.all.ask(network, chosen);
    }, 'All layers …');
    return h('div', { class: 'row' }, make, anew, everywhere);
  }

  private make(anew: boolean): void {
    const subject = this.subject.peek();
    const chosen = this.chosen();
    if (subject === null || chosen === null) return;
    leaveFields();
    void this.actions.visualizations.ask(subject.network, subject.layer.id, { ...chosen, anew });
  }

  /** What is chosen; null after telling which field says nothing sensible. */
  private chosen(): ReturnType<PictureChoices['read']> | null {
    const subject = this.subject.peek();
    if (subject === null) return null;
    try {
      return this.choices.read(countOf(subject.layer), namesOf(subject));
    } catch (error) {
      this.actions.notify('error', messageOf(error));
      return null;
    }
  }

  private async makeAnew(): Promise<void> {
    const subject = this.subject.peek();
    if (subject === null || this.chosen() === null) return;
    const yes = await this.confirmation.ask({
      title: 'Make the pictures anew?',
      text: `Those of ${subject.layer.id} that were made with the same choices are deleted first.`,
      yes: 'Delete and make anew',
    });
    if (yes) this.make(true);
  }

  private async remove(): Promise<void> {
    const subject = this.subject.peek();
    const job = subject?.job ?? null;
    if (subject === null || job === null) return;
    const count = job.done.length === 1 ? 'The picture' : `All ${formatCount(job.done.length)} pictures`;
    const yes = await this.confirmation.ask({
      title: 'Delete these pictures?',
      text: `${count} of ${subject.layer.id} will be gone, also for other visitors. They can be made again.`,
      yes: 'Delete',
    });
    if (yes) await this.actions.visualizations.remove(subject.network, subject.layer.id);
  }
}

function subjectOf(state: State): Subject | null {
  const at = state.visualizing.value;
  const network = at === null ? undefined : state.networks.value.find(({ id }) => id === at.network);
  const layer = network?.hall.value?.graph.layers.find(({ id }) => id === at?.layer);
  if (network === undefined || layer === undefined) return null;
  const job = network.visualizations.value.get(layer.id) ?? null;
  return { network, layer, job };
}

/** The keyboard goes back to the walk. */
function leaveFields(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** What the channels are called; null where they have no names. */
function namesOf(subject: Subject | null): readonly string[] | null {
  return subject?.network.namesOf(subject.layer.id) ?? null;
}

function countOf(layer: Layer): number {
  return mapsShape(layer.shape).channels;
}
