import { describe, expect, it, vi } from 'vitest';

import { Halls } from '../src/model/halls';
import { NetworkState } from '../src/model/networkstate';
import { Notices } from '../src/model/notices';
import { State } from '../src/model/state';
import { Api, type View } from '../src/net/api';
import type { Hall, NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

const UNMOVED = { prepare: () => Promise.resolve(), show: () => undefined };

/** A hall that is so wide to both sides. */
function wide(network: string, half: number, view: View = {}): Hall {
  const hall = hallOf([{ id: 'a', shape: [4, 8, 8] }]);
  const bounds = { ...hall.arrangement.bounds, min_x: -half, max_x: half };
  const { collapsed = [], course = 'straight' } = view;
  return { ...hall, network, arrangement: { ...hall.arrangement, bounds }, collapsed: [...collapsed], course };
}

function page(): { state: State; api: Api; halls: Halls; networks: NetworkState[] } {
  const state = new State();
  const api = new Api();
  const networks = ['a', 'b', 'c'].map(
    (id) =>
      new NetworkState({
        id,
        name: id,
        collapsed: id === 'b' ? ['layer1'] : ([] as string[]),
        course: 'straight',
      } as NetworkSummary),
  );
  state.networks.value = networks;
  return { state, api, halls: new Halls(state, api, new Notices(state), UNMOVED), networks };
}

function middle(network: NetworkState | undefined): number {
  const bounds = network?.hall.value?.arrangement.bounds;
  return bounds === undefined ? NaN : (bounds.min_x + bounds.max_x) / 2;
}

describe('the halls of a walk', () => {
  it('arrive the wanted one first, and the others around it, as they are collapsed on arrival', async () => {
    const { api, halls, networks } = page();
    const [a, b, c] = networks;
    if (b === undefined) expect.fail();
    const asked: string[] = [];
    vi.spyOn(api, 'hall').mockImplementation((network, view) => {
      asked.push(network);
      return Promise.resolve(wide(network, 10, view));
    });
    await halls.arrive(b);
    expect(asked).toEqual(['b']);
    expect(networks.map(middle)).toEqual([NaN, 0, NaN]);
    expect(b.collapsed.value).toEqual(['layer1']);
    await halls.others();
    expect([middle(a), middle(b), middle(c)]).toEqual([-25, 0, 25]);
  });

  it('stand without the one that does not come, which is told', async () => {
    const { api, halls, networks } = page();
    const [a, b, c] = networks;
    if (a === undefined) expect.fail();
    vi.spyOn(api, 'hall').mockImplementation((network) =>
      network === 'b' ? Promise.reject(new Error('b does not come')) : Promise.resolve(wide(network, 10)),
    );
    await halls.arrive(a);
    await expect(halls.others()).rejects.toThrow('b does not come');
    expect([middle(a), middle(b), middle(c)]).toEqual([0, NaN, 25]);
  });

  it('keep what a new view leaves out, and make room for it', async () => {
    const { api, halls, networks } = page();
    const [a, b, c] = networks;
    if (a === undefined || b === undefined || c === undefined) expect.fail();
    const hall = vi.spyOn(api, 'hall').mockImplementation((network, view) =>
      Promise.resolve(wide(network, view?.course === 'spiral' ? 20 : 10, view)),
    );
    await halls.arrive(a);
    await halls.others();
    const [first, last] = [a.hall.value, c.hall.value];
    await halls.setView(b, { course: 'spiral' });
    expect(hall).toHaveBeenLastCalledWith('b', { collapsed: ['layer1'], course: 'spiral' });
    await halls.setView(b, { depth: 1 });
    expect(hall).toHaveBeenLastCalledWith('b', { depth: 1, course: 'spiral' });
    // The first never moves, and its hall is the very same.
    expect(a.hall.value).toBe(first);
    expect(c.hall.value).not.toBe(last);
    expect([middle(b), middle(c)]).toEqual([35, 70]);
  });

  it('show the view that was asked for last, whichever arrives last', async () => {
    const { api, halls, networks } = page();
    const [a] = networks;
    if (a === undefined) expect.fail();
    const answers: ((hall: Hall) => void)[] = [];
    vi.spyOn(api, 'hall').mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const views = [halls.setView(a, { collapsed: ['x'] }), halls.setView(a, { collapsed: ['y'] })];
    answers[1]?.(wide('a', 10, { collapsed: ['y'] }));
    answers[0]?.(wide('a', 10, { collapsed: ['x'] }));
    await Promise.all(views);
    expect(a.collapsed.value).toEqual(['y']);
  });

  it('tell which layers lie in collapsed blocks, and ask for that once and only where blocks are collapsed', async () => {
    const { api, halls, networks } = page();
    const [a, b] = networks;
    if (a === undefined || b === undefined) expect.fail();
    const hall = vi.spyOn(api, 'hall').mockImplementation((network, view = {}) => {
      const ids = network === 'b' && view.collapsed?.length !== 1 ? ['x', 'y'] : ['y'];
      const whole = wide(network, 10, view);
      return Promise.resolve({ ...whole, graph: { ...whole.graph, layers: hallOf(ids.map((id) => ({ id, shape: [4, 8, 8] }))).graph.layers } });
    });
    await halls.arrive(a);
    await halls.others();
    const before = hall.mock.calls.length;
    await halls.learnLayers();
    await halls.learnLayers();
    expect(hall.mock.calls.slice(before)).toEqual([['b']]);
    expect([a, b].map(({ layers }) => layers.value.map(({ id }) => id))).toEqual([['y'], ['x', 'y']]);
    expect(b.collapsed.value).toEqual(['layer1']);
  });
});
