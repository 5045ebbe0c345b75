import { Object3D, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { Facing } from '../../src/scene/facing';

describe('Facing', () => {
  it.each([[3, 2, 4], [-1, -5, 0.5], [0, 1, -2]])('turns what stands there to an eye at %f, %f, %f as three does', (x, y, z) => {
    const eye = new Vector3(x, y, z);
    const [ours, theirs] = [new Object3D(), new Object3D()];
    for (const one of [ours, theirs]) one.position.set(0.5, 1.2, -0.7);
    const facing = new Facing();
    facing.face(ours, eye);
    theirs.lookAt(eye);
    expect(ours.quaternion.angleTo(theirs.quaternion)).toBeLessThan(1e-6);
    expect(facing.away).toBeCloseTo(eye.distanceTo(ours.position));
  });

  it('lies flat under an eye', () => {
    const flat = new Object3D();
    new Facing().face(flat, new Vector3(0, 3, 0));
    const right = new Vector3(1, 0, 0).applyQuaternion(flat.quaternion);
    const out = new Vector3(0, 0, 1).applyQuaternion(flat.quaternion);
    expect([right.x, out.y]).toEqual([expect.closeTo(1), expect.closeTo(1)]);
  });
});
