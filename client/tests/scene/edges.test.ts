import { Vector3, type BufferAttribute, type BufferGeometry } from 'three';
import { describe, expect, it } from 'vitest';

import type { Route } from '../../src/net/types';
import { Edges } from '../../src/scene/edges';

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

  it('highlights by the number of the layer', () => {
    const one = edges();
    const hovered = (): unknown => one.object.material.uniforms['hovered']?.value;
    one.highlight('c');
    expect(hovered()).toBe(2);
    one.highlight(null);
    expect(hovered()).toBe(-1);
  });
});
