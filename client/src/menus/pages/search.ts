/** Finding a layer without a keyboard: letters to pick, and what they find. */
import { computed, signal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { formatShape } from '../../model/format';
import { LayerSearch, layersOf, type LayerOf } from '../../model/search';
import type { State } from '../../model/state';
import type { Page } from '../largeboard';
import { Pager } from '../paging';
import { button, row, type Row } from '../parts';

const KEYS = ['1 2 3 4 5 6 7 8 9 0', 'q w e r t y u i o p', 'a s d f g h j k l .', 'z x c v b n m _'].map((keys) => keys.split(' '));
const FOUND = 3;

export class Search implements Page {
  readonly name = 'Search';
  readonly within = 'Places';
  private readonly typed = signal('');
  private readonly pager = new Pager();
  private readonly search;
  private readonly found;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    this.search = computed(() => new LayerSearch(layersOf(state.networks.value)));
    this.found = computed(() => this.search.value.find(this.typed.value));
  }

  rows(): readonly Row[] {
    const typed = this.typed.value;
    const found = this.found.value;
    const { shown, row: pages } = this.pager.page(found, FOUND, 'layers');
    const text = typed === '' ? 'Part of a name, kind or shape' : `${typed}_`;
    return [
      row(
        { kind: 'text', text, tone: typed === '' ? 'muted' : 'title' },
        button('Back', typed === '' ? null : () => { this.type(typed.slice(0, -1)); }, { name: 'Delete a letter', width: 4 }),
        button('Clear', typed === '' ? null : () => { this.type(''); }, { width: 4 }),
      ),
      ...KEYS.map((keys, index) => this.keys(keys, index === KEYS.length - 1)),
      ...shown.map((one) => this.layer(one)),
      pages,
    ];
  }

  private keys(keys: readonly string[], last: boolean): Row {
    const letters = keys.map((key) => button(key, () => { this.type(this.typed.peek() + key); }, { name: `Key ${key}` }));
    const space = button('space', () => { this.type(`${this.typed.peek()} `); }, { name: 'Key space', share: 2 });
    return row(...letters, ...(last ? [space] : []));
  }

  private layer(found: LayerOf): Row {
    const { network, layer, within } = found;
    const fly = (): void => void this.actions.flyToFound(found);
    const only = this.state.networks.value.length < 2;
    const where = !only ? network.name : within === null ? layer.kind : `in + ${within}`;
    return row(
      button(layer.id, fly, { name: `Fly to ${layer.id}` }),
      { kind: 'text', text: `${where} \u00b7 ${formatShape(layer.shape)}`, tone: 'muted', align: 'right' },
    );
  }

  private type(text: string): void {
    this.pager.restart();
    this.typed.value = text;
  }
}
