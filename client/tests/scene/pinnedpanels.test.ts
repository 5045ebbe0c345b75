import { Matrix4, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { NetworkState } from '../../src/model/networkstate';
import { Pins } from '../../src/model/pins';
import { UNMOVED, type Placement } from '../../src/model/placement';
import type { NetworkSummary } from '../../src/net/types';
import { exhibitsOf } from '../../src/scene/exhibit';
import type { HeldScene } from '../../src/scene/grabs';
import { PinnedPanels } from '../../src/scene/pinnedpanels';
import type { Gaze } from '../../src/xr/gaze';
import { hallOf } from '../tiles/halls';

const HEAD = new Vector3(0, 1.6, 0);
const KEPT: Placement = { x: 1, y: 0, z: 0, yaw: 0, scale: 2 };
const CONV = { network: 'net', layer: 'conv' };
const POOL = { network: 'net', layer: 'pool' };

interface Put {
  readonly layer: string;
  readonly placement: Placement;
  readonly stands: boolean;
}

let puts: Put[];
let scene: HeldScene;
let pins: Pins;
let pinned: PinnedPanels;

beforeEach(() => {
  const panel = { cell_width: 0.5, cell_height: 0.5, yaw: 0.4 };
  const hall = hallOf([
    { id: 'conv', shape: [36, 8, 8], columns: 6, panel: { ...panel, x: 3, z: -7 } },
    { id: 'pool', shape: [36, 8, 8], columns: 6, panel: { ...panel, x: 9, z: -9 } },
  ]);
  const network = new NetworkState({ id: 'net', name: 'net', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
  network.placements.value = new Map([['conv', KEPT]]);
  puts = [];
  scene = {
    network,
    exhibits: exhibitsOf(hall),
    placementOf: () => UNMOVED,
    move: (layer: string, placement: Placement, stands?: boolean) => {
      puts.push({ layer, placement: { ...placement }, stands: stands ?? true });
    },
  };
  pins = new Pins();
  pinned = new PinnedPanels(pins, () => scene);
});

function gaze(eye: Vector3, heading: number, scale: number): Gaze {
  return { eye, heading, scale };
}

function last(): Put {
  const put = puts.at(-1);
  if (put === undefined) expect.fail('nothing was put anywhere');
  return put;
}

/** Where the centre of the layer's panel is, and the way it faces. */
function standing({ layer, placement }: Put): { centre: Vector3; normal: Vector3 } {
  const layout = scene.exhibits.get(layer)?.layout;
  if (layout === undefined) expect.fail(`there is no ${layer}`);
  const centre = layout.centre.clone().add(new Vector3(placement.x, placement.y, placement.z));
  return { centre, normal: layout.normal.clone().applyAxisAngle(new Vector3(0, 1, 0), placement.yaw) };
}

describe('a panel pinned to the hand', () => {
  it('floats over it, small, and faces the eyes, wherever the hand goes', () => {
    pins.pin(CONV, 'hand');
    for (const [x, y, z] of [[-0.3, 1.2, -0.4], [5, 1, -2]] as const) {
      pinned.update(gaze(HEAD, 0, 1), new Matrix4().makeTranslation(x, y, z));
      const { centre, normal } = standing(last());
      expect(centre.x).toBeCloseTo(x);
      expect(centre.z).toBeCloseTo(z);
      expect(last().stands).toBe(false);
      const { scale } = last().placement;
      // 3 m high, 3.43 with its header: its lower edge is over the hand.
      expect(scale * 3.43).toBeCloseTo(0.4);
      expect(centre.y - scale * 1.5).toBeGreaterThan(y + 0.05);
      const towards = HEAD.clone().sub(centre).setY(0).normalize();
      expect(normal.dot(towards)).toBeCloseTo(1);
    }
  });

  it('floats in view without a hand, to the left, and is as large as the visitor is', () => {
    pins.pin(CONV, 'hand');
    pinned.update(gaze(HEAD, Math.PI / 2, 4), null);
    // Looking to the left along -x: their left is +z.
    const { centre } = standing(last());
    expect(centre.x).toBeLessThan(-1);
    expect(centre.z).toBeGreaterThan(0.5);
    expect(last().placement.scale * 3.43).toBeCloseTo(4 * 0.4);
  });

  it('stands in its place again when it is unpinned, or another one is pinned there', () => {
    pins.pin(CONV, 'hand');
    pinned.update(gaze(HEAD, 0, 1), null);
    pins.unpin(CONV);
    expect(last()).toEqual({ layer: 'conv', placement: KEPT, stands: true });
    pins.pin(CONV, 'hand');
    pins.pin(POOL, 'hand');
    expect(last()).toEqual({ layer: 'conv', placement: KEPT, stands: true });
    expect([pins.of(CONV), pins.of(POOL)]).toEqual([null, 'hand']);
    pins.unpin(POOL);
    expect(last()).toEqual({ layer: 'pool', placement: UNMOVED, stands: true });
  });
});

describe('a panel pinned beside the visitor', () => {
  it('stands at their left within reach and two steps, and stays while they move on the spot', () => {
    pins.pin(CONV, 'beside');
    pinned.update(gaze(HEAD, 0, 1), null);
    const { centre, normal } = standing(last());
    expect(centre.x).toBeLessThan(-0.8);
    expect(centre.z).toBeLessThan(0);
    expect(centre.distanceTo(HEAD)).toBeGreaterThan(1);
    expect(centre.distanceTo(HEAD)).toBeLessThan(1.6);
    expect(normal.dot(HEAD.clone().sub(centre).setY(0).normalize())).toBeCloseTo(1);
    // One looks at it, and steps aside a little.
    pinned.update(gaze(new Vector3(0.2, 1.6, 0.2), 1, 1), null);
    expect(standing(last()).centre.distanceTo(centre)).toBeLessThan(1e-9);
  });

  it('comes along: at once to where one jumps, step by step where one walks', () => {
    pins.pin(CONV, 'beside');
    pinned.update(gaze(HEAD, 0, 1), null);
    const offset = standing(last()).centre.sub(HEAD);
    const jumped = new Vector3(20, 1.6, -30);
    pinned.update(gaze(jumped, 0, 1), null);
    expect(standing(last()).centre.sub(jumped).distanceTo(offset)).toBeLessThan(1e-6);
    const head = jumped.clone();
    let before = standing(last()).centre;
    for (let step = 0; step < 100; step += 1) {
      head.z -= 0.05;
      pinned.update(gaze(head, 0, 1), null);
      const now = standing(last()).centre;
      expect(now.distanceTo(before)).toBeLessThan(0.11);
      before = now;
    }
    expect(before.sub(head).distanceTo(offset)).toBeLessThan(0.6);
  });

  it('goes on in a hall that is built anew', () => {
    pins.pin(CONV, 'beside');
    pinned.update(gaze(HEAD, 0, 1), null);
    const count = puts.length;
    scene = { ...scene };
    pinned.update(gaze(HEAD, 0, 1), null);
    expect(puts.length).toBe(count + 1);
    expect(last().stands).toBe(false);
    const { exhibits } = scene;
    scene = { ...scene, exhibits: new Map() };
    pinned.update(gaze(HEAD, 0, 1), null);
    expect(puts.length).toBe(count + 1);
    scene = { ...scene, exhibits };
    pinned.update(gaze(HEAD, 0, 1), null);
    expect(puts.length).toBe(count + 2);
  });
});
