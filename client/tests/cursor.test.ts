import { describe, expect, it } from 'vitest';

import { Actions } from '../src/model/actions';
import { Cursor } from '../src/model/cursor';
import { NetworkState } from '../src/model/networkstate';
import { nudged, type Nudge } from '../src/model/nudge';
import { UNMOVED, type Placement } from '../src/model/placement';
import { State } from '../src/model/state';
import { Api } from '../src/net/api';
import type { ImageInfo, NetworkSummary, Panel } from '../src/net/types';
import { hallOf } from './tiles/halls';

function page(): { state: State; actions: Actions; network: NetworkState; cursor: Cursor; at: () => number | undefined } {
  const state = new State();
  const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
  // 20 channels on 5 columns and 4 rows.
  network.hall.value = hallOf([{ id: 'conv', shape: [20, 8, 6], columns: 5 }, { id: 'other', shape: [4, 8, 8] }]);
  state.networks.value = [network];
  const actions = new Actions(state, new Api());
  const cursor = new Cursor(state, actions);
  return { state, actions, network, cursor, at: () => state.hover.value?.channel };
}

describe('going through the cells of a panel', () => {
  it('goes along rows and columns and stays on the panel, at the middle of each map', () => {
    const { state, network, cursor, at } = page();
    cursor.begin({ network, layer: 'conv' });
    expect(state.hover.value).toEqual({ network: 'n', layer: 'conv', channel: 0, x: 3, y: 4 });
    cursor.move(-1, 0);
    expect(at()).toBe(0);
    cursor.move(2, 1);
    expect(at()).toBe(7);
    cursor.move(0, 2);
    expect(at()).toBe(17);
    cursor.move(0, 1);
    expect(at()).toBe(19);
  });

  it('goes in the order in which channels are shown', () => {
    const { network, cursor, at } = page();
    const channels = Array.from({ length: 20 }, (_, rank) => 19 - rank);
    network.orders.value = new Map([['conv', { by: 'mean', channels }]]);
    cursor.begin({ network, layer: 'conv' });
    expect(at()).toBe(19);
    cursor.move(1, 1);
    expect(at()).toBe(13);
  });

  it('pages to the row that it goes to', () => {
    const { actions, network, cursor, at } = page();
    actions.pagings.zoom(network, 'conv', 2);
    // 2 columns and 2 rows of 10 are shown.
    cursor.begin({ network, layer: 'conv' });
    for (let row = 0; row < 3; row += 1) cursor.move(0, 1);
    expect([at(), actions.pagings.shown(network, 'conv')?.row]).toEqual([6, 2]);
    cursor.move(0, -3);
    expect([at(), actions.pagings.shown(network, 'conv')?.row]).toEqual([0, 0]);
    cursor.move(100, 0);
    expect([at(), actions.pagings.shown(network, 'conv')?.row]).toEqual([19, 8]);
  });

  it('begins at the map that is pointed at, takes it, and ends', () => {
    const { state, network, cursor } = page();
    network.inserted.value = { id: 'coffee' } as ImageInfo;
    state.hover.value = { network: 'n', layer: 'conv', channel: 7, x: 0, y: 0 };
    cursor.begin({ network, layer: 'conv' });
    cursor.take();
    expect(state.held.value).toMatchObject({ kind: 'map', map: { network: 'n', layer: 'conv', channel: 7 } });
    cursor.end();
    expect([state.hover.value, cursor.place.value]).toEqual([null, null]);
    cursor.move(1, 0);
    expect(state.hover.value).toBeNull();
  });

  it('ends where one goes elsewhere, and where the hall becomes another one', () => {
    const { state, actions, network, cursor } = page();
    cursor.begin({ network, layer: 'conv' });
    actions.fly({ kind: 'layer', network: 'n', layer: 'other' });
    expect([state.hover.value, cursor.place.value]).toEqual([null, null]);
    cursor.begin({ network, layer: 'conv' });
    network.hall.value = hallOf([{ id: 'other', shape: [4, 8, 8] }]);
    expect(cursor.place.value).toBeNull();
  });
});

describe('nudging a panel', () => {
  const panel = (yaw: number): Panel => ({ ...hallOf([{ id: 'a', shape: [1, 1, 1] }]).arrangement.panels[0], yaw }) as Panel;
  const after = (nudge: Nudge, yaw = 0, from: Placement = UNMOVED): Placement => nudged(panel(yaw), from, nudge);

  it('goes as somebody sees it who stands before the panel', () => {
    // It faces +z: its right is +x, away from its face is -z.
    expect(after('right')).toMatchObject({ x: 0.1, z: 0 });
    expect(after('away').z).toBeCloseTo(-0.1);
    // It faces +x: its right is -z, away from its face is -x.
    expect(after('right', Math.PI / 2).z).toBeCloseTo(-0.1);
    expect(after('away', Math.PI / 2).x).toBeCloseTo(-0.1);
    // As it is turned now.
    expect(after('away', 0, { ...UNMOVED, yaw: Math.PI / 2 }).x).toBeCloseTo(-0.1);
  });

  it('has an opposite for everything', () => {
    const pairs: [Nudge, Nudge][] = [['left', 'right'], ['away', 'nearer'], ['up', 'down'], ['turnLeft', 'turnRight'], ['larger', 'smaller']];
    for (const [one, other] of pairs) {
      const there = after(one, 0.3);
      expect(there).not.toEqual(UNMOVED);
      const back = after(other, 0.3, there);
      for (const key of ['x', 'y', 'z', 'yaw', 'scale'] as const) expect(back[key], one).toBeCloseTo(UNMOVED[key]);
    }
  });
});
