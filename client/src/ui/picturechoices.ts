/** The fields in which one chooses how a layer's pictures are made. */
import type { ImageInfo } from '../net/types';
import type { Choices } from '../model/visualizations';
import { readChannels, readNumber } from '../model/visualizationtext';
import { BEGINNING, MODE } from '../model/wording';
import { h } from './dom';

export class PictureChoices {
  readonly element: HTMLElement;
  private readonly mode = h('select', { 'aria-label': MODE.name });
  private readonly start = h('select', { 'aria-label': BEGINNING.name });
  private readonly channels = field('Channels', { placeholder: 'all', inputmode: 'text' });
  private readonly steps = field('Steps', { placeholder: 'usual', inputmode: 'numeric' });
  private readonly seed = field('Seed', { value: '0', inputmode: 'numeric' });
  private image: ImageInfo | null = null;

  constructor() {
    this.mode.append(...MODE.options.map(({ value, label }) => h('option', { value: value ?? '' }, label)));
    this.start.append(...BEGINNING.options.map(({ value, label }) => h('option', { value }, label)));
    const what = h('small', { class: 'what' });
    const tell = (): void => { what.textContent = this.chosenMode().what ?? ''; };
    this.mode.addEventListener('change', tell);
    tell();
    this.element = h(
      'div',
      { class: 'choices' },
      row('Channels', this.channels),
      row(MODE.name, this.mode),
      what,
      row(BEGINNING.name, this.start),
      row('Steps', this.steps),
      row('Seed', this.seed),
    );
  }

  /** Tells what the channels are called; null where they have no names. */
  name(names: readonly string[] | null): void {
    this.channels.placeholder = names === null ? 'all' : `all, or ${names[0] ?? ''}, 1-5`;
  }

  /** Tells which image is in the network now. */
  offer(image: ImageInfo | null): void {
    this.image = image;
    const option = this.start.options[1];
    if (option === undefined) return;
    option.disabled = image === null;
    if (image === null) this.start.value = 'noise';
  }

  /**
   * Returns what is chosen, for a layer of `count` channels; `names`: what they are called.
   *
   * @throws Error with a sentence on a field that says nothing sensible.
   */
  read(count: number, names: readonly string[] | null): Omit<Choices, 'anew'> {
    return {
      channels: readChannels(this.channels.value, count, names),
      mode: this.chosenMode().value,
      steps: this.steps.value.trim() === '' ? null : readNumber(this.steps.value, 'Steps', 1),
      seed: readNumber(this.seed.value, 'Seed', 0),
      start: this.start.value === 'image' ? (this.image?.id ?? null) : null,
    };
  }

  private chosenMode(): (typeof MODE.options)[number] {
    return MODE.options.find(({ value }) => (value ?? '') === this.mode.value) ?? { value: null, label: '' };
  }
}

function field(name: string, attributes: Readonly<Record<string, string>>): HTMLInputElement {
  return h('input', { type: 'text', 'aria-label': name, autocomplete: 'off', spellcheck: 'false', ...attributes });
}

function row(name: string, control: HTMLElement): HTMLElement {
  return h('label', {}, h('span', {}, name), control);
}
