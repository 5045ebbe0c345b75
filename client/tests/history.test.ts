import { describe, expect, it } from 'vitest';

import { History } from '../src/model/history';

/** A history of letters that are written and wiped out again. */
function page(): {
  history: History;
  text: () => string;
  write: (letter: string, of?: object, gesture?: object) => void;
  broken: Set<string>;
} {
  const history = new History();
  let written = '';
  const broken = new Set<string>();
  const write = (letter: string, of: object = history, gesture?: object): void => {
    const redo = (): boolean => {
      if (broken.has(letter)) return false;
      written += letter;
      return true;
    };
    const undo = async (): Promise<boolean> => {
      await Promise.resolve();
      if (broken.has(letter)) return false;
      written = written.replace(letter, '');
      return true;
    };
    history.add({ of, gesture, undo, redo });
    redo();
  };
  return { history, text: () => written, write, broken };
}

describe('a history', () => {
  it('takes back what was done last, and does it again', async () => {
    const { history, text, write } = page();
    expect([history.undoable.value, history.redoable.value]).toEqual([false, false]);
    for (const letter of 'abc') write(letter);
    await history.undo();
    await history.undo();
    expect([text(), history.undoable.value, history.redoable.value]).toEqual(['a', true, true]);
    await history.redo();
    expect(text()).toBe('ab');
    await history.undo();
    await history.undo();
    await history.undo();
    expect([text(), history.undoable.value]).toEqual(['', false]);
  });

  it('forgets what was taken back as soon as something else is done', async () => {
    const { history, text, write } = page();
    for (const letter of 'ab') write(letter);
    await history.undo();
    write('c');
    await history.redo();
    expect([text(), history.redoable.value]).toEqual(['ac', false]);
  });

  it('takes back what one part did last, out of the common order', async () => {
    const { history, text, write } = page();
    const [own, other] = [{}, {}];
    write('a', own);
    write('b', other);
    write('c', other);
    await history.undo(own);
    expect([text(), history.hasPast(own), history.hasUndone(own)]).toEqual(['bc', false, true]);
    await history.undo(other);
    expect(history.latestUndone([own])).toBe(own);
    expect(history.latestPast([own, other])).toBe(other);
    await history.redo(own);
    expect(text()).toBe('ba');
  });

  it('takes back the steps of one gesture together, in the order that undoes them', async () => {
    const { history, text, write } = page();
    const gesture = {};
    write('a');
    for (const letter of 'bcd') write(letter, history, gesture);
    await history.undo();
    expect(text()).toBe('a');
    await history.redo();
    expect(text()).toBe('abcd');
    write('e');
    await history.undo();
    await history.undo();
    expect(text()).toBe('a');
  });

  it('keeps what could not be taken back', async () => {
    const { history, text, write, broken } = page();
    for (const letter of 'ab') write(letter);
    broken.add('b');
    await history.undo();
    expect([text(), history.redoable.value]).toEqual(['ab', false]);
    broken.clear();
    await history.undo();
    expect(text()).toBe('a');
  });
});
