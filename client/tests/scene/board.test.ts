import { Group, Ray, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { Board } from '../../src/scene/board';
import { Glyphs } from '../../src/scene/glyphs';
import { distanceAlong } from '../../src/scene/pointing';

const YAW = 0.6;
const CENTRE = new Vector3(-3, 1.5, 2);

let clicked: string[];
let board: Board;

beforeEach(() => {
  clicked = [];
  board = new Board({ width: 2, height: 1 }, new Glyphs());
  board.object.position.copy(CENTRE);
  board.object.rotation.y = YAW;
  const widget = (name: string, x: number, y: number, width: number, height: number) => ({
    x,
    y,
    width,
    height,
    radius: 0,
    color: '#000000',
    action: () => clicked.push(name),
  });
  const background = { x: 0, y: 0, width: 2, height: 1, radius: 0, color: '#000000' };
  board.set([background, widget('large', 0.2, 0.2, 1, 0.6), widget('small', 0.3, 0.3, 0.2, 0.2)], []);
});

/** From 3 m before the board straight onto a point of it, m from its upper left corner. */
function towards(x: number, y: number, side = 1): Ray {
  const right = new Vector3(Math.cos(YAW), 0, -Math.sin(YAW));
  const normal = new Vector3(Math.sin(YAW), 0, Math.cos(YAW));
  const point = CENTRE.clone().addScaledVector(right, x - 1);
  point.y += 0.5 - y;
  return new Ray(point.addScaledVector(normal, 3 * side), normal.multiplyScalar(-side));
}

describe('Board', () => {
  it('is met at its plane and presses the button that lies on top', () => {
    expect(distanceAlong(towards(0.4, 0.4), [board])).toBeCloseTo(3);
    board.click(0);
    distanceAlong(towards(0.9, 0.4), [board]);
    board.click(0);
    expect(clicked).toEqual(['small', 'large']);
  });

  it('holds the ray where it has no button, and does nothing there', () => {
    expect(distanceAlong(towards(1.8, 0.9), [board])).toBeCloseTo(3);
    board.click(0);
    distanceAlong(towards(0.4, 0.4), [board]);
    board.click(2);
    expect(clicked).toEqual([]);
  });

  it('is where its parent has brought it, in units of its own', () => {
    const hand = new Group();
    hand.position.set(5, 1, 0);
    hand.scale.setScalar(0.5);
    hand.add(board.object);
    board.object.position.set(2, 0, -4);
    board.object.rotation.y = 0;
    const ray = new Ray(new Vector3(5.7, 1.05, 0), new Vector3(0, 0, -1));
    expect(distanceAlong(ray, [board])).toBeCloseTo(2);
    board.click(0);
    expect(clicked).toEqual(['small']);
    const centre = board.at(1, 0.5);
    expect([centre.x, centre.y]).toEqual([6, 1]);
    expect(centre.z).toBeCloseTo(-2, 2);
  });

  it('lets a slider follow the ray from the press until it is let go, beside the board too', () => {
    const told: (number | string)[] = [];
    const slider = { x: 0.5, y: 0.4, width: 1, height: 0.2, radius: 0, color: '#000000' };
    const slide = (share: number) => told.push(share);
    board.set([{ ...slider, slide, release: () => told.push('released') }], []);
    board.drag(towards(1, 0.5));
    distanceAlong(towards(0.75, 0.5), [board]);
    board.click(0);
    board.drag(towards(1.25, 0.5));
    board.drag(towards(5, 3));
    board.drop();
    board.drag(towards(0.6, 0.5));
    expect(told.map((one) => (typeof one === 'number' ? Number(one.toFixed(3)) : one))).toEqual([0.25, 0.75, 1, 'released']);
  });

  it('is missed beside it and from behind', () => {
    expect(distanceAlong(towards(2.1, 0.5), [board])).toBe(Infinity);
    expect(distanceAlong(towards(0.4, 0.4, -1), [board])).toBe(Infinity);
  });
});
