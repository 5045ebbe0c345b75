/** Asks before something is done that takes long or cannot be taken back. */
import { button, closeDialog, h, modal, openDialog } from './dom';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
}

export class Confirmation {
  readonly element: HTMLDialogElement;
  private readonly title = h('h2', { id: 'confirmation-title' });
  private readonly text = h('p', { id: 'confirmation-text' });
  private readonly yes = button({ class: 'primary' }, () => { this.end(true); });
  private readonly no = button({}, () => { this.end(false); }, 'Not now');
  private answer: (yes: boolean) => void = () => undefined;

  constructor() {
    this.element = modal(
      { class: 'confirmation', 'aria-labelledby': 'confirmation-title', 'aria-describedby': 'confirmation-text' },
      this.title,
      this.text,
      h('div', { class: 'row' }, this.yes, this.no),
    );
    this.element.addEventListener('close', () => { this.answer(false); });
  }

  /** Resolves to whether it shall be done; closing the dialog means no. */
  ask({ title, text, yes }: Question): Promise<boolean> {
    this.title.textContent = title;
    this.text.textContent = text;
    this.yes.textContent = yes;
    openDialog(this.element);
    this.no.focus();
    return new Promise((resolve) => { this.answer = resolve; });
  }

  private end(yes: boolean): void {
    this.answer(yes);
    closeDialog(this.element);
  }
}
