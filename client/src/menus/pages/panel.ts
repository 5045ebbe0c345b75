/** What a layer's panel shows: which side, in which order, how large; and its export. */
import type { ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { formatCount } from '../../model/format';
import type { State } from '../../model/state';
import { MAPS, ORDER, SAVING, SIDE } from '../../model/wording';
import type { Page } from '../largeboard';
import { button, choice, line, row, type Row } from '../parts';
import { brightness } from './brightness';
import { heading, GONE, type Subject } from './layer';

export class Panel implements Page {
  readonly name = 'Panel';

  /** `save`: starts a download of an address. */
  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly subject: ReadonlySignal<Subject | null>,
    private readonly save: (url: string) => void,
  ) {}

  rows(): readonly Row[] {
    const subject = this.subject.value;
    if (subject === null) return GONE;
    const { network, layer, turned } = subject;
    const { orders, pagings, visualizations } = this.actions;
    const order = network.orders.value.get(layer.id)?.by ?? 'index';
    const zoom = network.pagings.value.get(layer.id)?.zoom ?? 1;
    return [
      ...heading(subject),
      choice(SIDE, turned, (side) => {
        if (side !== turned) void visualizations.turn(network, layer.id);
      }),
      choice(ORDER, order, (by) => void orders.set(network, layer.id, by)),
      choice(MAPS, zoom, (chosen) => { pagings.zoom(network, layer.id, chosen); }),
      brightness(this.state, this.actions),
      this.scrolling(subject),
      ...this.exports(subject),
    ];
  }

  private scrolling({ network, layer }: Subject): Row {
    const { pagings } = this.actions;
    const grid = pagings.shown(network, layer.id);
    if (grid === null || grid.rows >= grid.total) return line('All channels are on the panel.');
    const { row: first, rows, total } = grid;
    const by = (count: number): (() => void) => () => { pagings.page(network, layer.id, count); };
    const last = Math.min(total, first + rows);
    return row(
      { kind: 'text', text: `Rows ${formatCount(first + 1)} to ${formatCount(last)} of ${formatCount(total)}`, tone: 'muted', share: 1.4 },
      button('Up', first > 0 ? by(-rows) : null),
      button('Down', last < total ? by(rows) : null),
    );
  }

  private exports({ network, layer }: Subject): Row[] {
    const image = network.inserted.value;
    const { api } = this.actions;
    const { mapLook } = this.state;
    const from = (url: (image: string) => string): (() => void) | null =>
      image === null ? null : () => { this.save(url(image.id)); };
    return [
      row(
        { kind: 'text', text: 'Save', tone: 'muted', width: 3 },
        button(SAVING.values, from((id) => api.valuesUrl(network.id, id, layer.id))),
        button(SAVING.sheet, from((id) => api.sheetUrl(network.id, id, layer.id, mapLook))),
      ),
      line('The browser of this device downloads it.'),
    ];
  }
}
