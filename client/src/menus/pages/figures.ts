/** A layer's histogram, large, with all its figures: of its activations or its weights. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

import { formatCount, formatPercent, formatValue } from '../../model/format';
import type { Choice } from '../../model/wording';
import type { Statistics } from '../../net/types';
import type { Page } from '../largeboard';
import { choice, line, type Row } from '../parts';
import { heading, GONE, type Subject } from './layer';

const OF: Choice<'activations' | 'weights'> = {
  name: 'Values of',
  options: [
    { value: 'activations', label: 'activations' },
    { value: 'weights', label: 'weights' },
  ],
};
const CHART = 6.4;

export class Figures implements Page {
  readonly name = 'Figures';
  private readonly of = signal<'activations' | 'weights'>('activations');

  constructor(private readonly subject: ReadonlySignal<Subject | null>) {}

  rows(): readonly Row[] {
    const subject = this.subject.value;
    if (subject === null) return GONE;
    const { network, layer } = subject;
    const of = this.of.value;
    const known = (of === 'weights' ? network.weights : network.statistics).value.get(layer.id);
    const none = of === 'weights' ? 'This layer has no weights.' : 'No image has passed this layer yet.';
    return [
      ...heading(subject),
      choice(OF, of, (value) => { this.of.value = value; }),
      ...(known === undefined ? [line(none)] : figureRows(known)),
    ];
  }
}

function figureRows(of: Statistics): Row[] {
  const { low, high, counts } = of.histogram;
  const top = Math.sqrt(counts.reduce((a, b) => Math.max(a, b), 1));
  // By the square root of the counts, as on the panel's plate.
  const bars = counts.map((count) => Math.sqrt(count) / top);
  const zero = counts.findIndex((_, bin) => low + ((bin + 0.5) / counts.length) * (high - low) >= 0);
  const odd = of.nan + of.infinite;
  return [
    { height: CHART, parts: [{ kind: 'chart', bars, zero: zero < 0 ? counts.length : zero }] },
    ends(formatValue(low), formatValue(high)),
    ends(`least ${formatValue(of.minimum)}`, `most ${formatValue(of.maximum)}`),
    ends(`mean ${formatValue(of.mean)}`, `std ${formatValue(of.std)}`),
    ends(`${formatPercent(of.zeros)} zeros`, `${formatCount(of.count)} values`),
    ...(of.dead_channels === 0 ? [] : [line(`${formatCount(of.dead_channels)} dead channel${of.dead_channels === 1 ? '' : 's'}`, 'plain')]),
    ...(odd === 0 ? [] : [line(`${formatCount(of.nan)} NaN, ${formatCount(of.infinite)} infinite`, 'alarm')]),
  ];
}

function ends(left: string, right: string): Row {
  return {
    height: 1.1,
    parts: [
      { kind: 'text', text: left, tone: 'plain', share: 1.3 },
      { kind: 'text', text: right, tone: 'plain', align: 'right' },
    ],
  };
}
