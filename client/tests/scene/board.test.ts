import { Ray, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { Board } from '../../src/scene/board';
import { Glyphs } from '../../src/scene/glyphs';

const YAW = 0.6;
const CENTRE = new Vector3(-3, 1.5, 2);

let clicked: string[];
let board: Board;

beforeEach(() => {
  clicked = [];
  board = new Board({ centre: CENTRE, yaw: YAW, width: 2, height: 1 }, new Glyphs());
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
    expect(board.pick(towards(0.4, 0.4))).toBeCloseTo(3);
    board.click(0);
    board.pick(towards(0.9, 0.4));
    board.click(0);
    expect(clicked).toEqual(['small', 'large']);
  });

  it('holds the ray where it has no button, and does nothing there', () => {
    expect(board.pick(towards(1.8, 0.9))).toBeCloseTo(3);
    board.click(0);
    board.pick(towards(0.4, 0.4));
    board.click(2);
    expect(clicked).toEqual([]);
  });

  it('is missed beside it and from behind', () => {
    expect(board.pick(towards(2.1, 0.5))).toBeNull();
    expect(board.pick(towards(0.4, 0.4, -1))).toBeNull();
  });
});
