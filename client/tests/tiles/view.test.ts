import { PerspectiveCamera, Ray, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { GAP, mapsShape, planLayers } from '../../src/tiles/cells';
import { cellPixels, pixelsPerMetre, wantsDetail } from '../../src/tiles/lod';
import { mapAt, type CellHit } from '../../src/tiles/pick';
import { Poses, type PanelHit } from '../../src/tiles/poses';
import type { Panel } from '../../src/net/types';
import { hallOf, randoms } from './halls';

describe('the level of detail', () => {
  it('counts the pixels that a cell covers, as the projection does', () => {
    const camera = new PerspectiveCamera(60, 1.5, 0.1, 100);
    camera.position.set(0, 0, 7);
    camera.updateMatrixWorld();
    const upper = new Vector3(0, 0.2, 0).project(camera);
    const lower = new Vector3(0, -0.2, 0).project(camera);
    const pixels = ((upper.y - lower.y) / 2) * 900;
    expect(cellPixels(0.4, 7, pixelsPerMetre(camera, 900))).toBeCloseTo(pixels, 3);
  });

  it('changes once on the way in and once on the way out, a factor of two apart', () => {
    const changes: [number, boolean][] = [];
    let isDetail = false;
    const walk = (pixels: number): void => {
      if (wantsDetail(pixels, isDetail) === isDetail) return;
      isDetail = !isDetail;
      changes.push([pixels, isDetail]);
    };
    for (let pixels = 2; pixels < 40; pixels += 1) walk(pixels);
    for (let pixels = 40; pixels > 2; pixels -= 1) walk(pixels);
    expect(changes).toEqual([
      [17, true],
      [8, false],
    ]);
    for (let step = 0; step < 20; step += 1) walk(16 + (step % 2));
    expect(changes.length).toBe(3);
  });
});

interface Aim {
  readonly layer: string;
  readonly panel: Partial<Panel>;
}

const SHAPE = [10, 4, 8];
const shape = mapsShape(SHAPE);

function posesOf(...aims: Aim[]): Poses {
  const layers = aims.map(({ layer, panel }) => ({ id: layer, shape: SHAPE, columns: 4, panel }));
  const hall = hallOf(layers);
  return new Poses(hall.arrangement.panels, planLayers(hall, 16));
}

function cast(poses: Poses, from: Vector3, to: Vector3): PanelHit | null {
  const hit = { panel: -1, distance: 0, u: 0, v: 0 };
  const ray = new Ray(from, to.clone().sub(from).normalize());
  return poses.cast(ray.origin, ray.direction, hit) ? hit : null;
}

/** A value's middle on a panel that stands straight: 4 columns, 3 rows of 0.2 x 0.1 m. */
function valueAt(panel: Panel, channel: number, x: number, y: number): Vector3 {
  const along = (index: number, value: number, side: number): number =>
    index + GAP / 2 + ((value + 0.5) / side) * (1 - GAP);
  const u = along(channel % 4, x, shape.width) - panel.columns / 2;
  const v = panel.rows / 2 - along(Math.floor(channel / 4), y, shape.height);
  const local = new Vector3(u * panel.cell_width, v * panel.cell_height, 0);
  return local
    .applyAxisAngle(new Vector3(0, 1, 0), panel.yaw)
    .add(new Vector3(panel.x, panel.y, panel.z));
}

/** Where a panel's grid has its corner of `u` columns and `v` rows, by the layout. */
function cornerOf(panel: Panel, u: number, v: number): Vector3 {
  const local = new Vector3((u - panel.columns / 2) * panel.cell_width, (panel.rows / 2 - v) * panel.cell_height, 0);
  return local.applyAxisAngle(new Vector3(0, 1, 0), panel.yaw).add(new Vector3(panel.x, panel.y, panel.z));
}

const PANEL: Panel = {
  layer: 'a',
  x: 1,
  y: 2,
  z: -3,
  yaw: 0.7,
  columns: 4,
  rows: 3,
  cell_width: 0.2,
  cell_height: 0.1,
};

describe('picking', () => {
  const found: CellHit = { channel: -1, x: -1, y: -1 };

  it('finds every value of every map, from the front and from behind', () => {
    const poses = posesOf({ layer: 'a', panel: PANEL });
    const random = randoms(5);
    for (let channel = 0; channel < 10; channel += 1) {
      for (let at = 0; at < 32; at += 1) {
        const target = valueAt(PANEL, channel, at % 8, Math.floor(at / 8));
        const side = at % 2 === 0 ? 1 : -1;
        const from = new Vector3(Math.sin(0.7), 0, Math.cos(0.7)).multiplyScalar(3 * side);
        from.add(target).add(new Vector3(random() - 0.5, random() - 0.5, 0));
        const hit = cast(poses, from, target);
        if (hit === null) expect.fail(`channel ${channel} was missed`);
        expect(mapAt(poses, hit, shape, found)).toBe(true);
        expect(found).toEqual({ channel, x: at % 8, y: Math.floor(at / 8) });
        expect(hit.distance).toBeCloseTo(from.distanceTo(target), 5);
      }
    }
  });

  it('finds no map in the gaps and in the empty cells of the last row', () => {
    const straight = { ...PANEL, yaw: 0 };
    const poses = posesOf({ layer: 'a', panel: straight });
    const look = (u: number, v: number): boolean => {
      const target = new Vector3(1 + (u - 2) * 0.2, 2 + (1.5 - v) * 0.1, -3);
      const hit = cast(poses, target.clone().setZ(1), target);
      return hit !== null && mapAt(poses, hit, shape, found);
    };
    expect(look(1.5, 0.5)).toBe(true);
    expect([look(1.02, 0.5), look(1.98, 0.5), look(1.5, 0.97), look(1.5, 0.03)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(look(1.5, 2.5)).toBe(true);
    expect(found.channel).toBe(9);
    expect([look(2.5, 2.5), look(3.5, 2.5)]).toEqual([false, false]);
  });

  it('misses beside, behind and along a panel, and takes the nearest of two', () => {
    const near = { ...PANEL, layer: 'near', yaw: 0 };
    const far = { ...near, layer: 'far', z: -6 };
    const poses = posesOf({ layer: 'far', panel: far }, { layer: 'near', panel: near });
    const from = new Vector3(1, 2, 0);
    expect(cast(poses, from, new Vector3(1, 2, -1))).toMatchObject({ panel: 1, distance: 3 });
    expect(cast(poses, from, new Vector3(1, 2, 1))).toBeNull();
    expect(cast(poses, from, new Vector3(2, 2, -3))).toBeNull();
    expect(cast(poses, from, new Vector3(2, 2, 0))).toBeNull();
    expect(cast(poses, new Vector3(1, 2, -4), new Vector3(1, 2, -5))).toMatchObject({ panel: 0 });
  });

  it('follows a panel that is moved, turned and scaled about its middle', () => {
    const poses = posesOf({ layer: 'other', panel: { ...PANEL, layer: 'other', x: 9 } }, { layer: 'a', panel: PANEL });
    const placement = { x: 0.5, y: -0.4, z: 1.5, yaw: -1.1, scale: 1.8 };
    const centre = new Vector3(PANEL.x, PANEL.y, PANEL.z);
    const carried = (point: Vector3): Vector3 =>
      point
        .clone()
        .sub(centre)
        .multiplyScalar(placement.scale)
        .applyAxisAngle(new Vector3(0, 1, 0), placement.yaw)
        .add(centre)
        .add(new Vector3(placement.x, placement.y, placement.z));
    const handed = { ...placement };
    poses.move(1, handed);
    // Who drags hands in the same object time and again.
    handed.x = 77;
    poses.show(1, poses.grid(1).as({ order: null, zoom: 1, row: 0 }));
    expect(poses.point(1, 1, 2, new Vector3()).distanceTo(carried(cornerOf(PANEL, 1, 2)))).toBeLessThan(1e-6);
    expect(poses.cellSides[1]).toBeCloseTo(0.2 * 1.8, 6);
    const target = carried(valueAt(PANEL, 6, 3, 1));
    const hit = cast(poses, target.clone().add(new Vector3(-1, 0.5, 2.5)), target);
    if (hit === null) expect.fail('the panel was missed');
    expect(mapAt(poses, hit, shape, found)).toBe(true);
    expect({ panel: hit.panel, ...found }).toEqual({ panel: 1, channel: 6, x: 3, y: 1 });
    const straight = posesOf({ layer: 'other', panel: { ...PANEL, layer: 'other', x: 9 } });
    expect(poses.point(0, 0, 0, new Vector3())).toEqual(straight.point(0, 0, 0, new Vector3()));
  });

  it('finds the channels in the order, size and row in which they are shown', () => {
    const poses = posesOf({ layer: 'a', panel: { ...PANEL, yaw: 0 } });
    const order = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const shown = (u: number, v: number): number => {
      const target = new Vector3(1 + (u - 2) * 0.2, 2 + (1.5 - v) * 0.1, -3);
      const hit = cast(poses, target.clone().setZ(1), target);
      return hit !== null && mapAt(poses, hit, shape, found) ? found.channel : -1;
    };
    poses.show(0, poses.grid(0).as({ order, zoom: 1, row: 0 }));
    expect([shown(0.5, 0.5), shown(3.5, 0.5), shown(1.5, 2.5)]).toEqual([9, 6, 0]);
    // Two cells a row and one row at a time: what is left of the height stays empty.
    poses.show(0, poses.grid(0).as({ order, zoom: 2, row: 2 }));
    expect(poses.cellSides[0]).toBeCloseTo(0.4, 6);
    expect([shown(1, 1), shown(3, 1), shown(1, 2.5)]).toEqual([5, 4, -1]);
    poses.show(0, poses.grid(0).as());
    expect([shown(0.5, 0.5), shown(3.5, 0.5), shown(1.5, 2.5)]).toEqual([0, 3, 9]);
  });

  it('knows the distance to the nearest point of a panel', () => {
    const poses = posesOf({ layer: 'a', panel: { ...PANEL, yaw: 0 } });
    expect(poses.distance(0, new Vector3(1, 2, 0))).toBeCloseTo(3, 5);
    // 0.4 m wide and 0.15 m high to either side of the middle.
    poses.move(0, { x: 0, y: 0, z: 1, yaw: Math.PI / 2, scale: 2 });
    // Seen from its edge, 0.8 m from its middle now.
    expect(poses.distance(0, new Vector3(1, 2, 0))).toBeCloseTo(1.2, 5);
    poses.move(0, { x: 0, y: 0, z: 0, yaw: 0, scale: 1 });
    expect(poses.distance(0, new Vector3(1 + 0.4 + 3, 2 + 0.15 + 4, -3))).toBeCloseTo(5, 5);
  });
});
