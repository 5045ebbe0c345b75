/** Making and updating elements, in the few words that the overlays need. */
import { effect } from '@preact/signals-core';

export type Attributes = Readonly<Record<string, string>>;

/** Makes an element; `attributes` as in HTML. Text children are text, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(
  attributes: Attributes,
  onClick: () => void,
  ...children: readonly (Node | string)[]
): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', onClick);
  // A click with the mouse leaves the keyboard where it was: with the walk.
  element.addEventListener('mousedown', (event) => {
    event.preventDefault();
  });
  return element;
}

/** A line drawing in a square of 24; `path` in SVG's words. */
export function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  drawing.append(line);
  return drawing;
}

/** Writes a text wherever the signals that it reads change. */
export function bindText(element: Element, text: () => string): void {
  effect(() => {
    const now = text();
    if (element.textContent !== now) element.textContent = now;
  });
}

/** Shows an element as long as `shown` says so. */
export function bindShown(element: HTMLElement, shown: () => boolean): void {
  effect(() => {
    element.hidden = !shown();
  });
}

/** Opens a dialog above the hall, with the pointer free and the keyboard all its own. */
export function openDialog(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  if (document.pointerLockElement !== null) document.exitPointerLock();
  dialog.showModal();
}

/** Closes a dialog and gives the keyboard back at once; the browser does so a frame later. */
export function closeDialog(dialog: HTMLDialogElement): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && dialog.contains(focused)) focused.blur();
  dialog.close();
}

/**
 * A dialog that takes the whole page's attention: Escape and a click beside it close it,
 * and no key that is meant for it reaches the hall.
 */
export function modal(attributes: Attributes, ...children: readonly (Node | string)[]): HTMLDialogElement {
  const dialog = h('dialog', attributes, ...children);
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
  });
  dialog.addEventListener('keyup', (event) => {
    event.stopPropagation();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    closeDialog(dialog);
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) closeDialog(dialog);
  });
  return dialog;
}
