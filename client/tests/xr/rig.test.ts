import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { Rig } from '../../src/xr/rig';
import { eyes } from './made';

function head(rig: Rig): number[] {
  return rig.head(new Vector3()).toArray();
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i] ?? NaN);
  });
}

describe('Rig', () => {
  it('puts the head, not its own middle, over a point', () => {
    const rig = new Rig();
    rig.track(eyes(0.5, 1.7, -0.2));
    rig.standAt(10, -20, Math.PI / 2);
    expectClose(head(rig), [10, 1.7, -20]);
    // A quarter turn to the left takes what is 0.5 m to the right to 0.5 m ahead (-z).
    expectClose(rig.object.position.toArray(), [10.2, 0, -19.5]);
  });

  it('lets the head look where it is told, wherever it looked in the room', () => {
    const rig = new Rig();
    rig.track(eyes(0.1, 1.6, 0.4, 0.7));
    rig.standAt(0, 0, -0.4);
    expect(rig.heading).toBeCloseTo(-0.4);
    expect(rig.yaw).toBeCloseTo(-1.1);
    rig.track(eyes(0.1, 1.6, 0.4, 0.9));
    expect(rig.heading).toBeCloseTo(-0.2);
  });

  it('knows where a head looks that is bent down', () => {
    const rig = new Rig();
    rig.track(eyes(0, 1.6, 0, 0.6, -1.5));
    rig.standAt(0, 0, 0);
    rig.track(eyes(0, 1.6, 0, 0.6, 1.5));
    expect(rig.heading).toBeCloseTo(0);
  });

  it('turns about the head', () => {
    const rig = new Rig();
    rig.track(eyes(1, 1.5, -2, 0.3));
    rig.standAt(3, 4, 0);
    rig.turn(Math.PI / 6);
    expectClose(head(rig), [3, 1.5, 4]);
    expect(rig.heading).toBeCloseTo(Math.PI / 6);
  });

  it('moves by what it is told, up too, and lifts the eyes', () => {
    const rig = new Rig();
    rig.track(eyes(0, 1.2, 0));
    rig.standAt(1, 1, 0);
    rig.lift = 0.45;
    rig.moveBy(2, 3, -4);
    expectClose(head(rig), [3, 4.65, -3]);
  });

  it('makes the visitor larger over the same point of the floor', () => {
    const rig = new Rig();
    rig.track(eyes(0.5, 1.6, 0.5));
    rig.standAt(7, 8, 1);
    rig.lift = 0.1;
    rig.scale = 4;
    expectClose(head(rig), [7, 6.8, 8]);
    expect(rig.heading).toBeCloseTo(1);
    // One metre in the room is four in the hall.
    const hand = new Vector3(0.5, 1.6, -0.5).applyMatrix4(rig.object.matrixWorld);
    expect(hand.distanceTo(rig.head(new Vector3()))).toBeCloseTo(4);
  });

  it('stands where it was told before the headset knew its head', () => {
    const rig = new Rig();
    rig.standAt(5, 6, 0.5);
    expect(rig.knowsHead).toBe(false);
    expectClose(rig.object.position.toArray(), [0, 0, 0]);
    rig.track(eyes(-0.4, 1.6, 0.9, 0.2));
    expectClose(head(rig), [5, 1.6, 6]);
    expect(rig.heading).toBeCloseTo(0.5);
    rig.release();
    expectClose(rig.object.position.toArray(), [0, 0, 0]);
    expect(rig.yaw).toBe(0);
    rig.standAt(-1, -2, 0);
    rig.track(eyes(2, 1.6, 2, 1));
    expectClose(head(rig), [-1, 1.6, -2]);
  });

  it('stays when the headset counts its room anew', () => {
    const rig = new Rig();
    rig.track(eyes(0.2, 1.6, 0.3, 0.4));
    rig.standAt(4, -9, 1.2);
    rig.lift = 0.3;
    rig.stay();
    rig.track(eyes(-1.5, 1.6, 2, -2));
    expectClose(head(rig), [4, 1.9, -9]);
    expect(rig.heading).toBeCloseTo(1.2);
  });
});
