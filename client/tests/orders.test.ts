import { describe, expect, it, vi } from 'vitest';

import { NetworkState } from '../src/model/networkstate';
import { Notices } from '../src/model/notices';
import { Orders } from '../src/model/orders';
import { Pagings } from '../src/model/pagings';
import { State } from '../src/model/state';
import { Api } from '../src/net/api';
import type { ChannelFigures, ImageInfo, NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

const FIGURES: Record<string, ChannelFigures> = {
  coffee: { mean: [1, 3, null, 2, 3], maximum: [9, 1, null, 5, 2] },
  rocket: { mean: [5, 4, 3, 2, 1], maximum: [1, 2, 3, 4, 5] },
};

function page(): { network: NetworkState; orders: Orders; insert: (id: string) => void; api: Api; asks: () => number; order: () => unknown } {
  const state = new State();
  const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
  const api = new Api();
  const orders = new Orders(api, new Notices(state));
  const figuresOf = vi.spyOn(api, 'channelFigures').mockImplementation((_network, image) => {
    const figures = FIGURES[image];
    return figures === undefined ? Promise.reject(new Error('no such image')) : Promise.resolve(figures);
  });
  orders.follow(network);
  const insert = (id: string): void => {
    network.progress.value = { stage: 'running', arrived: 0, total: 1, problem: null };
    network.inserted.value = { id } as ImageInfo;
    network.progress.value = { stage: 'done', arrived: 1, total: 1, problem: null };
  };
  return { network, orders, insert, api, asks: () => figuresOf.mock.calls.length, order: () => network.orders.value.get('conv')?.channels };
}

describe('the order of channels', () => {
  it('has the largest figures first, those without any last, and equal ones by index', async () => {
    const { network, orders, insert, order } = page();
    insert('coffee');
    await orders.set(network, 'conv', 'mean');
    expect(order()).toEqual([1, 4, 3, 0, 2]);
    await orders.set(network, 'conv', 'maximum');
    expect(order()).toEqual([0, 3, 4, 1, 2]);
    expect(network.panelViews.value.get('conv')).toEqual({ order: order(), zoom: 1, row: 0 });
    await orders.set(network, 'conv', 'index');
    expect(order()).toBeUndefined();
  });

  it('follows a new image when that has gone through, and an order that is given before one', async () => {
    const { network, orders, insert, asks, order } = page();
    await orders.set(network, 'conv', 'mean');
    expect(order()).toBeUndefined();
    insert('coffee');
    await vi.waitFor(() => { expect(order()).toEqual([1, 4, 3, 0, 2]); });
    network.progress.value = { stage: 'running', arrived: 0, total: 1, problem: null };
    network.inserted.value = { id: 'rocket' } as ImageInfo;
    expect(asks()).toBe(1);
    network.progress.value = { stage: 'done', arrived: 1, total: 1, problem: null };
    await vi.waitFor(() => { expect(order()).toEqual([0, 1, 2, 3, 4]); });
    await orders.set(network, 'conv', 'index');
    insert('coffee');
    expect(asks()).toBe(2);
  });

  it('is the one that was asked for last, whichever figures arrive last', async () => {
    const { network, orders, insert, api, order } = page();
    insert('coffee');
    const answers: ((figures: ChannelFigures) => void)[] = [];
    vi.spyOn(api, 'channelFigures').mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const both = [orders.set(network, 'conv', 'mean'), orders.set(network, 'conv', 'maximum')];
    const figures = FIGURES['coffee'];
    if (figures === undefined) expect.fail();
    answers[1]?.(figures);
    answers[0]?.(figures);
    await Promise.all(both);
    expect(order()).toEqual([0, 3, 4, 1, 2]);
  });
});

describe('paging a panel', () => {
  it('stays within its rows, and begins with the same channel when cells grow', () => {
    const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
    // On a panel of 8 columns and 8 rows.
    network.hall.value = hallOf([{ id: 'conv', shape: [64, 8, 8] }]);
    const pagings = new Pagings();
    const now = (): unknown => network.pagings.value.get('conv');
    expect(pagings.shown(network, 'conv')).toMatchObject({ rows: 8, total: 8, row: 0 });
    pagings.page(network, 'conv', 3);
    expect(now()).toBeUndefined();
    pagings.zoom(network, 'conv', 2);
    expect(pagings.shown(network, 'conv')).toMatchObject({ columns: 4, rows: 4, total: 16, row: 0 });
    pagings.page(network, 'conv', 100);
    expect(now()).toEqual({ zoom: 2, row: 12 });
    pagings.page(network, 'conv', -4);
    expect(now()).toEqual({ zoom: 2, row: 8 });
    pagings.zoom(network, 'conv', 4);
    // Row 8 of 4 columns begins with channel 32, as does row 16 of 2.
    expect(now()).toEqual({ zoom: 4, row: 16 });
    pagings.zoom(network, 'conv', 1);
    expect(now()).toBeUndefined();
    pagings.page(network, 'nobody', 1);
    expect(pagings.shown(network, 'nobody')).toBeNull();
  });
});
