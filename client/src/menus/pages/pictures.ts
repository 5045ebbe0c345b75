/** A layer's feature visualization: how far it is, and how its pictures are made. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { formatCount } from '../../model/format';
import { isUnfinished, USUAL, type Choices } from '../../model/visualizations';
import { madeText, progressText, shareOf } from '../../model/visualizationtext';
import { BEGINNING, MODE, type Choice } from '../../model/wording';
import type { Visualization, VisualizationMode } from '../../net/types';
import type { Page } from '../largeboard';
import { button, choice, line, row, type Row } from '../parts';
import { Question } from '../question';
import { heading, GONE, type Subject } from './layer';

/** Without a keyboard one chooses among few. */
const STEPS: Choice<number | null> = {
  name: 'Steps',
  options: [null, 64, 256, 1024].map((value) => ({ value, label: value === null ? 'usual' : String(value) })),
};

export class Pictures implements Page {
  readonly name = 'Pictures';
  private readonly mode = signal<VisualizationMode | null>(null);
  private readonly steps = signal<number | null>(null);
  private readonly beginning = signal<'noise' | 'image'>('noise');
  private readonly question = new Question();

  constructor(
    private readonly actions: Actions,
    private readonly subject: ReadonlySignal<Subject | null>,
  ) {}

  rows(): readonly Row[] {
    const subject = this.subject.value;
    if (subject === null) return GONE;
    const { job } = subject;
    return [
      ...heading(subject),
      ...(job === null ? [line('No pictures of this layer have been made yet.')] : this.progress(subject, job)),
      choice(MODE, this.mode.value, (mode) => { this.mode.value = mode; }),
      choice(STEPS, this.steps.value, (steps) => { this.steps.value = steps; }),
      choice(BEGINNING, this.beginning.value, (beginning) => { this.beginning.value = beginning; }),
      this.making(subject),
    ];
  }

  private progress(subject: Subject, job: Visualization): Row[] {
    return [
      line(job.state === 'done' ? `${progressText(job)} \u00b7 ${madeText(job)}` : progressText(job), job.state === 'failed' ? 'alarm' : 'plain'),
      { height: 0.5, parts: [{ kind: 'bar', value: shareOf(job) }] },
      this.steering(subject, job),
    ];
  }

  private steering({ network, layer }: Subject, job: Visualization): Row {
    const { visualizations } = this.actions;
    const paused = job.state === 'paused';
    const steers = isUnfinished(job);
    const remove = job.done.length === 0 ? null : (): void => void visualizations.remove(network, layer.id);
    const count = formatCount(job.done.length);
    const asking = this.question.about(`delete ${layer.id}`, 'Delete', `Delete ${count} pictures for all?`, 'Delete', remove);
    const pause = (): void => void (paused ? visualizations.resume(network, layer.id) : visualizations.pause(network, layer.id));
    return asking.row ?? row(
      button(paused ? 'Go on' : 'Pause', steers ? pause : null),
      button('Cancel', steers ? () => void visualizations.cancel(network, layer.id) : null),
      asking.button,
    );
  }

  private making(subject: Subject): Row {
    const { network, layer, job } = subject;
    const make = (anew: boolean): void => {
      void this.actions.visualizations.ask(network, layer.id, { ...this.chosen(subject), anew });
    };
    const anew = job === null || job.done.length === 0 ? null : () => { make(true); };
    const asking = this.question.about(`anew ${layer.id}`, 'Make anew', 'Delete them and make them anew?', 'Make anew', anew);
    return asking.row ?? row(button('Make pictures', () => { make(false); }, { share: 1.4 }), asking.button);
  }

  private chosen({ network }: Subject): Choices {
    const start = this.beginning.value === 'image' ? (network.inserted.peek()?.id ?? null) : null;
    return { ...USUAL, mode: this.mode.value, steps: this.steps.value, start };
  }
}
