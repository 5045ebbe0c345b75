/** Asks before something is done that takes long or cannot be taken back. */
import { button, closeDialog, h, modal, openDialog } from './dom';

export interface Question {
  readonly title: string;
  /** Null where the question turns out to be idle. */
  readonly text: string | Promise<string | null>;
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
    this.element.addEventListener('close', () => { this.end(false); });
  }

  /** Resolves to whether it shall be done; closing the dialog means no. */
  ask({ title, text, yes }: Question): Promise<boolean> {
    this.title.textContent = title;
    this.yes.textContent = yes;
    openDialog(this.element);
    this.no.focus();
    return new Promise((resolve) => {
      this.answer = resolve;
      if (typeof text === 'string') this.say(text);
      else void this.wait(text, resolve);
    });
  }

  private say(text: string): void {
    this.text.textContent = text;
    this.yes.disabled = false;
  }

  /** One cannot say yes before one knows to what. */
  private async wait(text: Promise<string | null>, asker: (yes: boolean) => void): Promise<void> {
    this.text.textContent = 'One moment, this is being measured …';
    this.yes.disabled = true;
    const found = await text;
    if (this.answer !== asker) return;
    if (found === null) this.end(false);
    else this.say(found);
  }

  private end(yes: boolean): void {
    this.answer(yes);
    this.answer = () => undefined;
    if (this.element.open) closeDialog(this.element);
  }
}
