/** What a layer's values, or its weights, are like: a histogram with its figures. */
import { effect, type ReadonlySignal } from '@preact/signals-core';

import { formatCount, formatPercent, formatValue } from '../model/format';
import type { Statistics } from '../net/types';
import { bindShown, h } from './dom';

const WIDTH = 284;
const HEIGHT = 72;
const POSITIVE = '#e6e4de';
const NEGATIVE = '#4d8ff9';
const AXIS = '#ffb45a';

export function layerHistogram(name: string, statistics: ReadonlySignal<Statistics | null>): HTMLElement {
  const canvas = h('canvas', { role: 'img', 'aria-label': `Histogram of the ${name}` });
  const ends = h('div', { class: 'ends' });
  const figures = h('dl');
  const box = h('div', { class: 'histogram' }, h('h3', {}, name), canvas, ends, figures);
  bindShown(box, () => statistics.value !== null);
  effect(() => {
    const now = statistics.value;
    if (now === null) return;
    draw(canvas, now);
    ends.replaceChildren(h('span', {}, formatValue(now.minimum)), h('span', {}, formatValue(now.maximum)));
    figures.replaceChildren(...rows(now).flatMap(([what, value]) => [h('dt', {}, what), h('dd', {}, value)]));
  });
  return box;
}

function rows(found: Statistics): (readonly [what: string, value: string])[] {
  const strange = found.nan + found.infinite;
  const strangers = strange === 0 ? [] : [['not finite', formatCount(strange)] as const];
  return [
    ['values', formatCount(found.count)],
    ['mean', formatValue(found.mean)],
    ['deviation', formatValue(found.std)],
    ['exactly 0', formatPercent(found.zeros)],
    ['channels all 0', formatCount(found.dead_channels)],
    ...strangers,
  ];
}

/** Bars by the square root of their counts, as on the panel: a tall bin of zeros leaves the others readable. */
function draw(canvas: HTMLCanvasElement, { histogram }: Statistics): void {
  const scale = Math.max(1, window.devicePixelRatio);
  canvas.width = WIDTH * scale;
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  const { low, high, counts } = histogram;
  const most = Math.sqrt(Math.max(1, ...counts));
  const wide = WIDTH / counts.length;
  counts.forEach((count, bin) => {
    const middle = low + ((bin + 0.5) / counts.length) * (high - low);
    const tall = (Math.sqrt(count) / most) * (HEIGHT - 2);
    context.fillStyle = middle < 0 ? NEGATIVE : POSITIVE;
    context.fillRect(bin * wide + 0.5, HEIGHT - tall, wide - 1, tall);
  });
  if (low > 0 || high < 0) return;
  context.fillStyle = AXIS;
  context.fillRect((-low / (high - low)) * WIDTH - 0.5, 0, 1, HEIGHT);
}
