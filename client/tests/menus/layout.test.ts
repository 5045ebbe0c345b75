import { describe, expect, it } from 'vitest';

import { drawing, fitted, GAP, lines, NATURAL, place, type Measure } from '../../src/menus/layout';
import { button, choice, row, slider, toggle, type Row } from '../../src/menus/parts';

/** Every letter is half as wide as high. */
const measure: Measure = (text) => text.length / 2;
const AREA = { x: 1, y: 2, width: 20 };

function placed(...rows: Row[]) {
  const into = drawing();
  const end = place(rows, AREA, into, measure);
  return { ...into, end };
}

describe('the layout of a board', () => {
  it('shares what a row has left, and sets rows under each other', () => {
    const { widgets, targets, end } = placed(
      row(button('One', () => undefined, { width: 4 }), button('Two', () => undefined), button('Three', () => undefined, { share: 2 })),
      row(button('Four', () => undefined)),
    );
    const free = (20 - 4 - 2 * GAP) / 3;
    const xs = [1, 5 + GAP, 5 + 2 * GAP + free, 1];
    const widths = [4, free, 2 * free, 20];
    widgets.forEach(({ x, width }, index) => {
      expect(x).toBeCloseTo(xs[index] ?? NaN);
      expect(width).toBeCloseTo(widths[index] ?? NaN);
    });
    expect(widgets).toHaveLength(4);
    expect(targets.map(({ label }) => label)).toEqual(['One', 'Two', 'Three', 'Four']);
    expect(targets[3]?.y).toBeCloseTo(2 + 1.6 + GAP + 0.8);
    expect(end).toBeCloseTo(2 + 2 * (1.6 + GAP));
  });

  it('makes a button as wide as its label needs where it is asked to', () => {
    const { widgets } = placed(row(button('Places', () => undefined, { width: NATURAL }), button('rest', () => undefined)));
    expect(widgets[0]?.width).toBeGreaterThanOrEqual(3);
    expect(widgets[0]?.width).toBeLessThan(4);
  });

  it('gives a long label what the others do not need, and shares alike where none has room', () => {
    const fits = placed(row(button('a', () => undefined), button('a long label here', () => undefined), button('b', () => undefined)));
    expect(fits.captions.map(({ text }) => text)).toEqual(['a', 'a long label here', 'b']);
    expect(fits.widgets.at(-1)?.x).toBeGreaterThan(1 + (2 * 20) / 3);
    // Where the others get less because of it, they get what they need, too.
    const labels = ['usual', 'natural 1', 'texture 1', 'papers', 'maco1'];
    const full = placed(row(...labels.map((label) => button(label, () => undefined))));
    expect(full.captions.map(({ text }) => text)).toEqual(labels);
    const { widgets } = placed(row(button('x'.repeat(50), () => undefined), button('y'.repeat(9), () => undefined)));
    expect(widgets[0]?.width).toBeCloseTo(widgets[1]?.width ?? NaN);
  });

  it('never writes smaller: what does not fit loses its middle', () => {
    const label = 'features.denseblock3.denselayer12';
    const { captions } = placed(row(button(label, () => undefined, { width: 6 }), button('x', () => undefined)));
    const [caption] = captions;
    expect(caption?.size).toBe(1);
    expect(caption?.maxWidth).toBeUndefined();
    expect(measure(caption?.text ?? '', 600)).toBeLessThanOrEqual(6);
    expect(caption?.text).toMatch(/^feat.*\u2026.*er12$/);
    expect(fitted('short', 6, 400, measure)).toBe('short');
  });

  it('presses what can be pressed, and leaves alone what cannot', () => {
    const told: string[] = [];
    const { widgets } = placed(
      row(button('Now', () => told.push('now')), button('Not now', null)),
      row(toggle('Labels', true, (on) => told.push(`labels ${String(on)}`))),
      choice({ name: 'Order', options: [{ value: 'index', label: 'index' }, { value: 'mean', label: 'mean' }] }, 'index', (by) => told.push(by)),
    );
    expect(widgets.filter(({ action }) => action !== undefined)).toHaveLength(4);
    for (const { action } of widgets) action?.();
    expect(told).toEqual(['now', 'labels false', 'index', 'mean']);
  });

  it('puts a slider\u2019s knob where its value is on the way that one slides along', () => {
    const told: number[] = [];
    const { widgets } = placed(slider({ name: 'Size', at: 0.25, slide: (at) => told.push(at), release: () => undefined }, '1.00 \u00d7'));
    const way = widgets.find(({ slide }) => slide !== undefined);
    const knob = widgets.at(-1);
    if (way === undefined || knob === undefined) throw new Error('no slider');
    expect(knob.x + knob.width / 2).toBeCloseTo(way.x + 0.25 * way.width);
    expect(knob.y + knob.height / 2).toBeCloseTo(way.y + way.height / 2);
    way.slide?.(0.5);
    expect(told).toEqual([0.5]);
  });

  it('breaks messages between words', () => {
    expect(lines('The server does not answer any more', 8, measure)).toEqual(['The server does', 'not answer any', 'more']);
    expect(lines('unbreakableword of', 4, measure)).toEqual(['unbreakableword', 'of']);
  });
});
