import { Matrix4, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { JOINTS, Joints, towardsWrist } from '../../src/xr/joints';

const SPACE = null as unknown as XRReferenceSpace;

/** A hand whose joints are their places; null: one that is not seen. */
function handOf(places: readonly (Vector3 | null)[]): XRHand {
  return new Map(places.map((place, joint) => [joint, place])) as unknown as XRHand;
}

function frameOf(radius: number): XRFrame {
  const fillPoses = (spaces: readonly (Vector3 | null)[], _: unknown, poses: Float32Array): boolean => {
    spaces.forEach((place, joint) => {
      new Matrix4().makeRotationX(1).setPosition(place ?? new Vector3()).toArray(poses, 16 * joint);
    });
    return !spaces.includes(null);
  };
  const fillJointRadii = (_: unknown, radii: Float32Array): boolean => {
    radii.fill(radius);
    return radius > 0;
  };
  return { fillPoses, fillJointRadii } as unknown as XRFrame;
}

const PLACES = Array.from({ length: JOINTS }, (_, joint) => new Vector3(joint, 2 * joint, -joint));

let joints: Joints;

beforeEach(() => {
  joints = new Joints();
});

describe('Joints', () => {
  it('are where the headset sees them, as thick as it says', () => {
    joints.read(handOf(PLACES), frameOf(0.01), SPACE);
    expect(joints.seen).toBe(true);
    expect([...joints.places.subarray(4 * 7, 4 * 8)]).toEqual([7, 14, -7, Math.fround(0.01)]);
    expect([...joints.places.subarray(4 * 24)]).toEqual([24, 48, -24, Math.fround(0.01)]);
    joints.read(handOf(PLACES), frameOf(NaN), SPACE);
    expect(joints.places[4 * 7 + 3]).toBeGreaterThan(0.004);
  });

  it('are those of the hand that is read', () => {
    joints.read(handOf(PLACES), frameOf(0.01), SPACE);
    joints.read(handOf(PLACES.map((place) => place.clone().addScalar(100))), frameOf(0.01), SPACE);
    expect(joints.places[4 * 7]).toBe(107);
  });

  it('are not seen where one of them is not, or where the browser does not tell them', () => {
    joints.read(handOf(PLACES), frameOf(0.01), SPACE);
    joints.read(handOf([...PLACES.slice(1), null]), frameOf(0.01), SPACE);
    expect(joints.seen).toBe(false);
    joints.read(handOf(PLACES), { fillPoses: undefined } as unknown as XRFrame, SPACE);
    expect(joints.seen).toBe(false);
  });

  it('are a handle along the grip of a controller', () => {
    joints.read(handOf(PLACES), frameOf(0.01), SPACE);
    joints.hold(new Matrix4().makeRotationY(Math.PI / 2).setPosition(1, 2, 3));
    expect(joints.seen).toBe(true);
    // Its -z, ahead, is the world's -x.
    const [back, front] = [0, 1].map((end) => new Vector3().fromArray(joints.places, 4 * end)) as [Vector3, Vector3];
    expect(front.x).toBeLessThan(1);
    expect(back.x).toBeGreaterThan(1);
    expect([back.y, back.z, front.y, front.z]).toEqual([2, expect.closeTo(3), 2, expect.closeTo(3)]);
    expect(joints.places.subarray(8).every((value) => value === 0)).toBe(true);
  });

  it('make five fingers on a wrist', () => {
    const lengths = [4, 9, 14, 19, 24].map((tip) => {
      let bones = 0;
      for (let joint = tip; joint !== 0; joint = towardsWrist(joint)) bones += 1;
      return bones;
    });
    expect(lengths).toEqual([4, 5, 5, 5, 5]);
  });
});
