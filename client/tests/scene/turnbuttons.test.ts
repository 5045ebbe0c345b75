import { Ray, Vector2, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { nearestOf, type Board } from '../../src/scene/boards';
import { exhibitOf, HEADER, MARGIN, onButton, BUTTON_HEIGHT, buttonWidth } from '../../src/scene/exhibit';
import { axesOf } from '../../src/scene/place';
import { Reach } from '../../src/scene/pointing';
import { writingOf } from '../../src/scene/turnbuttons';
import { hallOf } from '../tiles/halls';
import { jobOf } from '../tiles/pictures';

describe('what is written on a button', () => {
  it('is what it is for, until pictures were asked for', () => {
    expect(writingOf(undefined, false)).toEqual({ title: 'Feature', state: 'visualization', tone: 'plain' });
    expect(writingOf(undefined, true).tone).toBe('busy');
  });

  it.each([
    [jobOf({ state: 'running', done: [0, 1], forming: [2, 3], waiting: 1200 }), true, '2 of 1,204', 'busy'],
    [jobOf({ state: 'waiting', waiting: 8 }), true, '0 of 8', 'busy'],
    [jobOf({ state: 'paused', done: [0], waiting: 3 }), false, '1 of 4, paused', 'plain'],
    [jobOf({ state: 'failed', done: [0] }), true, 'failed', 'alarm'],
    [jobOf({ state: 'done', done: [0, 4], channels: 10 }), false, '2 of 10', 'plain'],
    [jobOf({ state: 'cancelled', done: [0], channels: 10 }), true, '1 of 10', 'plain'],
  ])('tells how far a job is: %#', (job, isTurned, state, tone) => {
    expect(writingOf(job, isTurned)).toEqual({ title: 'Pictures', state, tone });
  });
});

describe('a button', () => {
  const [layer] = hallOf([{ id: 'a', shape: [12, 7, 7], columns: 4 }]).graph.layers;
  const [panel] = hallOf([{ id: 'a', shape: [12, 7, 7], columns: 4 }]).arrangement.panels;

  it('stands on the panel\'s upper edge, no wider than it', () => {
    if (layer === undefined || panel === undefined) expect.fail('there is no panel');
    const exhibit = exhibitOf(panel, layer, 1);
    const top = panel.y + (panel.rows * panel.cell_height) / 2 + HEADER + MARGIN;
    expect(onButton(exhibit, 0, 0).y).toBeGreaterThan(top);
    expect(onButton(exhibit, 0, BUTTON_HEIGHT).y).toBeLessThan(top + 0.4);
    expect(buttonWidth(exhibit)).toBeCloseTo(panel.columns * panel.cell_width + 2 * MARGIN);
    expect(onButton(exhibit, 0, 0).x).toBeCloseTo(panel.x - buttonWidth(exhibit) / 2);
  });

  it('is there for layers with something to visualize only', () => {
    if (layer === undefined || panel === undefined) expect.fail('there is no panel');
    expect(exhibitOf(panel, layer, 1).turns).toBe(true);
    expect(exhibitOf(panel, { ...layer, kind: 'input' }, 1).turns).toBe(false);
    expect(exhibitOf(panel, { ...layer, shape: [0, 4, 4] }, 1).turns).toBe(false);
  });
});

describe('a board', () => {
  const board: Board = { ...axesOf(0.5), centre: new Vector3(1, 2, -3), size: new Vector2(2, 1) };
  const rayTo = (right: number, up: number, out = 4): Ray => {
    const target = board.centre.clone().addScaledVector(board.right, right).add(new Vector3(0, up, 0));
    const from = board.centre.clone().addScaledVector(board.normal, out);
    return new Ray(from, target.sub(from).normalize());
  };

  const distanceTo = (ray: Ray): number => {
    const reach = new Reach();
    nearestOf(ray, [board], reach);
    return reach.metres;
  };

  it('is met from the front within its edges', () => {
    expect(distanceTo(rayTo(0, 0))).toBeCloseTo(4);
    expect(distanceTo(rayTo(0.99, 0.49))).toBeCloseTo(Math.hypot(4, 0.99, 0.49));
    for (const [right, up] of [[1.01, 0], [-1.01, 0], [0, 0.51], [0, -0.51]] as const) {
      expect(distanceTo(rayTo(right, up))).toBe(Infinity);
    }
    expect(distanceTo(rayTo(0, 0, -4))).toBe(Infinity);
  });

  it('hides those behind it', () => {
    const behind = { ...board, centre: board.centre.clone().addScaledVector(board.normal, -1) };
    expect(nearestOf(rayTo(0, 0), [behind, board], new Reach())).toBe(board);
    expect(nearestOf(rayTo(3, 0), [behind, board], new Reach())).toBeNull();
  });
});
