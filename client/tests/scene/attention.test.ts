import { PerspectiveCamera } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { NetworkState } from '../../src/model/networkstate';
import type { Hall, NetworkSummary, Visualization } from '../../src/net/types';
import { Attention, channelsInView } from '../../src/scene/attention';
import { planLayers } from '../../src/tiles/cells';
import { Poses } from '../../src/tiles/poses';
import { hallOf } from '../tiles/halls';
import { jobOf } from '../tiles/pictures';

const SHAPE = [40, 7, 7];

/** Two panels of 8 x 5 cells of 0.1 m, the second one 2 m behind the first. */
function hall(): Hall {
  return hallOf([
    { id: 'a', shape: SHAPE, columns: 8 },
    { id: 'b', shape: SHAPE, columns: 8 },
  ]);
}

function posesOf(): Poses {
  return new Poses(hall().arrangement.panels, planLayers(hall(), 16));
}

const inView = (camera: PerspectiveCamera, poses = posesOf()): number[] => channelsInView(poses, 0, camera);

function cameraAt(x: number, y: number, z: number, fov = 60): PerspectiveCamera {
  const camera = new PerspectiveCamera(fov, 1, 0.05, 100);
  camera.position.set(x, y, z);
  camera.updateMatrixWorld();
  return camera;
}

describe('the channels in view', () => {
  it('are all from some steps back, none from behind or when looking away', () => {
    expect(inView(cameraAt(0, 1.5, 2)).sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    const behind = cameraAt(0, 1.5, -2);
    behind.rotation.y = Math.PI;
    behind.updateMatrixWorld();
    expect(inView(behind)).toEqual([]);
    const away = cameraAt(0, 1.5, 2);
    away.rotation.y = Math.PI;
    away.updateMatrixWorld();
    expect(inView(away)).toEqual([]);
    expect(inView(cameraAt(0, 1.5, 30))).toEqual([]);
  });

  it('are those before the eye when it is near, the one in the middle first', () => {
    // Before the cell of column 2, row 1, and its four neighbours.
    const x = (2.5 - 4) * 0.1;
    const y = 1.5 + (2.5 - 1.5) * 0.1;
    const near = inView(cameraAt(x, y, 0.2));
    expect(near[0]).toBe(10);
    expect(near.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 9, 10, 11, 17, 18, 19]);
  });

  it('are those that the panel shows now, where it stands now', () => {
    const poses = posesOf();
    const backwards = Array.from({ length: 40 }, (_, index) => 39 - index);
    poses.show(0, poses.grid(0).as({ order: backwards, zoom: 2, row: 1 }));
    const all = inView(cameraAt(0, 1.5, 2), poses);
    // Rows of four from the fifth channel of the order on, two of them.
    expect(all.toSorted((a, b) => b - a)).toEqual([35, 34, 33, 32, 31, 30, 29, 28]);
    poses.move(0, { x: 5, y: 0, z: 0, yaw: 0, scale: 1 });
    expect(inView(cameraAt(0, 1.5, 2), poses)).toEqual([]);
    expect(inView(cameraAt(5, 1.5, 2), poses).toSorted()).toEqual(all.toSorted());
    poses.move(0, { x: 5, y: 0, z: 0, yaw: Math.PI, scale: 1 });
    expect(inView(cameraAt(5, 1.5, 2), poses)).toEqual([]);
  });
});

describe('the attention', () => {
  const network = new NetworkState({ id: 'net', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
  let told: [string, readonly number[]][] = [];
  let attention: Attention;

  beforeEach(() => {
    told = [];
    const see = (_: NetworkState, layer: string, channels: readonly number[]): Promise<void> => {
      told.push([layer, channels]);
      return Promise.resolve();
    };
    const panels = new Map(hall().arrangement.panels.map(({ layer }, index) => [layer, index]));
    attention = new Attention(posesOf(), panels, network, { see });
  });

  function jobs(...all: Visualization[]): void {
    network.visualizations.value = new Map(all.map((job) => [job.layer, job]));
  }

  const near = cameraAt(-0.15, 1.6, 0.2);
  const farther = cameraAt(0.15, 1.4, 0.2);

  it('tells what has come into view, once, and not too often', () => {
    jobs(jobOf({ channels: 40, waiting: 30 }));
    attention.update(near, ['a'], 10);
    attention.update(near, ['a'], 20);
    expect(told.map(([layer]) => layer)).toEqual(['a']);
    attention.update(farther, ['a'], 20.1);
    attention.update(near, ['a'], 20.2);
    attention.update(farther, ['a'], 20.3);
    expect(told.length).toBe(2);
    attention.update(near, ['a'], 20.4);
    expect(told.length).toBe(2);
    attention.update(near, ['a'], 21.5);
    expect(told.length).toBe(3);
  });

  it('is on the nearest panel that has pictures, and tells nothing of finished ones', () => {
    jobs(jobOf({ layer: 'b', channels: 40, waiting: 40 }));
    attention.update(near, ['a', 'b'], 10);
    expect(told.map(([layer]) => layer)).toEqual([]);
    expect(attention.seen('b').size).toBe(40);
    jobs(jobOf({ channels: 40, state: 'done' }), jobOf({ layer: 'b', channels: 40, waiting: 40 }));
    attention.update(near, ['a', 'b'], 20);
    expect([attention.seen('a').size, attention.seen('b').size]).toEqual([9, 0]);
    expect(told).toEqual([]);
  });
});
