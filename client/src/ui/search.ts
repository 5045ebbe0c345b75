/** The search field that flies to a layer. */
import { formatShape } from '../model/format';
import { LayerSearch, layersOf, type LayerOf } from '../model/search';
import type { Actions } from '../model/actions';
import type { State } from '../model/state';
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
  private found: LayerOf[] = [];
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
    this.field.value = '';
    this.look();
    void this.actions.learnLayers().then(() => { this.look(); });
    openDialog(this.element);
    this.field.focus();
  }

  /** Looks at which layers there are. */
  private look(): void {
    this.search = new LayerSearch(layersOf(this.state.networks.peek()));
    this.show();
  }

  private show(): void {
    this.found = this.search.find(this.field.value);
    this.list.replaceChildren(...this.found.map((found, at) => this.option(found, at)));
    this.nothing.hidden = this.found.length > 0;
    this.nothing.textContent = `No layer matches “${this.field.value}”. Try a kind such as conv, pool or add.`;
    this.activate(0);
  }

  private option(found: LayerOf, at: number): HTMLLIElement {
    const { network, layer, within } = found;
    const only = this.state.networks.peek().length < 2;
    const where = [...(only ? [] : [network.name]), layer.id, ...(within === null ? [] : [`in + ${within}`])];
    const option = h(
      'li',
      { role: 'option', id: `found-layer-${at}`, 'data-layer': layer.id, 'data-network': network.id },
      h('span', { class: 'kind' }, layer.kind),
      h('span', { class: 'name' }, layer.label, h('small', {}, where.join(' · '))),
      h('span', { class: 'shape' }, formatShape(layer.shape)),
    );
    option.addEventListener('click', () => {
      this.fly(found);
    });
    return option;
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.activate(Math.min(this.found.length - 1, Math.max(0, this.active + step)));
    } else if (event.key === 'Enter') {
      const found = this.found[this.active];
      if (found !== undefined) this.fly(found);
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

  private fly(found: LayerOf): void {
    closeDialog(this.element);
    void this.actions.flyToFound(found);
  }
}
