/** Lists that are longer than their board: some rows at a time, and a row that leafs through them. */
import { signal } from '@preact/signals-core';

import { formatCount } from '../model/format';
import { button, row, type Row } from './parts';

export class Pager {
  private readonly first = signal(0);

  /** Begins at the top again. */
  restart(): void {
    this.first.value = 0;
  }

  /** What is shown of a list, and the row that goes on. */
  page<T>(all: readonly T[], count: number, what: string): { readonly shown: readonly T[]; readonly row: Row } {
    const last = Math.max(0, (Math.ceil(all.length / count) - 1) * count);
    const first = Math.min(this.first.value, last);
    const to = (place: number): (() => void) | null =>
      place < 0 || place > last ? null : () => { this.first.value = place; };
    const end = Math.min(all.length, first + count);
    const text = all.length === 0 ? `no ${what}` : `${formatCount(first + 1)} to ${formatCount(end)} of ${formatCount(all.length)} ${what}`;
    return {
      shown: all.slice(first, end),
      row: row(
        button('Previous', to(first - count), { width: 6 }),
        { kind: 'text', text, tone: 'muted', align: 'right' },
        button('Next', to(first + count), { width: 6 }),
      ),
    };
  }
}
