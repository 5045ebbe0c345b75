/** What cannot be taken back, or changes much at once, is asked once more before it is done. */
import { signal } from '@preact/signals-core';

import { button, row, type ButtonPart, type Row } from './parts';

/** A button that asks, and the row that takes its row's place while it does. */
export interface Asking {
  readonly button: ButtonPart;
  readonly row: Row | null;
}

export class Question {
  /** Which one is asked now. */
  private readonly asked = signal('');

  /** `key`: tells it from all others; `act`: null while there is nothing to do. */
  about(key: string, label: string, text: string, yes: string, act: (() => void) | null): Asking {
    const ask = (): void => { this.asked.value = key; };
    const end = (): void => { this.asked.value = ''; };
    const answer = row(
      { kind: 'text', text, tone: 'accent', share: 1.6 },
      button(yes, () => { end(); act?.(); }),
      button('Not now', end),
    );
    return {
      button: button(`${label} \u2026`, act === null ? null : ask, { name: label }),
      row: this.asked.value === key && act !== null ? answer : null,
    };
  }
}
