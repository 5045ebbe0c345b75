/** Sliders for settings: how their way is told as a value. */
import { signal, type ReadonlySignal } from '@preact/signals-core';

import { slider, type Row } from './parts';

/** From a share 0..1 of the way to a value and back, and how the value is said. */
export interface Range {
  readonly value: (share: number) => number;
  readonly share: (value: number) => number;
  readonly text: (value: number) => string;
}

/** Even steps from the least to the most. */
export function evenRange(least: number, most: number, step: number, text: Range['text']): Range {
  return {
    value: (share) => rounded(Math.round((least + share * (most - least)) / step) * step),
    share: (value) => (value - least) / (most - least),
    text,
  };
}

/** Equal ways are equal factors; values have two digits. */
export function factorRange(least: number, most: number, text: Range['text']): Range {
  const span = Math.log(most / least);
  return {
    value: (share) => Number((least * Math.exp(share * span)).toPrecision(2)),
    share: (value) => Math.log(value / least) / span,
    text,
  };
}

/** A slider that takes effect when it is let go. */
export class HeldSlider {
  private readonly held = signal<number | null>(null);

  constructor(
    private readonly name: string,
    private readonly range: Range,
    private readonly value: ReadonlySignal<number>,
    private readonly set: (value: number) => void,
  ) {}

  row(): Row {
    const { value, share, text } = this.range;
    const now = this.held.value ?? this.value.value;
    const slide = (at: number): void => { this.held.value = value(at); };
    const release = (): void => {
      const held = this.held.peek();
      this.held.value = null;
      if (held !== null) this.set(held);
    };
    return slider({ name: this.name, at: Math.min(1, Math.max(0, share(now))), slide, release }, text(now));
  }
}

/** Without what binary fractions leave behind the decimals. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}
