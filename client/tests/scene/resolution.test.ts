import type { WebGLRenderer } from 'three';
import { afterEach, expect, test, vi } from 'vitest';

import { Resolution } from '../../src/scene/resolution';

/** A screen with so many pixels to one of the page, and what it is drawn with. */
function drawn(devicePixelRatio: number, software: boolean): { ratio: number; resolution: Resolution } {
  vi.stubGlobal('window', { devicePixelRatio });
  const seen = { ratio: 0 };
  const renderer = { setPixelRatio: (ratio: number) => { seen.ratio = ratio; } };
  const resolution = new Resolution(renderer as unknown as WebGLRenderer, software);
  return Object.assign(seen, { resolution });
}

afterEach(() => { vi.unstubAllGlobals(); });

test('a graphics card draws all pixels of a screen, up to two each way', () => {
  expect(drawn(1.5, false).ratio).toBe(1.5);
  expect(drawn(3, false).ratio).toBe(2);
});

test('the processor draws at most one pixel each way, and not more than the screen has', () => {
  expect(drawn(2, true).ratio).toBe(1);
  expect(drawn(0.5, true).ratio).toBe(0.5);
});

test('the processor draws fewer while the view moves, and all again when it rests', () => {
  const seen = drawn(0.5, true);
  seen.resolution.update({ step: 0.016 }, true);
  expect(seen.ratio).toBeCloseTo(0.3);
  seen.resolution.update({ step: 0.2 }, false);
  expect(seen.ratio).toBeCloseTo(0.3);
  seen.resolution.update({ step: 0.2 }, false);
  expect(seen.ratio).toBe(0.5);
});
