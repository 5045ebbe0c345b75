/** The dataset panel's pictures and buttons as a dialog, for who walks without a pointer. */
import { effect } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import { DRAW_COUNT } from '../model/images';
import type { State } from '../model/state';
import type { Draw, ImageInfo } from '../net/types';
import { bindText, button, closeDialog, h, modal, openDialog } from './dom';

const NOISES = [
  ['Gaussian noise', 'gaussian'],
  ['Uniform noise', 'uniform'],
  ['Cloud noise', 'clouds'],
] as const;

export class ImagesDialog {
  readonly element: HTMLDialogElement;
  private readonly pictures = h('ul', { class: 'pictures', 'aria-label': 'Pictures' });

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    const page = h('p', { class: 'page', role: 'status' });
    bindText(page, () => pageText(state.draw.value));
    this.element = modal(
      { class: 'images', 'aria-label': 'Images' },
      h('header', {}, this.dataset(), page),
      this.pictures,
      this.buttons(),
      h('small', {}, 'What you take is in hand: I inserts it into the network before you.'),
    );
    effect(() => { this.show(state.draw.value?.images ?? []); });
  }

  open(): void {
    openDialog(this.element);
    this.pictures.querySelector('button')?.focus();
  }

  private show(images: readonly ImageInfo[]): void {
    const had = this.pictures.contains(document.activeElement);
    this.pictures.replaceChildren(...images.map((image) => h('li', {}, this.picture(image))));
    if (had) this.pictures.querySelector('button')?.focus();
  }

  private picture(image: ImageInfo): HTMLElement {
    const name = image.label ?? image.name;
    const seen = h('img', { alt: '', loading: 'lazy', src: this.actions.api.thumbnailUrl(image.id) });
    return button({ 'aria-label': `Take ${name}` }, () => {
      this.take(() => { this.actions.hold({ kind: 'image', image }); });
    }, seen, h('span', {}, name));
  }

  private dataset(): HTMLElement {
    const select = h('select', { 'aria-label': 'Dataset' });
    effect(() => {
      const datasets = this.state.walk.value?.datasets ?? [];
      select.replaceChildren(...datasets.map(({ id, name }) => h('option', { value: id }, name)));
      select.value = this.state.draw.value?.dataset ?? '';
    });
    select.addEventListener('change', () => void this.actions.images.chooseDataset(select.value));
    return select;
  }

  private buttons(): HTMLElement {
    const { images } = this.actions;
    const leaf = (name: string, step: number): HTMLButtonElement => {
      const control = button({}, () => void images.page(step), name);
      effect(() => {
        const draw = this.state.draw.value;
        const next = (draw?.offset ?? 0) + step * DRAW_COUNT;
        control.disabled = draw === null || next < 0 || next >= draw.total;
      });
      return control;
    };
    const noises = NOISES.map(([name, kind]) =>
      button({}, () => { this.take(() => void this.actions.noise(kind)); }, name));
    return h(
      'div',
      { class: 'row' },
      leaf('Previous', -1),
      leaf('Next', 1),
      button({}, () => void images.drawAgain(), 'Draw again'),
      ...noises,
      this.file(),
    );
  }

  private file(): HTMLElement {
    const field = h('input', { type: 'file', accept: 'image/*', hidden: '', 'aria-hidden': 'true' });
    field.addEventListener('change', () => {
      const file = field.files?.[0];
      if (file !== undefined) this.take(() => void this.actions.upload(file));
      field.value = '';
    });
    return h('span', {}, field, button({}, () => { field.click(); }, 'Open file …'));
  }

  private take(act: () => void): void {
    closeDialog(this.element);
    act();
  }
}

function pageText(draw: Draw | null): string {
  if (draw === null) return '';
  const pages = Math.max(1, Math.ceil(draw.total / DRAW_COUNT));
  const page = Math.round(draw.offset / DRAW_COUNT) + 1;
  return `page ${formatCount(page)} of ${formatCount(pages)}`;
}
