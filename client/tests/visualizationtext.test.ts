import { describe, expect, it } from 'vitest';

import {
  formatDuration,
  progressText,
  readChannels,
  readNumber,
  shareOf,
  type Counted,
} from '../src/model/visualizationtext';

const JOB: Counted = {
  state: 'running',
  problem: null,
  channels: 8,
  done: [0, 1, 2, 3],
  dead: [],
  forming: [4, 5],
  waiting: 2,
  step: 24,
  steps: 96,
  seconds_left: 75,
};

describe('how far a job is', () => {
  it('counts what forms by its steps', () => {
    expect(shareOf(JOB)).toBeCloseTo((4 + 2 * 0.25) / 8);
    expect(shareOf({ ...JOB, done: [], forming: [], waiting: 0 })).toBe(0);
  });

  it('is said in one line', () => {
    expect(progressText(JOB)).toBe('4 of 8 · step 24 of 96 · 1 min left');
    expect(progressText({ ...JOB, forming: [], waiting: 4, seconds_left: null })).toBe('4 of 8');
    expect(progressText({ ...JOB, state: 'waiting' })).toBe('4 of 8 · waits for its turn');
    expect(progressText({ ...JOB, state: 'paused' })).toBe('Paused at 4 of 8');
    expect(progressText({ ...JOB, state: 'failed', problem: 'The disk is full.' })).toBe('The disk is full.');
  });

  it('does not count silent channels as pictures', () => {
    const whole = { ...JOB, channels: 4, state: 'done' } as const;
    expect(progressText(whole)).toBe('4 pictures');
    expect(progressText({ ...whole, dead: [1, 2, 3] })).toBe('1 picture, 3 silent');
    expect(progressText({ ...JOB, state: 'cancelled' })).toBe('Stopped. 4 pictures of 8 channels');
  });

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [61, '1 min'],
    [3599, '1 h'],
    [3600 * 3 + 20 * 60, '3 h 20 min'],
    [3600 * 50, '2 d'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('the channels that a text names', () => {
  it('are all, or numbers and ranges in order and once', () => {
    expect(readChannels('', 32)).toBeNull();
    expect(readChannels(' All ', 32)).toBeNull();
    expect(readChannels('12, 0-3 2', 32)).toEqual([0, 1, 2, 3, 12]);
  });

  it('are found by what they are called', () => {
    const names = ['tench, Tinca tinca', 'goldfish', 'great white shark', 'tiger shark', 'dogfish', 'Scotch terrier', 'tiger'];
    expect(readChannels('Goldfish, 5-6', 7, names)).toEqual([1, 5, 6]);
    expect(readChannels('tinca tinca, great white shark', 7, names)).toEqual([0, 2]);
    expect(readChannels('shark', 7, names)).toEqual([2, 3]);
    expect(readChannels('tiger', 7, names)).toEqual([6]);
    expect(readChannels('terr, 0 1', 7, names)).toEqual([0, 1, 5]);
    expect(() => readChannels('fish', 7, names)).toThrow(
      '“fish” names no channels: write all, or numbers such as 0-7, 12, or names of classes.',
    );
    expect(() => readChannels('goldfish', 7)).toThrow('“goldfish” names no channels');
  });

  it.each([
    ['dog', '“dog” names no channels: write all, or numbers such as 0-7, 12.'],
    ['7-3', '“7-3” runs backwards: write 3-7.'],
    ['3-32', 'The layer has channels 0 to 31, there is no 32.'],
    ['-1', '“-1” names no channels: write all, or numbers such as 0-7, 12.'],
  ])('are none in %s', (text, sentence) => {
    expect(() => readChannels(text, 32)).toThrow(sentence);
  });
});

describe('a whole number', () => {
  it('is read, or refused with its name', () => {
    expect(readNumber(' 64 ', 'Steps', 1)).toBe(64);
    for (const text of ['0', '1.5', 'many', '-3', '']) {
      expect(() => readNumber(text, 'Steps', 1)).toThrow(`Steps: “${text}” is not a whole number from 1 on.`);
    }
  });
});
