import { Vector2, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { Rig } from '../../src/xr/rig';
import { Smooth, speedOf } from '../../src/xr/smooth';
import { Turning } from '../../src/xr/turning';
import { eyes } from './made';

function rigAt(yaw = 0): Rig {
  const rig = new Rig();
  rig.track(eyes(0.2, 1.6, 0.1));
  rig.standAt(0, 0, yaw);
  return rig;
}

function head(rig: Rig): Vector3 {
  return rig.head(new Vector3());
}

describe('Smooth', () => {
  it('comes as far in long frames as in short ones', () => {
    const ways = [9, 400].map((frames) => {
      const rig = rigAt(0.4);
      const smooth = new Smooth(rig);
      for (let i = 0; i < frames; i += 1) smooth.walk(new Vector2(0.3, -0.5), { step: 1.5 / frames });
      for (let i = 0; i < frames; i += 1) smooth.walk(new Vector2(0, 0), { step: 1 / frames });
      return head(rig);
    });
    expect(ways[0]?.distanceTo(ways[1] ?? new Vector3())).toBeLessThan(1e-9);
    expect(ways[0]?.length()).toBeGreaterThan(1);
  });

  it('walks where the head looks, level, and aside of it', () => {
    const ahead = rigAt(Math.PI / 2);
    new Smooth(ahead).walk(new Vector2(0, -0.5), { step: 1 });
    expect(head(ahead).x).toBeLessThan(-0.5);
    expect(head(ahead).z).toBeCloseTo(0);
    expect(head(ahead).y).toBeCloseTo(1.6);
    const aside = rigAt();
    new Smooth(aside).walk(new Vector2(0.5, 0), { step: 1 });
    expect(head(aside).x).toBeGreaterThan(0.5);
    expect(head(aside).z).toBeCloseTo(0);
  });

  it('reaches the speed of its stick, and the visitor\'s size', () => {
    for (const size of [1, 4]) {
      const rig = rigAt();
      rig.scale = size;
      const smooth = new Smooth(rig);
      for (let i = 0; i < 300; i += 1) smooth.walk(new Vector2(0, -0.5), { step: 0.02 });
      const before = head(rig).z;
      smooth.walk(new Vector2(0, -0.5), { step: 0.1 });
      expect(before - head(rig).z).toBeCloseTo(0.1 * speedOf(0.5) * size);
      expect(smooth.share).toBeCloseTo(0.5);
    }
  });

  it('runs with the stick all out', () => {
    expect(speedOf(1)).toBeGreaterThan(2 * speedOf(0.8));
    expect(speedOf(1.4)).toBe(speedOf(1));
  });

  it('flies where one points, but not into the floor', () => {
    const rig = rigAt();
    const smooth = new Smooth(rig);
    const up = new Vector3(0, 1, -1).normalize();
    for (let i = 0; i < 60; i += 1) smooth.fly(new Vector2(0, -0.5), up, { step: 1 / 60 });
    expect(rig.floor).toBeGreaterThan(0.4);
    expect(head(rig).y).toBeCloseTo(1.6 + rig.floor);
    expect(head(rig).z).toBeCloseTo(-rig.floor);
    for (let i = 0; i < 300; i += 1) smooth.fly(new Vector2(0, 0.5), up, { step: 1 / 60 });
    expect(rig.floor).toBe(0);
  });

  it('comes to rest: nothing moves, and no rim is dark', () => {
    const rig = rigAt();
    const smooth = new Smooth(rig);
    smooth.walk(new Vector2(0, -1), { step: 0.5 });
    expect(smooth.share).toBeGreaterThan(0.5);
    for (let i = 0; i < 300; i += 1) smooth.walk(new Vector2(0, 0), { step: 1 / 60 });
    expect(smooth.share).toBe(0);
    const { z } = head(rig);
    smooth.walk(new Vector2(0, 0), { step: 1 / 60 });
    expect(head(rig).z).toBe(z);
  });
});

function snap(turning: Turning, aside: number, degrees: number): void {
  turning.aside = aside;
  turning.snap(degrees);
}

describe('Turning', () => {
  it('turns by one step a push, about the head', () => {
    const rig = rigAt();
    const turning = new Turning(rig);
    for (const aside of [0.3, 0.8, 1, 0.6, 0.9]) snap(turning, aside, 30);
    expect(rig.heading).toBeCloseTo(-Math.PI / 6);
    snap(turning, 0.1, 30);
    snap(turning, -1, 45);
    expect(rig.heading).toBeCloseTo(-Math.PI / 6 + Math.PI / 4);
    expect(head(rig).toArray()[0]).toBeCloseTo(0);
    expect(head(rig).toArray()[2]).toBeCloseTo(0);
  });

  it('turns as far in long frames as in short ones, and comes to rest', () => {
    const turned = [6, 300].map((frames) => {
      const rig = rigAt();
      const turning = new Turning(rig);
      turning.aside = -0.6;
      for (let i = 0; i < frames; i += 1) turning.smooth({ step: 0.8 / frames });
      expect(turning.share).toBeCloseTo(0.6, 2);
      turning.aside = 0;
      for (let i = 0; i < 300; i += 1) turning.smooth({ step: 0.01 });
      expect(turning.share).toBe(0);
      return rig.heading;
    });
    // 100 degrees a second with the whole stick: the way is that of the stick's own time.
    expect(turned[0]).toBeCloseTo(((0.6 * 0.8 * 100) / 180) * Math.PI, 2);
    expect(turned[0]).toBeCloseTo(turned[1] ?? NaN, 9);
  });
});
