/** The fields in which one chooses how a layer's pictures are made. */
import type { ImageInfo, VisualizationMode } from '../net/types';
import type { Choices } from '../model/visualizations';
import { readChannels, readNumber } from '../model/visualizationtext';
import { h } from './dom';

const MODES: readonly { value: VisualizationMode | ''; label: string; what: string }[] = [
  { value: '', label: 'What suits the layer', what: 'patterns in early layers, objects in late ones' },
  { value: 'natural', label: 'Natural', what: 'objects that one recognizes, best in late layers' },
  { value: 'texture', label: 'Texture', what: 'crisp patterns, best in early and middle layers' },
  { value: 'maco', label: 'MaCo', what: 'soft, with the spectrum of photographs' },
  { value: 'paper', label: 'As in the paper', what: 'its algorithm step by step, for comparison' },
];

export class PictureChoices {
  readonly element: HTMLElement;
  private readonly mode = h('select', { 'aria-label': 'Mode' });
  private readonly start = h('select', { 'aria-label': 'Begin with' });
  private readonly channels = field('Channels', { placeholder: 'all', inputmode: 'text' });
  private readonly steps = field('Steps', { placeholder: 'as usual', inputmode: 'numeric' });
  private readonly seed = field('Seed', { value: '0', inputmode: 'numeric' });
  private image: ImageInfo | null = null;

  constructor() {
    this.mode.append(...MODES.map(({ value, label }) => h('option', { value }, label)));
    const noise = h('option', { value: 'noise' }, 'noise');
    this.start.append(noise, h('option', { value: 'image' }, 'the image in the network'));
    const what = h('small', { class: 'what' });
    const tell = (): void => { what.textContent = MODES.find(({ value }) => value === this.mode.value)?.what ?? ''; };
    this.mode.addEventListener('change', tell);
    tell();
    this.element = h(
      'div',
      { class: 'choices' },
      row('Channels', this.channels),
      row('Mode', this.mode),
      what,
      row('Begin with', this.start),
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
    option.textContent = image === null ? 'the image in the network' : (image.label ?? image.name);
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
      mode: (this.mode.value || null) as VisualizationMode | null,
      steps: this.steps.value.trim() === '' ? null : readNumber(this.steps.value, 'Steps', 1),
      seed: readNumber(this.seed.value, 'Seed', 0),
      start: this.start.value === 'image' ? (this.image?.id ?? null) : null,
    };
  }
}

function field(name: string, attributes: Readonly<Record<string, string>>): HTMLInputElement {
  return h('input', { type: 'text', 'aria-label': name, autocomplete: 'off', spellcheck: 'false', ...attributes });
}

function row(name: string, control: HTMLElement): HTMLElement {
  return h('label', {}, h('span', {}, name), control);
}
