/** The search field that flies to a layer. */
import { formatShape } from '../model/format';
import { LayerSearch } from '../model/search';
import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import type { Layer } from '../net/types';
import { closeDialog, h, modal, openDialog } from './dom';

export class SearchDialog {
  readonly element: HTMLDialogElement;
  private readonly field = h('input', {
    type: 'text',
    role: 'combobox',
    'aria-label': 'Search layers',
    'aria-expanded': 'true',
    'aria-controls': 'found-layers',
    'aria-autocomplete': 'list',
    placeholder: 'Fly to a layer: id, kind, label or shape',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  private readonly list = h('ul', { id: 'found-layers', role: 'listbox', 'aria-label': 'Layers' });
  private readonly nothing = h('p', { class: 'nothing' });
  private search = new LayerSearch([]);
  private found: Layer[] = [];
  private active = 0;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    this.element = modal({ class: 'search', 'aria-label': 'Search layers' }, this.field, this.list, this.nothing);
    this.field.addEventListener('input', () => {
      this.show();
    });
    this.field.addEventListener('keydown', (event) => {
      this.key(event);
    });
  }

  open(): void {
    const layers = this.state.hall.peek()?.graph.layers;
    if (layers === undefined) return;
    this.search = new LayerSearch(layers);
    this.field.value = '';
    this.show();
    openDialog(this.element);
    this.field.focus();
  }

  private show(): void {
    this.found = this.search.find(this.field.value);
    this.list.replaceChildren(...this.found.map((layer, at) => this.option(layer, at)));
    this.nothing.hidden = this.found.length > 0;
    this.nothing.textContent = `No layer matches “${this.field.value}”. Try a kind such as conv, pool or add.`;
    this.activate(0);
  }

  private option(layer: Layer, at: number): HTMLLIElement {
    const option = h(
      'li',
      { role: 'option', id: `found-layer-${at}`, 'data-layer': layer.id },
      h('span', { class: 'kind' }, layer.kind),
      h('span', { class: 'name' }, layer.label, h('small', {}, layer.id)),
      h('span', { class: 'shape' }, formatShape(layer.shape)),
    );
    option.addEventListener('click', () => {
      this.fly(layer);
    });
    return option;
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.activate(Math.min(this.found.length - 1, Math.max(0, this.active + step)));
    } else if (event.key === 'Enter') {
      const layer = this.found[this.active];
      if (layer !== undefined) this.fly(layer);
    }
  }

  private activate(at: number): void {
    this.list.children[this.active]?.removeAttribute('aria-selected');
    this.active = at;
    const option = this.list.children[at];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', option?.id ?? '');
  }

  private fly(layer: Layer): void {
    closeDialog(this.element);
    this.actions.fly({ kind: 'layer', layer: layer.id });
  }
}
