import { expect, it } from 'vitest';

import { Clock } from '../../src/scene/clock';

it('counts seconds, and from frame to frame, at most a tenth and never back', () => {
  const clock = new Clock();
  clock.tick(60_000);
  expect([clock.seconds, clock.step]).toEqual([60, 0.1]);
  clock.tick(60_016);
  expect(clock.seconds).toBeCloseTo(60.016);
  expect(clock.step).toBeCloseTo(0.016);
  clock.tick(61_000);
  expect(clock.step).toBe(0.1);
  clock.tick(60_990);
  expect(clock.step).toBe(0);
});
