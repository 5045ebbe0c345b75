/** The keys that work everywhere in the hall; walking is the scene's. */
import type { Nudge } from '../model/nudge';

export interface Shortcuts {
  readonly search: () => void;
  readonly help: () => void;
  /** Of all that can be taken back; `undoView` is of what is collapsed and how the walk runs. */
  readonly undo: () => void;
  readonly redo: () => void;
  readonly start: () => void;
  /** Goes to the same place in the next network. */
  readonly next: () => void;
  readonly letGo: () => void;
  readonly insert: () => void;
  readonly insertIntoAll: () => void;
  readonly magnify: () => void;
  readonly outline: () => void;
  readonly map: () => void;
  /** Turns a panel from activations to pictures and back. */
  readonly turn: () => void;
  /** Opens the choices of a layer's pictures. */
  readonly visualize: () => void;
  readonly collapse: () => void;
  readonly expand: () => void;
  readonly undoView: () => void;
  /** Opens a layer's card. */
  readonly layer: () => void;
  /** Opens the pictures that can be taken in hand. */
  readonly images: () => void;
  /** Goes to the slider of the noise on the input. */
  readonly noise: () => void;
  /** Points at the cells of a panel. */
  readonly cells: () => void;
  /** Moves a panel; `gesture` is the same as long as Alt is held. */
  readonly nudge: (how: Nudge, gesture: object) => void;
}

export function listenForShortcuts(shortcuts: Shortcuts): void {
  let gesture = {};
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isTyping(event.target)) return;
    const act = actOf(event, shortcuts, gesture);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  window.addEventListener('keyup', (event) => {
    if (event.key === 'Alt') gesture = {};
  });
}

function actOf(event: KeyboardEvent, shortcuts: Shortcuts, gesture: object): Act {
  if (event.altKey) {
    const how = NUDGES[event.code] ?? WRITTEN[event.key];
    return how === undefined || event.ctrlKey || event.metaKey ? undefined : () => { shortcuts.nudge(how, gesture); };
  }
  if (event.ctrlKey || event.metaKey) return withControl(event.key, event.shiftKey, shortcuts);
  if (event.key === 'Enter' && pressesButton(event.target)) return undefined;
  return alone(event.key, shortcuts);
}

/** By `KeyboardEvent.code`: with Alt some keyboards write other letters. Else by what they write. */
const NUDGES: Readonly<Record<string, Nudge>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'away',
  ArrowDown: 'nearer',
  PageUp: 'up',
  PageDown: 'down',
  Comma: 'turnLeft',
  Period: 'turnRight',
  Equal: 'larger',
  NumpadAdd: 'larger',
  Minus: 'smaller',
  NumpadSubtract: 'smaller',
};
const WRITTEN: Readonly<Record<string, Nudge>> = { '+': 'larger', '-': 'smaller' };

type Act = (() => void) | undefined;

function alone(key: string, shortcuts: Shortcuts): Act {
  const acts: Readonly<Record<string, () => void>> = {
    '/': shortcuts.search,
    '?': shortcuts.help,
    Home: shortcuts.start,
    t: shortcuts.next,
    T: shortcuts.next,
    m: shortcuts.magnify,
    M: shortcuts.magnify,
    i: shortcuts.insert,
    I: shortcuts.insertIntoAll,
    n: shortcuts.map,
    N: shortcuts.map,
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
    l: shortcuts.layer,
    L: shortcuts.layer,
    g: shortcuts.noise,
    G: shortcuts.noise,
    p: shortcuts.images,
    P: shortcuts.images,
    Enter: shortcuts.cells,
    Escape: shortcuts.letGo,
  };
  return acts[key];
}

function withControl(key: string, shift: boolean, shortcuts: Shortcuts): Act {
  const undo = shift ? shortcuts.redo : shortcuts.undo;
  const acts: Readonly<Record<string, () => void>> = { k: shortcuts.search, z: undo, y: shortcuts.redo };
  return acts[key.toLowerCase()];
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;
}

function pressesButton(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, summary') !== null;
}
