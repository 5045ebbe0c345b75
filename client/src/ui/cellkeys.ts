/** The keys that go through a panel's cells, as long as that is what one does. */
import type { Cursor } from '../model/cursor';

/** Before anyone else, since the arrows walk otherwise. */
export function listenForCells(cursor: Cursor): void {
  window.addEventListener('keydown', (event) => {
    if (cursor.place.peek() === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof HTMLElement && event.target.closest(ELSEWHERE) !== null) return;
    const act = ACTS[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act(cursor);
  }, { capture: true });
}

/** Where these keys mean something else. */
const ELSEWHERE = 'input, textarea, select, dialog, button, a, summary, [role=treeitem]';
const FAR = Number.MAX_SAFE_INTEGER / 2 ** 20;
const PAGE = 4;

const ACTS: Readonly<Record<string, (cursor: Cursor) => void>> = {
  ArrowLeft: (cursor) => { cursor.move(-1, 0); },
  ArrowRight: (cursor) => { cursor.move(1, 0); },
  ArrowUp: (cursor) => { cursor.move(0, -1); },
  ArrowDown: (cursor) => { cursor.move(0, 1); },
  PageUp: (cursor) => { cursor.move(0, -PAGE); },
  PageDown: (cursor) => { cursor.move(0, PAGE); },
  Home: (cursor) => { cursor.move(-FAR, 0); },
  End: (cursor) => { cursor.move(FAR, 0); },
  Enter: (cursor) => { cursor.take(); },
  Escape: (cursor) => { cursor.end(); },
};
