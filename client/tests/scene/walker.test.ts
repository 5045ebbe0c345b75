import { Group, Object3D, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import type { Steering } from '../../src/scene/keys';
import { Walker, wrapped } from '../../src/scene/walker';

const STILL: Steering = {
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

function walk(seconds: number, frames: number, keys: Partial<Steering>, yaw = 0): Walker {
  const walker = new Walker();
  walker.eye.set(0, 1.65, 0);
  walker.yaw = yaw;
  for (let i = 0; i < frames; i += 1) walker.step({ step: seconds / frames }, { ...STILL, ...keys });
  return walker;
}

describe('Walker', () => {
  it('comes as far in long frames as in short ones', () => {
    const few = walk(1.2, 7, { ahead: true, right: true }).eye;
    const many = walk(1.2, 300, { ahead: true, right: true }).eye;
    expect(few.distanceTo(many)).toBeLessThan(1e-9);
  });

  it('goes where it looks: towards -z first, towards -x after a quarter turn to the left', () => {
    expect(walk(1, 60, { ahead: true }).eye.z).toBeLessThan(-2);
    const turned = walk(1, 60, { ahead: true }, Math.PI / 2).eye;
    expect(turned.x).toBeLessThan(-2);
    expect(turned.z).toBeCloseTo(0);
  });

  it('turns and looks up and down by keys, as far in long frames as in short ones', () => {
    const few = walk(1, 3, { turnLeft: true, lookDown: true });
    const many = walk(1, 300, { turnLeft: true, lookDown: true });
    expect(few.yaw).toBeGreaterThan(1);
    expect(few.pitch).toBeLessThan(-0.5);
    expect([many.yaw, many.pitch]).toEqual([expect.closeTo(few.yaw), expect.closeTo(few.pitch)]);
    expect(walk(1, 3, { turnRight: true, lookUp: true })).toMatchObject({ yaw: -few.yaw, pitch: -few.pitch });
  });

  it('is no faster diagonally, and faster when it runs', () => {
    const straight = Math.hypot(...walk(2, 60, { ahead: true }).eye.setY(0).toArray());
    const diagonal = Math.hypot(...walk(2, 60, { ahead: true, left: true }).eye.setY(0).toArray());
    const running = Math.hypot(...walk(2, 60, { ahead: true, run: true }).eye.setY(0).toArray());
    expect(diagonal).toBeCloseTo(straight);
    expect(running).toBeGreaterThan(2 * straight);
  });

  it('stands still when two keys contradict each other', () => {
    expect(walk(1, 30, { ahead: true, back: true }).eye.z).toBeCloseTo(0);
  });

  it('stays above the floor and comes to rest', () => {
    const walker = walk(5, 100, { down: true });
    expect(walker.eye.y).toBeGreaterThan(0.3);
    const before = walk(1, 30, { ahead: true });
    for (let i = 0; i < 120; i += 1) before.step({ step: 1 / 60 }, STILL);
    const { z } = before.eye;
    before.step({ step: 1 / 60 }, STILL);
    expect(before.eye.z).toBeCloseTo(z, 6);
  });

  it('is as fast and as high as it is large, over the same point of the floor', () => {
    const large = new Walker();
    large.eye.set(2, 1.65, -3);
    large.size = 4;
    expect(large.eye.toArray()).toEqual([2, 6.6, -3]);
    large.step({ step: 1 }, { ...STILL, ahead: true });
    expect(-3 - large.eye.z).toBeCloseTo(-4 * walk(1, 1, { ahead: true }).eye.z);
    large.size = 1;
    expect(large.eye.y).toBeCloseTo(1.65);
  });

  it('puts a camera that hangs in a space of its own size where its eye is', () => {
    const large = new Walker();
    large.eye.set(2, 1.65, -3);
    large.size = 5;
    const space = new Group();
    const camera = new Object3D();
    space.scale.setScalar(5);
    space.add(camera);
    large.apply(camera);
    space.updateMatrixWorld();
    expect(camera.getWorldPosition(new Vector3()).distanceTo(large.eye)).toBeLessThan(1e-9);
  });

  it('rolls along the view by the wheel, forward when the wheel turns away', () => {
    const walker = walk(0, 1, {});
    walker.roll(-120);
    for (let i = 0; i < 120; i += 1) walker.step({ step: 1 / 60 }, STILL);
    expect(walker.eye.z).toBeCloseTo(-0.54, 2);
  });

  it('cannot look past the zenith', () => {
    const walker = new Walker();
    walker.look(0, 10);
    expect(walker.pitch).toBeLessThan(Math.PI / 2);
    expect(wrapped(3 * Math.PI)).toBeCloseTo(-Math.PI);
  });
});
