import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Keys } from '../../src/scene/keys';

/** As in a browser: a keyup passes the window first, and ends at a dialog that keeps it to itself. */
class Dialog extends EventTarget {
  closest(): this {
    return this;
  }
}

function key(type: string, code: string, more: Partial<KeyboardEvent> = {}): Event {
  return Object.assign(new Event(type, { cancelable: true }), { code, ctrlKey: false, altKey: false, metaKey: false }, more);
}

describe('Keys', () => {
  let listeners: { type: string; capture: boolean; listener: (event: Event) => void }[];
  let keys: Keys;
  const moved = vi.fn();

  /** What the window hears of an event that something within the page stops, or does not stop. */
  function hear(event: Event, stopped: boolean): void {
    for (const { type, capture, listener } of listeners) {
      if (type === event.type && (capture || !stopped)) listener(event);
    }
  }

  beforeEach(() => {
    listeners = [];
    moved.mockClear();
    vi.stubGlobal('HTMLElement', Dialog);
    vi.stubGlobal('window', {
      addEventListener: (type: string, listener: (event: Event) => void, { capture = false } = {}) => {
        listeners.push({ type, capture, listener });
      },
    });
    keys = new Keys(moved);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('hears a key that is let go of in a dialog which it opened', () => {
    hear(key('keydown', 'ControlLeft', { ctrlKey: true }), false);
    hear(key('keydown', 'KeyW'), false);
    expect(keys.steering).toMatchObject({ down: true, ahead: true });
    hear(key('keyup', 'ControlLeft'), true);
    hear(key('keyup', 'KeyW'), true);
    expect(Object.values(keys.steering)).not.toContain(true);
  });

  it('does not sink while Ctrl is held for a shortcut', () => {
    hear(key('keydown', 'ControlLeft', { ctrlKey: true }), false);
    hear(key('keydown', 'KeyZ', { ctrlKey: true }), false);
    expect(keys.steering.down).toBe(false);
    hear(key('keydown', 'KeyS', { ctrlKey: true }), false);
    expect(keys.steering.back).toBe(false);
    expect(moved).toHaveBeenCalledTimes(1);
  });

  it('lets go of all when the window loses the keyboard', () => {
    hear(key('keydown', 'ArrowUp'), false);
    hear(key('blur', ''), false);
    expect(keys.steering.ahead).toBe(false);
  });
});
