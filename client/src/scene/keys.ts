/** Which of the walk's keys are held down; keys typed into a field are not ours. */

/** By `KeyboardEvent.code`, so that the keys lie where they should on every keyboard. */
const MOVES: Readonly<Record<string, keyof Steering>> = {
  KeyW: 'ahead',
  ArrowUp: 'ahead',
  KeyS: 'back',
  ArrowDown: 'back',
  KeyA: 'left',
  ArrowLeft: 'left',
  KeyD: 'right',
  ArrowRight: 'right',
  KeyE: 'up',
  Space: 'up',
  KeyQ: 'down',
  ControlLeft: 'down',
  ControlRight: 'down',
  Comma: 'turnLeft',
  Period: 'turnRight',
  PageUp: 'lookUp',
  PageDown: 'lookDown',
  ShiftLeft: 'run',
  ShiftRight: 'run',
};

export interface Steering {
  ahead: boolean;
  back: boolean;
  left: boolean;
  right: boolean;
  up: boolean;
  down: boolean;
  turnLeft: boolean;
  turnRight: boolean;
  lookUp: boolean;
  lookDown: boolean;
  run: boolean;
}

export class Keys {
  readonly steering: Steering = {
    ahead: false,
    back: false,
    left: false,
    right: false,
    up: false,
    down: false,
    turnLeft: false,
    turnRight: false,
    lookUp: false,
    lookDown: false,
    run: false,
  };

  /** `onMove` is told about each press that steers. */
  constructor(private readonly onMove: () => void) {
    window.addEventListener('keydown', this.down);
    // Before anyone else: a key that opened a dialog is let go of within it.
    window.addEventListener('keyup', this.up, { capture: true });
    window.addEventListener('blur', this.release);
  }

  private readonly down = (event: KeyboardEvent): void => {
    const move = MOVES[event.code];
    // Ctrl with another key is a shortcut; Ctrl alone lowers the eye.
    if (event.ctrlKey && !event.code.startsWith('Control')) {
      this.steering.down = false;
      return;
    }
    if (move === undefined || event.defaultPrevented || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) return;
    if (event.code === 'Space' && pressesButton(event.target)) return;
    if (event.code === 'Space' || event.code.startsWith('Arrow')) event.preventDefault();
    this.steering[move] = true;
    if (move !== 'run') this.onMove();
  };

  private readonly up = (event: KeyboardEvent): void => {
    const move = MOVES[event.code];
    if (move !== undefined) this.steering[move] = false;
  };

  private readonly release = (): void => {
    for (const move of Object.values(MOVES)) this.steering[move] = false;
  };
}

/** Whether keys mean something else here. */
function isTyping(target: EventTarget | null): boolean {
  return isWithin(target, 'input, textarea, select, dialog, [contenteditable]');
}

function pressesButton(target: EventTarget | null): boolean {
  return isWithin(target, 'button, a, summary');
}

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof HTMLElement && target.closest(selector) !== null;
}
