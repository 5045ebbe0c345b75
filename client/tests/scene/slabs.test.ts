import { Ray, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { NetworkState } from '../../src/model/networkstate';
import { UNMOVED, type Placement } from '../../src/model/placement';
import type { NetworkSummary } from '../../src/net/types';
import { exhibitsOf, HEADER, onPlate, type Exhibit } from '../../src/scene/exhibit';
import { HeaderTarget } from '../../src/scene/headertarget';
import { Moves } from '../../src/scene/moves';
import { at, movePlace } from '../../src/scene/place';
import { distanceAlong } from '../../src/scene/pointing';
import { Slabs } from '../../src/scene/slabs';
import { hallOf } from '../tiles/halls';

let exhibit: Exhibit;
let slabs: Slabs;
let headers: HeaderTarget;
let told: string[];

beforeEach(() => {
  const hall = hallOf([{ id: 'conv', shape: [16, 8, 8], columns: 4, panel: { x: 3, z: -7, yaw: 0.3, cell_width: 0.5, cell_height: 0.5 } }]);
  const network = new NetworkState({ id: 'net', name: 'net', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
  const exhibits = exhibitsOf(hall);
  const found = exhibits.get('conv');
  if (found === undefined) expect.fail('there is no panel');
  exhibit = found;
  slabs = new Slabs(exhibits.values(), network);
  told = [];
  const tell = (what: string) => (name: string): void => {
    told.push(`${what} ${name}`);
  };
  headers = new HeaderTarget(hall.graph.layers, exhibits, network, { expand: tell('expand'), open: tell('open') });
});

function move(placement: Partial<Placement>): Moves {
  const moves = new Moves(1);
  const whole = { ...UNMOVED, ...placement };
  moves.place(exhibit.anchor, exhibit.layout.centre, whole, true, 0);
  movePlace(exhibit.place, exhibit.layout, whole);
  headers.follow('conv', moves);
  return moves;
}

/** Straight at a point of the layout as it stands now, from 3 m before its panel or behind it. */
function rayAt(point: Vector3, moves: Moves, out = 3): Ray {
  const target = moves.point(exhibit.anchor, point.clone());
  const eye = target.clone().addScaledVector(exhibit.place.normal, out);
  return new Ray(eye, target.sub(eye).normalize());
}

describe.each([{}, { x: 2, y: 0.5, z: -1, yaw: 1.2, scale: 1.6 }, { scale: 0.2 }])('a panel placed at %o', (placement) => {
  it('is taken by its header, on its rim and on its plate, and beside them by nothing', () => {
    const moves = move(placement);
    const { layout } = exhibit;
    const header = at(layout, 0.3, 1 + HEADER / 2, 0);
    expect(distanceAlong(rayAt(header, moves), [headers])).toBeCloseTo(3, 3);
    expect(headers.grip()?.layer).toBe('conv');
    expect(distanceAlong(rayAt(at(layout, 0, 0.9, 0), moves), [headers])).toBe(Infinity);
    for (const point of [at(layout, 1.03, 0, 0), onPlate(exhibit, 0.4, 2)]) {
      expect(distanceAlong(rayAt(point, moves), [slabs])).toBeGreaterThan(3);
      expect(slabs.grip()?.layer).toBe('conv');
    }
    for (const point of [at(layout, 1.2, 0, 0), at(layout, 0, -1.2, 0), onPlate(exhibit, -0.2, 2)]) {
      expect(distanceAlong(rayAt(point, moves), [slabs])).toBe(Infinity);
      expect(slabs.grip()).toBeNull();
    }
  });

  it('has a plate only while it is shown', () => {
    const moves = move(placement);
    slabs.plates = false;
    expect(distanceAlong(rayAt(onPlate(exhibit, 0.4, 2), moves), [slabs])).toBe(Infinity);
    expect(distanceAlong(rayAt(exhibit.layout.centre, moves), [slabs])).toBeLessThan(Infinity);
  });
});

describe('a drag', () => {
  it('takes it along from the front; behind it one looks about', () => {
    const moves = move({});
    distanceAlong(rayAt(exhibit.layout.centre, moves), [slabs]);
    expect([slabs.drags, slabs.cursor]).toEqual([true, 'grab']);
    expect(distanceAlong(rayAt(exhibit.layout.centre, moves, -3), [slabs])).toBeLessThan(3);
    expect([slabs.drags, slabs.cursor]).toEqual([false, 'default']);
    expect(slabs.grip()?.layer).toBe('conv');
  });
});

describe('a click on the header', () => {
  it('opens the card of the layer', () => {
    const moves = move({});
    distanceAlong(rayAt(at(exhibit.layout, 0, 1.2, 0), moves), [headers]);
    expect(headers.hint).toContain('conv');
    headers.click(2);
    expect(told).toEqual([]);
    headers.click(0);
    expect(told).toEqual(['open conv']);
  });

  it('expands the block that is shown as one layer', () => {
    const hall = hallOf([{ id: 'conv', shape: [16, 8, 8] }]);
    const [layer] = hall.graph.layers;
    if (layer === undefined) expect.fail('there is no layer');
    const expanded: string[] = [];
    const exhibits = exhibitsOf(hall);
    const network = new NetworkState({ id: 'net', name: 'net', collapsed: [], course: 'straight' } as unknown as NetworkSummary);
    const target = new HeaderTarget([{ ...layer, collapsed: 'block1' }], exhibits, network, {
      expand: (block) => {
        expanded.push(block);
      },
      open: () => expect.fail('it is expanded'),
    });
    const middle = target.centreOfBlock('block1');
    if (middle === null) expect.fail('it has no header');
    const eye = middle.clone().add(new Vector3(0, 0, 2));
    expect(distanceAlong(new Ray(eye, new Vector3(0, 0, -1)), [target])).toBeCloseTo(2);
    target.click(0);
    expect(expanded).toEqual(['block1']);
  });
});
