import { Group, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { CAPITAL } from '../../src/menus/layout';
import { HEIGHT, WIDTH } from '../../src/menus/largeboard';
import { isBefore, LAYER_ASIDE, READABLE, READING, readingDistance, standBefore, standBeside } from '../../src/menus/readable';

const EYE = new Vector3(3, 1.65, -7);

/** The angle between two points of a board as the eye sees them, in degrees. */
function degrees(board: Group, x: number, low: number, high: number): number {
  board.updateMatrixWorld();
  const way = (y: number): Vector3 => new Vector3(x, y, 0).applyMatrix4(board.matrixWorld).sub(EYE);
  return (way(low).angleTo(way(high)) * 180) / Math.PI;
}

describe('a board to read', () => {
  it.each([[READING, 0.4], [0.4, -2], [2.2, 3]])('has capitals of 1.3 degrees in every corner, %s m away', (distance, heading) => {
    const board = new Group();
    standBefore(board, { eye: EYE, heading, scale: 1 }, distance);
    expect(board.position.distanceTo(EYE)).toBeCloseTo(distance);
    const right = WIDTH / 2 - 0.8;
    const top = HEIGHT / 2 - 0.8;
    for (const x of [-right, 0, right]) {
      for (const y of [-top, 0, top - CAPITAL]) {
        expect(degrees(board, x, y, y + CAPITAL)).toBeGreaterThanOrEqual(READABLE);
      }
    }
  });

  it('stands where one looks, facing the eye, and nearer where something is in the way', () => {
    const board = new Group();
    const gaze = { eye: EYE, heading: Math.PI / 2, scale: 1 };
    standBefore(board, gaze, 1);
    expect(board.position.x).toBeCloseTo(2, 1);
    expect(board.position.z).toBeCloseTo(-7);
    expect(new Vector3(0, 0, 1).applyQuaternion(board.quaternion).angleTo(EYE.clone().sub(board.position))).toBeCloseTo(0);
    expect(readingDistance(Infinity, 1)).toBe(READING);
    expect(readingDistance(0.8, 1)).toBeLessThan(0.8);
    expect(readingDistance(0.01, 1)).toBeGreaterThan(0.2);
    expect(readingDistance(Infinity, 2)).toBe(2 * READING);
  });

  it('of a layer is seen whole with the left of its panel beside it', () => {
    const board = new Group();
    standBefore(board, { eye: EYE, heading: -LAYER_ASIDE, scale: 1 }, READING);
    board.updateMatrixWorld();
    const sides = [-WIDTH / 2, WIDTH / 2].map((x) => {
      const way = new Vector3(x, 0, 0).applyMatrix4(board.matrixWorld).sub(EYE);
      return (Math.atan2(way.x, -way.z) * 180) / Math.PI;
    });
    // A headset shows 45 to 55 degrees to each side; a panel that one is before reaches 32 degrees.
    expect(sides[1]).toBeLessThan(46);
    expect(sides[0]).toBeGreaterThan(-16);
  });

  it('is not before eyes that look away from it or have gone', () => {
    const board = new Group();
    const gaze = { eye: EYE, heading: 0.3, scale: 1 };
    standBefore(board, gaze, READING);
    expect(isBefore(board, gaze)).toBe(true);
    expect(isBefore(board, { ...gaze, heading: 0.3 + Math.PI / 2 })).toBe(false);
    expect(isBefore(board, { ...gaze, eye: new Vector3(3, 1.65, -3) })).toBe(false);
  });

  it('of the hall is brought upright to the left of the visitor', () => {
    const panel = new Group();
    standBeside(panel, { eye: EYE, heading: 0, scale: 0.5 });
    expect(panel.position.x).toBeLessThan(EYE.x);
    expect(panel.position.z).toBeLessThan(EYE.z);
    const level = EYE.clone().sub(panel.position).setY(0);
    expect(new Vector3(0, 0, 1).applyQuaternion(panel.quaternion).angleTo(level)).toBeCloseTo(0);
    expect(panel.scale.x).toBe(0.5);
  });
});
