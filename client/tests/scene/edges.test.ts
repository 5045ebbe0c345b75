import { Vector3, type BufferAttribute, type BufferGeometry } from 'three';
import { describe, expect, it } from 'vitest';

import type { Route } from '../../src/net/types';
import { Edges } from '../../src/scene/edges';
import { Moves } from '../../src/scene/moves';

const ROUTES: Route[] = [
  { source: 'a', target: 'b', label: null, points: [[0, 0], [0, -2]], label_at: [0, -1], label_yaw: 0 },
  {
    source: 'a',
    target: 'c',
    label: 'skip',
    points: [[0, 0], [1, -1], [2, -2], [2, -6], [1, -7], [0, -8]],
    label_at: [2, -4],
    label_yaw: 0,
  },
];

const LAYERS = ['a', 'b', 'c'];

/** Each layer's panel is the anchor of its number, and the labels come after them. */
function edgesOf(routes: readonly Route[]): Edges {
  return new Edges(routes, LAYERS, (layer) => LAYERS.indexOf(layer) + 1, LAYERS.length + 1);
}

function edges(): Edges {
  return edgesOf(ROUTES);
}

function attribute(geometry: BufferGeometry, name: string): BufferAttribute {
  return geometry.getAttribute(name) as BufferAttribute;
}

describe('Edges', () => {
  it('draws all routes as one mesh', () => {
    expect(edges().object.children).toHaveLength(0);
    expect(edges().object.geometry.getAttribute('position').count).toBeGreaterThan(8);
  });

  it('lies on the floor with its upper side up, every triangle', () => {
    const { geometry } = edges().object;
    const positions = attribute(geometry, 'position');
    const index = geometry.index?.array ?? [];
    expect(index.length).toBeGreaterThan(0);
    const corner = (i: number): Vector3 => new Vector3().fromBufferAttribute(positions, index[i] ?? 0);
    for (let i = 0; i < index.length; i += 3) {
      const [a, b, c] = [corner(i), corner(i + 1), corner(i + 2)];
      expect(b.sub(a).cross(c.sub(a)).y).toBeGreaterThan(0);
    }
  });

  it('runs from the source to the target and knows both', () => {
    const { geometry } = edges().object;
    const positions = attribute(geometry, 'position');
    const strands = attribute(geometry, 'strand');
    const skip = Array.from({ length: strands.count }, (_, i) => i).filter((i) => strands.getW(i) === 2);
    const along = skip.map((i) => strands.getX(i));
    const last = skip[along.indexOf(Math.max(...along))] ?? -1;
    const first = skip[along.indexOf(0)] ?? -1;
    expect(strands.getZ(first)).toBe(0);
    expect(positions.getZ(first)).toBeCloseTo(0, 1);
    expect(positions.getZ(last)).toBeCloseTo(-8, 1);
    expect(Math.max(...along)).toBeGreaterThan(8);
    expect(attribute(geometry, 'whole').getX(last)).toBeCloseTo(Math.max(...along));
  });

  it('tells the edges that pass layers by from those to the next', () => {
    const chain: Route[] = [
      ...ROUTES,
      { source: 'b', target: 'c', label: null, points: [[0, -2], [0, -8]], label_at: [0, -5], label_yaw: 0 },
    ];
    const { geometry } = edgesOf(chain).object;
    const strands = attribute(geometry, 'strand');
    const lanes = new Set(
      Array.from({ length: strands.count }, (_, i) => {
        return `${strands.getZ(i)} ${strands.getW(i)} ${attribute(geometry, 'whole').getY(i)}`;
      }),
    );
    expect([...lanes].sort()).toEqual(['0 1 0', '0 2 1', '1 2 0']);
  });

  it('stays near the corners that the layout gave', () => {
    const { geometry } = edges().object;
    const positions = attribute(geometry, 'position');
    const strands = attribute(geometry, 'strand');
    for (const [x, z] of ROUTES[1]?.points ?? []) {
      let least = Infinity;
      for (let i = 0; i < positions.count; i += 1) {
        if (strands.getW(i) !== 2) continue;
        least = Math.min(least, Math.hypot(positions.getX(i) - x, positions.getZ(i) - z));
      }
      expect(least).toBeLessThan(0.2);
    }
  });

  /** The middle of a route's ribbon at each of its points. */
  function middles(geometry: BufferGeometry, target: number): Vector3[] {
    const positions = attribute(geometry, 'position');
    const strands = attribute(geometry, 'strand');
    const found: Vector3[] = [];
    for (let i = 0; i < positions.count; i += 2) {
      if (strands.getW(i) !== target) continue;
      const left = new Vector3().fromBufferAttribute(positions, i);
      found.push(left.add(new Vector3().fromBufferAttribute(positions, i + 1)).multiplyScalar(0.5));
    }
    return found;
  }

  it('ends where the panel was moved to: the source of one, the target of another', () => {
    const one = edges();
    const moves = new Moves(LAYERS.length + ROUTES.length);
    const before = middles(one.object.geometry, 1);
    moves.place(2, new Vector3(0, 1.5, -2.2), { x: 3, y: 1, z: 0.5, yaw: Math.PI, scale: 2 }, true, 0);
    one.follow('b', moves);
    // Turned about the panel's centre, what ended 0.2 m before it ends 0.4 m behind it.
    const [end, ...others] = one.endsOf('b');
    expect(others).toEqual([]);
    expect([end?.source, end?.target]).toEqual(['a', 'b']);
    expect(end?.x).toBeCloseTo(3);
    expect(end?.z).toBeCloseTo(-2.1);
    const after = middles(one.object.geometry, 1);
    expect(after[0]?.distanceTo(before[0] ?? new Vector3())).toBeLessThan(1e-6);
    expect(after.at(-1)?.x).toBeCloseTo(3);
    // It stays on the floor and jumps nowhere.
    for (let i = 1; i < after.length; i += 1) {
      expect(after[i]?.y).toBeCloseTo(before[0]?.y ?? 0);
      expect(after[i]?.distanceTo(after[i - 1] ?? new Vector3())).toBeLessThan(1);
    }
    expect(attribute(one.object.geometry, 'whole').getX(0)).toBeGreaterThan(3);
  });

  it('turns a label by quarters to who reads it, wherever it was moved to, and not to and fro at a corner', () => {
    const one = edges();
    const moves = new Moves(LAYERS.length + ROUTES.length);
    const label = LAYERS.length + 2;
    /** Where the label's right is, in quarters to the left of +x. */
    const turned = (x: number, z: number): number => {
      one.face(new Vector3(x, 1.6, z), moves);
      const { x: right, z: back } = moves.way(label, new Vector3(1, 0, 0));
      return Math.round((4 * Math.atan2(-back, right)) / (2 * Math.PI)) + 0;
    };
    expect(turned(2, 1)).toBe(0);
    expect(turned(7, -4)).toBe(1);
    expect(turned(6, 0.2)).toBe(1);
    expect(turned(2, 1)).toBe(0);
    expect(turned(6, -0.2)).toBe(0);
    expect(Math.abs(turned(2.5, -9))).toBe(2);
    // Far off and underfoot it stays as it is.
    expect(Math.abs(turned(2, 30))).toBe(2);
    expect(Math.abs(turned(2, -3.8))).toBe(2);
    moves.place(3, new Vector3(0, 1.5, -8), { x: -6, y: 0, z: 0, yaw: 0, scale: 1 }, true, 0);
    one.follow('c', moves);
    const at = moves.point(label, new Vector3(2, 0, -4));
    expect(at.x).toBeLessThan(1.8);
    expect(Math.abs(turned(at.x, at.z - 3))).toBe(2);
    expect(turned(at.x, at.z + 3)).toBe(0);
    expect(moves.point(label, new Vector3(2, 0, -4)).distanceTo(at)).toBeLessThan(1e-6);
  });

  it('keeps the lane of a long edge, and leaves those of other panels alone', () => {
    const long: Route = { source: 'a', target: 'c', label: 'skip', label_yaw: 0, points: [[0, 0], [2, -2], [2, -30], [0, -32]], label_at: [2, -16] };
    const one = edgesOf([...ROUTES.slice(0, 1), long]);
    const moves = new Moves(LAYERS.length + 2);
    const [other, lane] = [middles(one.object.geometry, 1), middles(one.object.geometry, 2)];
    moves.place(3, new Vector3(0, 1.5, -32), { x: -5, y: 0, z: -3, yaw: 0, scale: 1 }, true, 0);
    one.follow('c', moves);
    expect(middles(one.object.geometry, 1)).toEqual(other);
    const bent = middles(one.object.geometry, 2);
    expect(bent.at(-1)?.distanceTo(new Vector3(-5, bent[0]?.y ?? 0, -35))).toBeLessThan(1e-4);
    bent.forEach((point, i) => {
      if (point.z > -22) expect(point.distanceTo(lane[i] ?? new Vector3())).toBeLessThan(1e-5);
    });
    // Its label stands far from there, and the next one's anchor with it.
    expect(moves.point(LAYERS.length + 2, new Vector3(2, 0, -16))).toEqual(new Vector3(2, 0, -16));
  });

  it('takes a label along that stands on what bends', () => {
    const one = edges();
    const moves = new Moves(LAYERS.length + ROUTES.length);
    moves.place(2, new Vector3(0, 1.5, -2), { x: 2, y: 0, z: 0, yaw: 0, scale: 1 }, true, 0);
    one.follow('b', moves);
    const label = moves.point(LAYERS.length + 1, new Vector3(0, 0, -1));
    const nearest = Math.min(...middles(one.object.geometry, 1).map((point) => Math.hypot(point.x - label.x, point.z - label.z)));
    expect(label.x).toBeCloseTo(1, 1);
    expect(nearest).toBeLessThan(0.1);
  });

  it('sends only what was moved to the graphics card', () => {
    const one = edges();
    const moves = new Moves(LAYERS.length + ROUTES.length);
    moves.place(2, new Vector3(0, 1.5, -2), { x: 2, y: 0, z: 0, yaw: 0, scale: 1 }, true, 0);
    one.follow('b', moves);
    const positions = attribute(one.object.geometry, 'position');
    const count = 3 * 2 * middles(one.object.geometry, 1).length;
    expect(positions.updateRanges).toEqual([{ start: 0, count }]);
    expect(count).toBeLessThan(positions.array.length);
  });

  it('highlights by the number of the layer', () => {
    const one = edges();
    const hovered = (): unknown => one.object.material.uniforms['hovered']?.value;
    one.highlight('c');
    expect(hovered()).toBe(2);
    one.highlight(null);
    expect(hovered()).toBe(-1);
  });
});
