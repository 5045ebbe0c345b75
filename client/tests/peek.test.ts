import { computed, effect, signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';

import { peek } from '../src/model/peek';

describe('peek', () => {
  it('reads without that an effect follows', () => {
    const wanted = signal(1);
    const read = signal(10);
    const seen: number[] = [];
    effect(() => { seen.push(wanted.value + peek(read)); });
    read.value = 20;
    expect(seen).toEqual([11]);
    wanted.value = 2;
    expect(seen).toEqual([11, 22]);
  });

  it('says what a computed signal is now, also where that reads a third one so', () => {
    const base = signal(2);
    const third = signal(5);
    const made = computed(() => base.value * 2 + peek(third));
    expect(peek(made)).toBe(9);
    base.value = 3;
    expect(peek(made)).toBe(11);
  });
});
