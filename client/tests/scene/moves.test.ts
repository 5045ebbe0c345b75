import { Matrix4, Ray, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import type { Placement } from '../../src/model/placement';
import { UNMOVED } from '../../src/model/placement';
import { PanelBoard } from '../../src/scene/boards';
import { exhibitsOf, heightNow } from '../../src/scene/exhibit';
import { Moves } from '../../src/scene/moves';
import { movePlace, placeOf } from '../../src/scene/place';
import { hallOf } from '../tiles/halls';

const CENTRE = new Vector3(3, 1.5, -7);
const PLACEMENT: Placement = { x: 0.5, y: 0.3, z: -2, yaw: 0.8, scale: 1.7 };

/** By three's own matrices: a placement is a similarity about the panel's centre. */
function matrixOf({ x, y, z, yaw, scale }: Placement): Matrix4 {
  return new Matrix4()
    .makeTranslation(CENTRE.x + x, CENTRE.y + y, CENTRE.z + z)
    .multiply(new Matrix4().makeRotationY(yaw))
    .scale(new Vector3(scale, scale, scale))
    .multiply(new Matrix4().makeTranslation(-CENTRE.x, -CENTRE.y, -CENTRE.z));
}

describe('Moves', () => {
  it.each([
    PLACEMENT,
    { ...UNMOVED, yaw: -2.5 },
    { ...UNMOVED, scale: 0.1 },
    { ...UNMOVED, x: -40, z: 12 },
  ])('moves points and ways as the placement %o says, and those of nothing else', (placement) => {
    const moves = new Moves(2);
    moves.place(1, CENTRE, placement, true, 0);
    const point = new Vector3(2, 0.5, -6.2);
    const wanted = point.clone().applyMatrix4(matrixOf(placement));
    expect(moves.point(1, point.clone()).distanceTo(wanted)).toBeLessThan(1e-4);
    const way = new Vector3(1, 2, 3);
    const turned = way.clone().applyMatrix4(matrixOf(placement)).sub(new Vector3().applyMatrix4(matrixOf(placement)));
    expect(moves.way(1, way.clone()).distanceTo(turned)).toBeLessThan(1e-4);
    expect(moves.scale(1)).toBeCloseTo(placement.scale);
    for (const other of [0, 2]) expect(moves.point(other, point.clone())).toEqual(point);
  });

  it('tells how far things were moved in all', () => {
    const moves = new Moves(1);
    moves.place(1, CENTRE, { ...UNMOVED, x: 3 }, true, 0);
    moves.place(1, CENTRE, { ...UNMOVED, x: 3, y: 4 }, true, 0);
    moves.place(1, CENTRE, { ...UNMOVED, x: 3, y: 4, yaw: 1 }, true, 0);
    expect(moves.travelled).toBeCloseTo(7, 4);
  });

  it('writes what the graphics card reads, without another texture', () => {
    const moves = new Moves(3);
    const { texture } = moves;
    const { version } = texture;
    moves.place(2, CENTRE, PLACEMENT, false, 0.25);
    expect(moves.texture).toBe(texture);
    expect(texture.version).toBeGreaterThan(version);
    const data = texture.image.data as Float32Array;
    expect(data).toHaveLength(4 * 8);
    expect([data[16 + 2], data[16 + 3], data[16 + 7]]).toEqual([expect.closeTo(1.7), 0, 0.25]);
    expect([...data.subarray(24)]).toEqual([1, 0, 1, 1, 0, 0, 0, 0]);
  });
});

describe('a panel that is moved', () => {
  const hall = hallOf([{ id: 'conv', shape: [12, 8, 8], columns: 4, panel: { x: 3, z: -7, yaw: 0.3 } }]);

  it('has its place there, and changes no place but its own', () => {
    const [panel] = hall.arrangement.panels;
    if (panel === undefined) expect.fail('there is no panel');
    const layout = placeOf(panel);
    const place = placeOf(panel);
    movePlace(place, layout, PLACEMENT);
    expect(layout).toEqual(placeOf(panel));
    const wanted = placeOf({ ...panel, x: 3.5, y: 1.8, z: -9, yaw: 1.1, cell_width: 0.17, cell_height: 0.17 });
    expect(place.centre.distanceTo(wanted.centre)).toBeLessThan(1e-9);
    expect(place.right.distanceTo(wanted.right)).toBeLessThan(1e-9);
    expect(place.normal.distanceTo(wanted.normal)).toBeLessThan(1e-9);
    for (const size of ['width', 'height', 'top', 'bottom'] as const) expect(place[size]).toBeCloseTo(wanted[size]);
  });

  it('takes its boards along, which are pointed at where they are', () => {
    const exhibit = exhibitsOf(hall).get('conv');
    if (exhibit === undefined) expect.fail('there is no panel');
    const { layout, place, anchor } = exhibit;
    const moves = new Moves(1);
    const board = new PanelBoard('conv', exhibit, layout.centre.clone().setY(2.4), 0.4, 0.2);
    moves.place(anchor, layout.centre, PLACEMENT, true, 0);
    movePlace(place, layout, PLACEMENT);
    board.follow(moves);
    expect(board.centre.distanceTo(new Vector3(3.5, 1.8 + 1.7 * 0.9, -9))).toBeLessThan(1e-5);
    expect(board.size.toArray()).toEqual([expect.closeTo(0.68), expect.closeTo(0.34)]);
    const eye = board.centre.clone().addScaledVector(new Vector3(Math.sin(1.1), 0, Math.cos(1.1)), 3);
    const ray = new Ray(eye, board.centre.clone().sub(eye).normalize());
    expect(ray.direction.dot(board.normal)).toBeCloseTo(-1);
    expect(heightNow(exhibit, 2.4)).toBeCloseTo(board.centre.y);
  });
});
