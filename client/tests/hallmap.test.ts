import { describe, expect, it } from 'vitest';

import { PlanScale, planOf, type Plan } from '../src/model/hallmap';
import { NetworkState } from '../src/model/networkstate';
import type { NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

function network(id: string, count: number): NetworkState {
  const made = new NetworkState({ id, name: id, collapsed: [], course: 'straight' } as unknown as NetworkSummary);
  made.hall.value = hallOf(Array.from({ length: count }, (_, i) => ({ id: `layer${i}`, shape: [16, 8, 8] })));
  return made;
}

function planned(...networks: NetworkState[]): { plan: Plan; scale: PlanScale } {
  const plan = planOf(networks);
  if (plan === null) throw new Error('no plan');
  return { plan, scale: new PlanScale(plan) };
}

describe('planOf', () => {
  it('shows every panel of every network where it stands', () => {
    const { plan } = planned(network('a', 3), network('b', 2));
    expect(plan.panels.map((panel) => panel.network + panel.layer)).toEqual([
      'alayer0', 'alayer1', 'alayer2', 'blayer0', 'blayer1',
    ]);
    for (const { x, z, width } of [...plan.panels, ...plan.frames]) {
      expect(x - width / 2).toBeGreaterThan(plan.left);
      expect(x + width / 2).toBeLessThan(plan.right);
      expect(z).toBeGreaterThan(plan.far);
      expect(z).toBeLessThan(plan.near);
    }
  });

  it('shows a panel where it was moved to', () => {
    const made = network('a', 2);
    made.placements.value = new Map([['layer1', { x: 20, y: 0, z: -1, yaw: 0.5, scale: 2 }]]);
    const before = planned(network('a', 2)).plan.panels[1];
    const { plan } = planned(made);
    const after = plan.panels[1];
    expect(after?.x).toBeCloseTo((before?.x ?? NaN) + 20);
    expect(after?.z).toBeCloseTo((before?.z ?? NaN) - 1);
    expect(after?.yaw).toBeCloseTo(0.5);
    expect(after?.width).toBeCloseTo(2 * (before?.width ?? NaN));
    expect(plan.right).toBeGreaterThan(20);
  });

  it('has nothing to show before a hall stands', () => {
    const waiting = new NetworkState({ id: 'a', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
    expect(planOf([waiting])).toBeNull();
  });
});

describe('PlanScale', () => {
  it('is 1 along its longer side, and never too slim to point at', () => {
    const { plan, scale } = planned(network('a', 60));
    expect(plan.near - plan.far).toBeGreaterThan(10 * (plan.right - plan.left));
    expect(scale.depth).toBe(1);
    expect(scale.width).toBeGreaterThan(0.3);
    expect(scale.toZ(plan.near) - scale.toZ(plan.far)).toBeCloseTo(1);
    expect(scale.toX(plan.right) - scale.toX(plan.left)).toBeCloseTo(scale.width);
    expect(scale.toX((plan.left + plan.right) / 2)).toBeCloseTo(0);
  });

  it('finds the panel whose line is nearest, within reach', () => {
    const { plan, scale } = planned(network('a', 5));
    plan.panels.forEach(({ x, z, width }, index) => {
      const end = scale.toX(x + 0.45 * width);
      expect(scale.nearest(plan, end, scale.toZ(z) + 0.01, 0.05)).toBe(index);
    });
    expect(scale.nearest(plan, scale.toX(plan.left), scale.toZ(plan.near), 0.05)).toBe(-1);
  });

  it('finds a turned panel along its own line', () => {
    const made = network('a', 1);
    made.placements.value = new Map([['layer0', { x: 0, y: 0, z: 0, yaw: Math.PI / 2, scale: 20 }]]);
    const { plan, scale } = planned(made);
    const panel = plan.panels[0];
    if (panel === undefined) throw new Error('no panel');
    const along = scale.toZ(panel.z - 0.4 * panel.width);
    expect(scale.nearest(plan, scale.toX(panel.x), along, 0.05)).toBe(0);
    expect(scale.nearest(plan, scale.toX(panel.x + 0.4 * panel.width), scale.toZ(panel.z), 0.05)).toBe(-1);
  });
});
