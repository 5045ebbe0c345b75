/** A layer beside the hall: what its panel shows and how, what its values are like, its files, its place. */
import { computed, effect, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import { layerDetails, layerName } from '../model/layertext';
import type { State } from '../model/state';
import { BRIGHTNESS, MAPS, ORDER, SAVING, type Choice } from '../model/wording';
import { bindShown, bindText, button, h } from './dom';
import { layerArranging } from './layerarranging';
import { layerHistogram } from './layerhistogram';
import { panelSides, type CardLayer } from './sides';

export class LayerCard {
  readonly element: HTMLElement;
  private readonly subject: ReadonlySignal<CardLayer | null>;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    this.subject = computed(() => subjectOf(state));
    const close = button({ class: 'close', 'aria-label': 'Close the layer' }, () => { actions.openLayer(null); }, '×');
    this.element = h(
      'section',
      { class: 'card layer', 'aria-label': 'Layer', tabindex: '-1' },
      h('header', {}, this.heading(), close),
      panelSides(actions, this.subject),
      this.choices(),
      this.pager(),
      this.files(),
      layerArranging(actions, this.subject),
      h('small', { class: 'what' }, 'Drag its title, or hold Alt: arrows and Page keys move it, , . turn it, + − scale it'),
      this.values(),
    );
    bindShown(this.element, () => this.subject.value !== null && !state.immersed.value);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      actions.openLayer(null);
    });
  }

  /** The keyboard goes on in the card. */
  focus(): void {
    this.element.focus();
  }

  private heading(): HTMLElement {
    const label = h('strong');
    bindText(label, () => this.with(({ layer }) => layerName(layer)) ?? '');
    const details = h('small');
    bindText(details, () => {
      const layer = this.subject.value?.layer;
      if (layer === undefined) return '';
      const weights = layer.parameters === 0 ? '' : ` · ${formatCount(layer.parameters)} parameters`;
      return `${layerDetails(layer)}${weights}`;
    });
    return h('div', {}, h('span', { class: 'kind' }, 'Layer'), label, details);
  }

  private choices(): HTMLElement {
    const { actions, state } = this;
    const order = choice(ORDER, () => this.with(({ network, layer }) => network.orders.value.get(layer.id)?.by) ?? 'index', (by) => {
      this.with(({ network, layer }) => void actions.orders.set(network, layer.id, by));
    });
    const maps = choice(MAPS, () => this.with(({ network, layer }) => network.pagings.value.get(layer.id)?.zoom) ?? 1, (zoom) => {
      this.with(({ network, layer }) => { actions.pagings.zoom(network, layer.id, zoom); });
    });
    const scaling = choice(BRIGHTNESS, () => state.scaling.value, (now) => { actions.setScaling(now); });
    return h('div', { class: 'choices' }, order, maps, scaling);
  }

  /** Where not all rows are shown. */
  private pager(): HTMLElement {
    const grid = computed(() => this.with(({ network, layer }) => this.actions.pagings.shown(network, layer.id)) ?? null);
    const page = (name: string, label: string, direction: number): HTMLElement => {
      const control = button({ 'aria-label': label, title: label }, () => {
        const rows = direction * (grid.peek()?.rows ?? 0);
        this.with(({ network, layer }) => { this.actions.pagings.page(network, layer.id, rows); });
      }, name);
      effect(() => {
        const now = grid.value;
        control.disabled = now === null || (direction < 0 ? now.row === 0 : now.row + now.rows >= now.total);
      });
      return control;
    };
    const where = h('span');
    bindText(where, () => {
      const now = grid.value;
      return now === null ? '' : `rows ${now.row + 1}–${Math.min(now.total, now.row + now.rows)} of ${now.total}`;
    });
    const box = h('div', { class: 'pager' }, where, page('▲', 'Rows above', -1), page('▼', 'Rows below', 1));
    bindShown(box, () => grid.value !== null && grid.value.total > grid.value.rows);
    return box;
  }

  private values(): HTMLElement {
    const activations = computed(() => this.with(({ network, layer }) => network.statistics.value.get(layer.id)) ?? null);
    const weights = computed(() => this.with(({ network, layer }) => network.weights.value.get(layer.id)) ?? null);
    const open = h('details', { class: 'making', open: '' }, h('summary', {}, 'Values'));
    open.append(layerHistogram('activations', activations), layerHistogram('weights', weights));
    return open;
  }

  private files(): HTMLElement {
    const { api } = this.actions;
    const link = (name: string, title: string, url: (at: CardLayer, image: string) => string): HTMLElement => {
      const anchor = h('a', { class: 'button', download: '', title }, name);
      effect(() => {
        const at = this.subject.value;
        const image = at?.network.inserted.value ?? null;
        anchor.hidden = image === null;
        if (at !== null && image !== null) anchor.href = url(at, image.id);
      });
      return anchor;
    };
    return h(
      'div',
      { class: 'row', role: 'group', 'aria-label': 'Save' },
      link(SAVING.values, 'All values of this layer, for numpy', ({ network, layer }, image) => api.valuesUrl(network.id, image, layer.id)),
      link(SAVING.sheet, 'All feature maps on one sheet', ({ network, layer }, image) =>
        api.sheetUrl(network.id, image, layer.id, this.state.mapLook)),
      this.pictures(),
    );
  }

  private pictures(): HTMLElement {
    return button({ title: 'What its channels look for: Shift V' }, () => {
      this.with(({ network, layer }) => { this.actions.visualizations.open(network, layer.id); });
    }, 'Pictures …');
  }

  /** Does something with the layer that the card is about; undefined without one. */
  private with<T>(act: (at: CardLayer) => T): T | undefined {
    const at = this.subject.value;
    return at === null ? undefined : act(at);
  }
}

function subjectOf(state: State): CardLayer | null {
  const at = state.opened.value;
  const network = at === null ? undefined : state.networks.value.find(({ id }) => id === at.network);
  const layer = network?.hall.value?.graph.layers.find(({ id }) => id === at?.layer);
  return network === undefined || layer === undefined ? null : { network, layer };
}

function choice<T extends string | number>(
  { name, options }: Choice<T>,
  now: () => T,
  choose: (value: T) => void,
): HTMLElement {
  const select = h('select', { 'aria-label': name });
  select.append(...options.map(({ value, label, what }) =>
    h('option', { value: String(value), ...(what === undefined ? {} : { title: what }) }, label)));
  select.addEventListener('change', () => {
    const chosen = options.find(({ value }) => String(value) === select.value);
    if (chosen !== undefined) choose(chosen.value);
  });
  effect(() => { select.value = String(now()); });
  return h('label', {}, h('span', {}, name), select);
}
