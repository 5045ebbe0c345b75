import { PerspectiveCamera, Vector2, Vector3, type Matrix4 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import type { NetworkState } from '../../src/model/networkstate';
import { Carrying } from '../../src/scene/carrying';
import type { Grabs } from '../../src/scene/grabs';

const NONE = { shift: false, alt: false };
const SHIFT = { shift: true, alt: false };
const ALT = { shift: false, alt: true };

let camera: PerspectiveCamera;
let at: Vector2;
let held: Vector3;
let told: string[];
let carrying: Carrying;

beforeEach(() => {
  camera = new PerspectiveCamera(56, 16 / 9, 0.05, 900);
  camera.position.set(1, 1.7, 2);
  camera.rotation.set(-0.2, 0.5, 0, 'YXZ');
  camera.updateMatrixWorld();
  at = new Vector2(0.2, 0.3);
  held = new Vector3();
  told = [];
  const note = (pose: Matrix4): void => {
    held.setFromMatrixPosition(pose);
  };
  const grabs: Partial<Grabs> = {
    holds: () => true,
    take: (_, __, pose) => { note(pose); },
    follow: (_, pose) => { note(pose); },
    scaleBy: (_, factor) => { told.push(`scale ${factor.toFixed(3)}`); },
    turnBy: (_, radians) => { told.push(`turn ${radians.toFixed(3)}`); },
  };
  carrying = new Carrying(camera, at, grabs as Grabs);
  const point = new Vector3(at.x, at.y, 0.5).unproject(camera).sub(camera.position).normalize().multiplyScalar(6).add(camera.position);
  carrying.take({ network: {} as unknown as NetworkState, layer: 'conv' }, point);
});

/** Where what is held is on the screen, and how far before the eye. */
function seen(): { x: number; y: number; depth: number } {
  const { x, y } = held.clone().project(camera);
  return { x, y, depth: -camera.worldToLocal(held.clone()).z };
}

describe('what the mouse carries', () => {
  it('stays under the pointer, in a plane that faces the visitor', () => {
    const { depth } = seen();
    at.set(-0.5, 0.1);
    carrying.update(NONE);
    expect(seen().x).toBeCloseTo(-0.5);
    expect(seen().y).toBeCloseTo(0.1);
    expect(seen().depth).toBeCloseTo(depth);
  });

  it('comes along where the visitor walks and turns', () => {
    const before = seen();
    camera.position.set(-4, 1.7, 9);
    camera.rotation.set(0, 2, 0, 'YXZ');
    camera.updateMatrixWorld();
    carrying.update(NONE);
    expect(seen().x).toBeCloseTo(before.x);
    expect(seen().depth).toBeCloseTo(before.depth);
  });

  it('with Shift goes ahead as the pointer goes up, and keeps its height; without it jumps nowhere', () => {
    const { y } = held;
    const { depth } = seen();
    at.y += 0.3;
    carrying.update(SHIFT);
    expect(held.y).toBeCloseTo(y);
    expect(seen().depth).toBeGreaterThan(1.5 * depth);
    const before = held.clone();
    carrying.update(NONE);
    expect(held.distanceTo(before)).toBeLessThan(1e-6);
    at.y -= 0.3;
    carrying.update(SHIFT);
    expect(held.y).toBeCloseTo(y);
  });

  it('is scaled by the wheel, turned with Shift, and pushed away with Alt, under the pointer', () => {
    carrying.wheel(-100, NONE);
    carrying.wheel(100, SHIFT);
    expect(told).toEqual(['scale 1.127', 'turn 0.262']);
    const { x, y, depth } = seen();
    carrying.wheel(-500, ALT);
    carrying.update(NONE);
    expect(seen().depth).toBeCloseTo(depth * Math.exp(0.6));
    expect([seen().x, seen().y]).toEqual([expect.closeTo(x), expect.closeTo(y)]);
    carrying.wheel(1e9, ALT);
    carrying.update(NONE);
    expect(seen().depth).toBeCloseTo(0.3);
  });
});
