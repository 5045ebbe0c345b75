import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { exhibitsOf, signPoint } from '../../src/scene/exhibit';
import { labelLines, networkLines } from '../../src/scene/labels';
import { hallOf } from '../tiles/halls';

const YAWS = [0, 0.7, Math.PI / 2, -2.5];

/** A point of a thing that is turned about its foot, by three's own rotation. */
function turned(point: Vector3, yaw: number, foot: Vector3): Vector3 {
  return point.clone().applyAxisAngle(new Vector3(0, 1, 0), yaw).add(foot);
}

describe.each(YAWS)('what is turned by %f rad', (yaw) => {
  const hall = hallOf([{ id: 'conv', shape: [4, 8, 8], panel: { x: 3, z: -7, yaw } }]);
  const sign = { block: 'b', text: 'layer1 \u00b7 Bottleneck', depth: 0, x: 2, z: -5, yaw };
  hall.arrangement.signs.push(sign);
  hall.arrangement.routes.push({
    source: 'conv',
    target: 'conv',
    label: 'add',
    points: [],
    label_at: [1, -4],
    label_yaw: yaw,
  });
  const lines = labelLines(hall, exhibitsOf(hall), 2);
  const line = (text: string): (typeof lines)[number] => {
    const found = lines.find((one) => one.text === text);
    if (found === undefined) throw new Error(`nothing says ${text}`);
    return found;
  };

  it('is a sign: its board stands to the right of its post, its writing on its face', () => {
    const foot = new Vector3(sign.x, 0, sign.z);
    expect(signPoint(sign, 0.3, 1.2, 0.1).distanceTo(turned(new Vector3(0.3, 1.2, 0.1), yaw, foot))).toBeLessThan(1e-9);
    const { at, right } = line('layer1');
    const along = turned(new Vector3(1, 0, 0), yaw, new Vector3());
    expect(right.distanceTo(along)).toBeLessThan(1e-9);
    const out = turned(new Vector3(0, 0, 1), yaw, new Vector3());
    expect(at.clone().sub(foot).dot(out)).toBeGreaterThan(0);
    expect(at.clone().sub(foot).dot(along)).toBeGreaterThan(0);
  });

  it('is an edge: its label stands low over it, tilted towards who comes along', () => {
    const { at, right, up } = line('add');
    expect(Math.hypot(at.x - 1, at.z + 4)).toBeLessThan(0.1);
    expect(at.y).toBeGreaterThan(0.05);
    expect(at.y).toBeLessThan(0.3);
    expect(right.distanceTo(turned(new Vector3(1, 0, 0), yaw, new Vector3()))).toBeLessThan(1e-9);
    const face = right.clone().cross(up);
    const out = turned(new Vector3(0, 0, 1), yaw, new Vector3());
    expect(up.length()).toBeCloseTo(1);
    // Seen both from afar at eye height and from above.
    expect(face.dot(out)).toBeGreaterThan(0.5);
    expect(face.y).toBeGreaterThan(0.3);
  });

  it('is an edge without a label: nothing is written', () => {
    const silent = hallOf([]);
    silent.arrangement.routes.push({ source: 'a', target: 'b', label: null, points: [], label_at: [0, 0], label_yaw: yaw });
    expect([...networkLines(null, silent), ...labelLines(silent, new Map(), 1)]).toEqual([]);
    expect(networkLines('net', silent).map(({ text }) => text)).toEqual(['net']);
  });

  it('is a panel: its name begins over its upper left corner', () => {
    const { at, right } = line('conv');
    const corner = turned(new Vector3(-0.1, 0, 0), yaw, new Vector3(3, at.y, -7));
    expect(at.distanceTo(corner)).toBeLessThan(1e-9);
    expect(right.distanceTo(turned(new Vector3(1, 0, 0), yaw, new Vector3()))).toBeLessThan(1e-9);
  });
});
