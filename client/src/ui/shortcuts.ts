/** The keys that work everywhere in the hall; walking is the scene's. */

export interface Shortcuts {
  readonly search: () => void;
  readonly help: () => void;
  readonly undo: () => void;
  readonly start: () => void;
  readonly letGo: () => void;
  readonly insert: () => void;
  readonly insertIntoAll: () => void;
  readonly magnify: () => void;
  readonly outline: () => void;
  /** Turns a panel from activations to pictures and back. */
  readonly turn: () => void;
  /** Opens the choices of a layer's pictures. */
  readonly visualize: () => void;
  readonly collapse: () => void;
  readonly expand: () => void;
  /** Of what is collapsed and how the walk runs; `undo` is of images. */
  readonly undoView: () => void;
}

export function listenForShortcuts(shortcuts: Shortcuts): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
    const act = (event.ctrlKey || event.metaKey ? withControl : alone)(event.key, shortcuts);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

type Act = (() => void) | undefined;

function alone(key: string, shortcuts: Shortcuts): Act {
  const acts: Readonly<Record<string, () => void>> = {
    '/': shortcuts.search,
    '?': shortcuts.help,
    Home: shortcuts.start,
    m: shortcuts.magnify,
    M: shortcuts.magnify,
    i: shortcuts.insert,
    I: shortcuts.insertIntoAll,
    o: shortcuts.outline,
    O: shortcuts.outline,
    v: shortcuts.turn,
    V: shortcuts.visualize,
    c: shortcuts.collapse,
    C: shortcuts.collapse,
    x: shortcuts.expand,
    X: shortcuts.expand,
    z: shortcuts.undoView,
    Z: shortcuts.undoView,
    Escape: shortcuts.letGo,
  };
  return acts[key];
}

function withControl(key: string, shortcuts: Shortcuts): Act {
  const acts: Readonly<Record<string, () => void>> = { k: shortcuts.search, z: shortcuts.undo };
  return acts[key.toLowerCase()];
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;
}
