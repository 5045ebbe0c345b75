import { Euler, Matrix4, Quaternion, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { NetworkState } from '../../src/model/networkstate';
import { UNMOVED, type Placement } from '../../src/model/placement';
import type { NetworkSummary } from '../../src/net/types';
import { exhibitsOf } from '../../src/scene/exhibit';
import { Grabs, type HeldScene } from '../../src/scene/grabs';
import { hallOf } from '../tiles/halls';

const DEGREES = Math.PI / 180;
const START: Placement = { x: 0.5, y: 0.25, z: -1, yaw: 20 * DEGREES, scale: 1.5 };

/** A hall of one panel that notes where it is put. */
function sceneOf(): { scene: HeldScene; now: () => Placement; height: number } {
  const hall = hallOf([{ id: 'conv', shape: [4, 8, 8], panel: { x: 3, z: -7, yaw: 0.3 } }]);
  const network = new NetworkState({ id: 'net', name: 'net', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
  network.placements.value = new Map([['conv', START]]);
  let placement = START;
  const scene: HeldScene = {
    network,
    exhibits: exhibitsOf(hall),
    placementOf: () => placement,
    move: (_, to) => {
      placement = { ...to };
    },
  };
  return { scene, now: () => placement, height: scene.exhibits.get('conv')?.layout.height ?? NaN };
}

function poseOf(x: number, y: number, z: number, yaw = 0, pitch = 0, roll = 0): Matrix4 {
  const turn = new Quaternion().setFromEuler(new Euler(pitch, yaw, roll, 'YXZ'));
  return new Matrix4().compose(new Vector3(x, y, z), turn, new Vector3(1, 1, 1));
}

/** Where points of the panel are with a placement, by three's own matrices. */
function matrixOf({ x, y, z, yaw, scale }: Placement): Matrix4 {
  const centre = new Vector3(3, 1.5, -7);
  const about = new Matrix4().makeRotationY(yaw).scale(new Vector3(scale, scale, scale));
  return new Matrix4()
    .makeTranslation(centre.x + x, centre.y + y, centre.z + z)
    .multiply(about)
    .multiply(new Matrix4().makeTranslation(-centre.x, -centre.y, -centre.z));
}

const POINTS = [new Vector3(3, 1.5, -7), new Vector3(4, 2, -7), new Vector3(2.5, 0, -6.5)];

function expectSame(placement: Placement, wanted: Matrix4): void {
  const got = matrixOf(placement);
  for (const point of POINTS) {
    const at = point.clone().applyMatrix4(got);
    expect(at.distanceTo(point.clone().applyMatrix4(wanted))).toBeLessThan(1e-6);
  }
}

let made: ReturnType<typeof sceneOf>;
let kept: Placement[];
let grabs: Grabs;
let unpinned: unknown[];
const place = (): { network: NetworkState; layer: string } => ({ network: made.scene.network, layer: 'conv' });

beforeEach(() => {
  made = sceneOf();
  kept = [];
  unpinned = [];
  const move = (_: NetworkState, __: string, placement: Placement): void => {
    kept.push({ ...placement });
  };
  const unpin = (layer: unknown): void => {
    unpinned.push(layer);
    made.scene.move('conv', START);
  };
  grabs = new Grabs(() => made.scene, { move }, { unpin });
});

describe('the floor', () => {
  const lower = (): number => new Vector3(3, 1.5 - made.height / 2, -7).applyMatrix4(matrixOf(made.now())).y;

  it('is met by a panel that grows, is pushed or is brought down, and not passed', () => {
    grabs.take(place(), 'mouse', poseOf(3, 1.5, -7));
    grabs.scaleBy('mouse', 20);
    expect(lower()).toBeCloseTo(0.05);
    grabs.follow('mouse', poseOf(3, -4, -7));
    expect(lower()).toBeCloseTo(0.05);
    grabs.follow('mouse', poseOf(3, 40, -7));
    expect(lower()).toBeGreaterThan(5);
    grabs.follow('mouse', poseOf(3, -9, -7));
    grabs.letGo('mouse');
    expect(kept).toHaveLength(1);
    expect(kept[0]?.y).toBeCloseTo(0.05 - 1.5 + (made.height * (kept[0]?.scale ?? NaN)) / 2);
  });
});

describe('one hand', () => {
  it('moves a panel by what it moves itself, and says so on letting go', () => {
    grabs.take(place(), 'right', poseOf(1, 1, -2, 0.4, -0.5, 0.2));
    grabs.follow('right', poseOf(1.3, 1.5, -1.6, 0.4, -0.5, 0.2));
    expect(kept).toEqual([]);
    const { x, y, z, yaw, scale } = made.now();
    expect([x, y, z]).toEqual([expect.closeTo(0.8), expect.closeTo(0.75), expect.closeTo(-0.6)]);
    expect([yaw, scale]).toEqual([expect.closeTo(START.yaw), START.scale]);
    grabs.letGo('right');
    expect(kept).toHaveLength(1);
    expect(kept[0]?.x).toBeCloseTo(0.8);
    expect(grabs.holds('right')).toBe(false);
  });

  it('takes it around as one piece when it turns to the left', () => {
    const from = poseOf(2, 1.2, -3, 0.2);
    const to = poseOf(2.2, 1.4, -2.5, 0.2 + 70 * DEGREES);
    grabs.take(place(), 'left', from);
    grabs.follow('left', to);
    expectSame(made.now(), to.clone().multiply(from.clone().invert()).multiply(matrixOf(START)));
  });

  it('leaves it upright when it tilts, though it lifts it', () => {
    grabs.take(place(), 'right', poseOf(3, 1, -2));
    grabs.follow('right', poseOf(3, 1, -2, 0, 30 * DEGREES));
    const { y, yaw, scale } = made.now();
    expect(yaw).toBeCloseTo(START.yaw);
    expect(scale).toBe(START.scale);
    // About 6 m away: half of that up.
    expect(y).toBeGreaterThan(START.y + 2);
  });

  it('pushes it away and pulls it in along the way to it, never through the hand', () => {
    const hand = new Vector3(3.5, 1.75, -2);
    grabs.take(place(), 'right', poseOf(hand.x, hand.y, hand.z));
    const way = (): number => matrixCentre(made.now()).distanceTo(hand);
    const before = way();
    grabs.push('right', 2);
    expect(way()).toBeCloseTo(before + 2);
    grabs.push('right', -100);
    expect(way()).toBeCloseTo(0.25);
    // What was pushed stays pushed when the hand moves.
    grabs.follow('right', poseOf(hand.x + 1, hand.y, hand.z));
    expect(matrixCentre(made.now()).distanceTo(hand.clone().setX(hand.x + 1))).toBeCloseTo(0.25);
  });

  it('scales and turns it about its centre, within bounds', () => {
    grabs.take(place(), 'mouse', poseOf(0, 1, 0));
    grabs.scaleBy('mouse', 2);
    grabs.turnBy('mouse', 0.5);
    expectSame(made.now(), matrixOf({ ...START, scale: 3, yaw: START.yaw + 0.5 }));
    grabs.scaleBy('mouse', 1e9);
    expect(made.now().scale).toBe(20);
    grabs.scaleBy('mouse', 0);
    expect(made.now().scale).toBe(0.05);
  });

  it('puts it back', () => {
    grabs.take(place(), 'mouse', poseOf(0, 1, 0));
    grabs.follow('mouse', poseOf(4, 1, 0));
    grabs.putBack('mouse');
    expect(made.now()).toEqual(START);
    expect(kept).toEqual([]);
  });
});

describe('two hands', () => {
  const take = (): void => {
    grabs.take(place(), 'left', poseOf(2, 1, -5));
    grabs.take(place(), 'right', poseOf(4, 1, -5));
  };

  it('twice as far apart make it twice as large', () => {
    take();
    grabs.follow('left', poseOf(1, 1, -5));
    grabs.follow('right', poseOf(5, 1, -5));
    expect(made.now().scale).toBeCloseTo(2 * START.scale);
    expect(made.now().yaw).toBeCloseTo(START.yaw);
    // About their middle, (3, 1, -5).
    const middle = new Matrix4().makeTranslation(3, 1, -5).scale(new Vector3(2, 2, 2)).multiply(new Matrix4().makeTranslation(-3, -1, 5));
    expectSame(made.now(), middle.multiply(matrixOf(START)));
  });

  it('turned by 30 degrees, moved and drawn together do all of that', () => {
    take();
    const factor = 0.6;
    const yaw = 30 * DEGREES;
    const middle = new Vector3(3.4, 1.7, -4);
    const half = new Vector3(factor, 0, 0).applyAxisAngle(new Vector3(0, 1, 0), yaw);
    const left = middle.clone().sub(half);
    const right = middle.clone().add(half);
    grabs.follow('left', poseOf(left.x, left.y, left.z, 1, 1, 1));
    grabs.follow('right', poseOf(right.x, right.y, right.z, -1));
    const wanted = new Matrix4()
      .makeTranslation(middle.x, middle.y, middle.z)
      .multiply(new Matrix4().makeRotationY(yaw))
      .scale(new Vector3(factor, factor, factor))
      .multiply(new Matrix4().makeTranslation(-3, -1, 5));
    expectSame(made.now(), wanted.multiply(matrixOf(START)));
    expect(made.now().yaw).toBeCloseTo(START.yaw + yaw);
  });

  it('one above the other do not turn it', () => {
    grabs.take(place(), 'left', poseOf(3, 0.5, -5));
    grabs.take(place(), 'right', poseOf(3.01, 1.5, -5));
    grabs.follow('right', poseOf(2.99, 1.5, -5.01));
    expect(made.now().yaw).toBeCloseTo(START.yaw);
  });

  it('letting go one by one: it goes on with the other without a jump, and is kept once', () => {
    take();
    grabs.follow('right', poseOf(6, 1, -5));
    const before = made.now();
    grabs.letGo('left');
    expect(kept).toEqual([]);
    grabs.follow('right', poseOf(6, 1, -5));
    expectSame(made.now(), matrixOf(before));
    grabs.follow('right', poseOf(6, 2, -5));
    expect(made.now().y).toBeCloseTo(before.y + 1);
    grabs.letGo('right');
    expect(kept).toHaveLength(1);
  });
});

describe('what is held', () => {
  it('is told by who holds it; taking anew lets go of what was held', () => {
    expect(grabs.heldBy('left')).toBeNull();
    grabs.take(place(), 'left', poseOf(0, 0, 0));
    expect(grabs.heldBy('left')?.layer).toBe('conv');
    expect(grabs.holds('right')).toBe(false);
    grabs.take(place(), 'left', poseOf(1, 0, 0));
    expect(kept).toHaveLength(1);
    expect(grabs.holds('left')).toBe(true);
  });

  it('comes from where it was pinned to, no longer pinned', () => {
    const pinned = { ...START, x: -4, scale: 0.2 };
    made.scene.move('conv', pinned);
    grabs.take(place(), 'left', poseOf(0, 0, 0));
    expect(unpinned).toEqual([{ network: 'net', layer: 'conv' }]);
    expectSame(made.now(), matrixOf(pinned));
  });

  it('is nothing where no panel stands, or where its hall stands no more', () => {
    grabs.take({ ...place(), layer: 'unknown' }, 'left', poseOf(0, 0, 0));
    expect(grabs.holds('left')).toBe(false);
    grabs.take(place(), 'left', poseOf(0, 0, 0));
    made = sceneOf();
    grabs.letGo('left');
    expect(kept).toEqual([]);
    expect(made.now()).toBe(START);
  });

  it('stands as the layout has it again where the state says nothing of it', () => {
    made.scene.network.placements.value = new Map();
    grabs.take(place(), 'left', poseOf(0, 0, 0));
    grabs.putBack('left');
    expect(made.now()).toEqual(UNMOVED);
  });
});

function matrixCentre(placement: Placement): Vector3 {
  return new Vector3(3, 1.5, -7).applyMatrix4(matrixOf(placement));
}
