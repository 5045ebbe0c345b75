import { Group, Object3D, Ray, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { distanceAlong } from '../../src/scene/pointing';
import { Aim } from '../../src/xr/aim';
import { GRAVITY, land, throwSpeed } from '../../src/xr/arc';
import { Footing } from '../../src/xr/footing';
import { FloorTarget } from '../../src/xr/floortarget';
import { Rig } from '../../src/xr/rig';
import { Teleport } from '../../src/xr/teleport';
import { exhibit, eyes, pointing, standing } from './made';

/** Follows a throw in small steps until it is under the floor. */
function follow(origin: Vector3, direction: Vector3): Vector3 {
  const step = 1e-4;
  const at = origin.clone();
  const velocity = direction.clone().multiplyScalar(throwSpeed(direction.y));
  while (at.y > 0) {
    at.addScaledVector(velocity, step);
    velocity.y -= GRAVITY * step;
  }
  return at;
}

describe('land', () => {
  it.each([
    [0.2, 1.3, 0, -0.7],
    [0.2, 1.3, 0.5, -0.7],
    [0, 0.4, -0.9, 0.1],
    [-1, 2, 0.95, 0],
  ])('finds what small steps find, from (%f, %f) with a rise of %f', (x, y, up, z) => {
    const direction = new Vector3(0.3, up, z).normalize();
    const ray = new Ray(new Vector3(x, y, 5), direction);
    const found = new Vector3();
    const seconds = land(ray, 1, found);
    expect(found.distanceTo(follow(ray.origin, direction).setY(0))).toBeLessThan(0.01);
    const fallen = y + throwSpeed(direction.y) * direction.y * seconds - 0.5 * GRAVITY * seconds * seconds;
    expect(fallen).toBeCloseTo(0);
  });

  it('grows with the visitor', () => {
    const direction = new Vector3(0, 0.2, -1).normalize();
    const near = new Vector3();
    const far = new Vector3();
    const seconds = land(new Ray(new Vector3(0, 1.5, 0), direction), 1, near);
    expect(land(new Ray(new Vector3(0, 4.5, 0), direction), 3, far)).toBeCloseTo(seconds);
    expect(far.z).toBeCloseTo(3 * near.z);
  });

  it('carries far when it is thrown up, and meets what is near when it is not', () => {
    const reach = (up: number): number => {
      const found = new Vector3();
      land(new Ray(new Vector3(0, 1.3, 0), new Vector3(0, up, -1).normalize()), 1, found);
      return -found.z;
    };
    expect(reach(1)).toBeGreaterThan(60);
    expect(reach(0)).toBeLessThan(5);
    // A degree of the hand is at most 65 cm on the floor within 8 m.
    const tilts = Array.from({ length: 60 }, (_, i) => Math.tan(((i - 50) * Math.PI) / 180));
    tilts.slice(1).forEach((tilt, i) => {
      if (reach(tilt) < 8) expect(reach(tilt) - reach(tilts[i] ?? NaN)).toBeLessThan(0.65);
    });
  });

  it('lands nowhere from under the floor', () => {
    expect(land(new Ray(new Vector3(0, -0.1, 0), new Vector3(0, 1, 0)), 1, new Vector3())).toBe(0);
  });
});

describe('Footing', () => {
  const footing = new Footing();
  footing.among([standing([exhibit(0, -5), exhibit(2, -12, Math.PI / 2)])]);

  it('is free before and behind a panel, and not within it or its plate', () => {
    expect(footing.free(0, -4, 1)).toBe(true);
    expect(footing.free(0, -5.5, 1)).toBe(true);
    expect(footing.free(0.9, -5.2, 1)).toBe(false);
    expect(footing.free(-1.8, -5, 1)).toBe(false); // Its plate.
    expect(footing.free(1.8, -5, 1)).toBe(true);
  });

  it('knows how a panel is turned', () => {
    expect(footing.free(2, -11.2, 1)).toBe(false);
    expect(footing.free(2.8, -12, 1)).toBe(true);
  });

  it('is not free in the frame, nor far from the halls', () => {
    expect(footing.free(0.5, 3, 1)).toBe(false);
    expect(footing.free(0, 15, 1)).toBe(true);
    expect(footing.free(0, 18, 1)).toBe(false);
    expect(footing.free(-30, -5, 1)).toBe(false);
  });

  it('lets one stand under a panel that was lifted, and small ones before others', () => {
    const high = exhibit(0, -5);
    Object.assign(high.place, { bottom: 2.4 });
    footing.among([standing([high])]);
    expect(footing.free(0, -5, 1)).toBe(true);
    expect(footing.free(0, -5, 2)).toBe(false);
  });
});

describe('Footing before signs and boards', () => {
  const footing = new Footing();
  // Faces +x: its board reaches from the post towards -z.
  const sign = { block: 'b', depth: 1, text: 'b', x: 1, z: -8, yaw: Math.PI / 2 };

  it('keeps one off the face of a sign, but not off its back', () => {
    footing.among([standing([], [sign])]);
    expect(footing.free(1.3, -8.5, 1)).toBe(false);
    expect(footing.free(1.8, -8.5, 1)).toBe(true);
    expect(footing.free(0.6, -8.5, 1)).toBe(true);
    expect(footing.free(1.3, -7.5, 1)).toBe(true);
    expect(footing.free(1.3, -9.4, 1)).toBe(true);
    footing.among([{ ...standing([], [sign]), blocks: { shown: false } }]);
    expect(footing.free(1.3, -8.5, 1)).toBe(true);
  });

  it('keeps one off a board that hangs there, however large an em of it is', () => {
    const object = new Object3D();
    object.position.set(-3, 1.5, -8);
    object.scale.setScalar(0.05);
    object.lookAt(-3, 1.6, 0);
    object.updateMatrixWorld();
    const board = { object, form: { width: 28, height: 22 } };
    footing.among([standing([])], [board]);
    expect(footing.free(-3.6, -7.5, 1)).toBe(false);
    expect(footing.free(-3.6, -7.2, 1)).toBe(true);
    expect(footing.free(-4.2, -7.5, 1)).toBe(true);
    object.visible = false;
    expect(footing.free(-3.6, -7.5, 1)).toBe(true);
    object.visible = true;
    const visitor = new Group().add(object);
    const inHand = new Footing(visitor);
    inHand.among([standing([])], [board]);
    expect(inHand.free(-3.6, -7.5, 1)).toBe(true);
    object.position.y = 3.5;
    object.updateMatrixWorld();
    expect(footing.free(-3.6, -7.5, 1)).toBe(true);
  });
});

describe('Teleport', () => {
  const went: number[][] = [];
  const aim = new Aim();
  const rig = new Rig();
  const footing = new Footing();
  footing.among([standing([exhibit(0, -5)])]);
  const teleport = new Teleport(rig, aim, footing, (x, z, yaw) => went.push([x, z, yaw]));
  /** What the arc of this hand meets. */
  const meets = new Vector3();

  beforeEach(() => {
    went.length = 0;
    teleport.cancel();
    rig.track(eyes(0, 1.6, 0));
  });

  function throwFrom(x: number, up: number): ReturnType<typeof pointing> {
    const hand = pointing('right', new Vector3(x, 1.3, 0), new Vector3(x, 1.3 + up, -1));
    land(hand.ray, 1, meets);
    return hand;
  }

  it('goes where the arc lands when the stick is let go of, looking along it', () => {
    const hand = throwFrom(2.5, -0.2);
    hand.stick.set(0, -1);
    teleport.update(hand, { seconds: 0 });
    expect(aim.visible).toBe(true);
    expect(teleport.allowed).toBe(true);
    expect(went).toEqual([]);
    hand.stick.set(0, 0);
    teleport.update(hand, { seconds: 0.1 });
    expect(aim.visible).toBe(false);
    expect(went).toHaveLength(1);
    [meets.x, meets.z, 0].forEach((value, i) => {
      expect(went[0]?.[i]).toBeCloseTo(value);
    });
  });

  it('looks where the stick was turned to', () => {
    const hand = throwFrom(2.5, -0.2);
    for (const [x, y] of [[0, -1], [-0.7, -0.7], [-1, 0], [-0.4, 0], [0, 0]] as const) {
      hand.stick.set(x, y);
      teleport.update(hand, { seconds: 0 });
    }
    expect(went[0]?.[2]).toBeCloseTo(Math.PI / 2);
  });

  it('goes nowhere where a panel stands', () => {
    let up = -0.3;
    let hand = throwFrom(0, up);
    while (meets.z > -5) hand = throwFrom(0, (up += 0.001));
    hand.stick.set(0, -1);
    teleport.update(hand, { seconds: 0 });
    expect(teleport.aiming).toBe(true);
    expect(teleport.allowed).toBe(false);
    hand.stick.set(0, 0);
    teleport.update(hand, { seconds: 0 });
    expect(went).toEqual([]);
    expect(aim.visible).toBe(false);
  });

  it('is begun by a stick that is pushed ahead, not aside', () => {
    const hand = throwFrom(2.5, -0.2);
    for (const [x, y] of [[0.9, -0.2], [0, 0.9], [0, -0.5]] as const) {
      hand.stick.set(x, y);
      teleport.update(hand, { seconds: 0 });
    }
    expect(teleport.aiming).toBe(false);
  });

  it('leaves the arc to the hand that began it', () => {
    const right = throwFrom(2.5, -0.2);
    right.stick.set(0, -1);
    const left = pointing('left', new Vector3(-3, 1, 0), new Vector3(-3, 0, -2));
    left.stick.set(0, -1);
    teleport.update(right, { seconds: 0 });
    teleport.update(left, { seconds: 0 });
    left.stick.set(0, 0);
    teleport.update(left, { seconds: 0 });
    expect(teleport.aims(right)).toBe(true);
    expect(went).toEqual([]);
  });
});

describe('FloorTarget', () => {
  const went: number[][] = [];
  const rig = new Rig();
  rig.track(eyes(0, 1.6, 0));
  rig.standAt(0, 0, 0.3);
  const footing = new Footing();
  footing.among([standing([exhibit(0, -5)])]);
  const floor = new FloorTarget(rig, new Aim(), footing, (x, z, yaw) => went.push([x, z, yaw]));

  function rayTo(x: number, z: number): Ray {
    return pointing('right', new Vector3(0, 1.5, 0), new Vector3(x, 0, z)).ray;
  }

  it('takes one to the free floor that is pinched, looking as before', () => {
    floor.enabled = true;
    expect(distanceAlong(rayTo(2, -1.5), [floor])).toBeCloseTo(Math.hypot(2, 1.5, 1.5));
    floor.click(0);
    expect(went[0]).toHaveLength(3);
    [2, -1.5, 0.3].forEach((value, i) => {
      expect(went[0]?.[i]).toBeCloseTo(value);
    });
  });

  it('is not met in a panel, in the sky, far away, or by hands that have a stick', () => {
    expect(distanceAlong(rayTo(0, -5), [floor])).toBe(Infinity);
    expect(distanceAlong(new Ray(new Vector3(0, 1.5, 0), new Vector3(0, 0.1, -1).normalize()), [floor])).toBe(Infinity);
    expect(distanceAlong(rayTo(0, 40), [floor])).toBe(Infinity);
    floor.enabled = false;
    expect(distanceAlong(rayTo(2, -1.5), [floor])).toBe(Infinity);
  });
});
