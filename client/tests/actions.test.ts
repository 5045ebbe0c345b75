import { describe, expect, it, vi } from 'vitest';

import { Actions } from '../src/model/actions';
import type { Loader } from '../src/model/insertion';
import { NetworkState } from '../src/model/networkstate';
import { closedAround } from '../src/model/outline';
import type { LayerOf } from '../src/model/search';
import { State } from '../src/model/state';
import { Api, ApiError } from '../src/net/api';
import type { ImageInfo, Layer, NetworkSummary, Statistics } from '../src/net/types';
import { hallOf } from './tiles/halls';

const NETWORK = { id: 'n', name: 'n' } as NetworkSummary;

function image(id: string): ImageInfo {
  return { id, width: 8, height: 8, channels: 3, origin: 'upload', name: `${id}.png`, label: null };
}

interface Page {
  state: State;
  actions: Actions;
  api: Api;
  network: NetworkState;
  load: Loader['load'];
}

function page(names: readonly string[] = ['n']): Page {
  const state = new State();
  const api = new Api();
  const actions = new Actions(state, api);
  const networks = names.map((id) => new NetworkState({ id, name: id } as NetworkSummary));
  const [network] = networks;
  if (network === undefined) throw new Error('no network');
  state.networks.value = networks;
  state.current.value = network;
  const load = vi.fn<Loader['load']>();
  for (const one of networks) actions.useLoader(one, { load, reload: vi.fn(), cancel: vi.fn() });
  return { state, actions, api, network, load };
}

/** Takes an image in hand and inserts it. */
function insert(actions: Actions, id: string, network?: NetworkState): void {
  actions.hold({ kind: 'image', image: image(id) });
  actions.insertHeld(network);
}

describe('inserting', () => {
  it('asks the loader, also for what was inserted before there was one', () => {
    const { actions, network } = page();
    insert(actions, 'a');
    const later = vi.fn<Loader['load']>();
    actions.useLoader(network, { load: later, reload: vi.fn(), cancel: vi.fn() });
    expect(later).toHaveBeenCalledWith('a', 'layer');
    expect(network.progress.value.stage).toBe('running');
  });

  it('can be undone, back to the first image', () => {
    const { actions, network } = page();
    for (const id of ['a', 'b', 'b', 'c']) insert(actions, id);
    actions.undo();
    expect(network.inserted.value?.id).toBe('b');
    actions.undo();
    expect(network.inserted.value?.id).toBe('a');
    expect(network.undoable.value).toBe(false);
    actions.undo();
    expect(network.inserted.value?.id).toBe('a');
  });

  it('can be stopped while it runs, and started again', () => {
    const { actions, network, load } = page();
    const cancel = vi.fn();
    actions.useLoader(network, { load, reload: vi.fn(), cancel });
    insert(actions, 'a');
    actions.stop();
    actions.stop();
    expect(cancel).toHaveBeenCalledOnce();
    expect(network.progress.value).toMatchObject({ stage: 'failed' });
    actions.again();
    expect(load).toHaveBeenCalledTimes(2);
    expect(network.progress.value.stage).toBe('running');
  });

  it('lets go of the image that goes into the frame', () => {
    const { state, actions, network } = page();
    actions.hold({ kind: 'image', image: image('a') });
    actions.insertHeld();
    expect(state.held.value).toBeNull();
    expect(network.inserted.value?.id).toBe('a');
  });

  it('goes into the network that is meant, or into all', () => {
    const { state, actions } = page(['n', 'm']);
    const insides = (): (string | undefined)[] => state.networks.value.map((one) => one.inserted.value?.id);
    insert(actions, 'a', state.find('m'));
    expect(insides()).toEqual([undefined, 'a']);
    insert(actions, 'b');
    expect(insides()).toEqual(['b', 'a']);
    actions.hold({ kind: 'image', image: image('c') });
    actions.insertHeldIntoAll();
    expect(insides()).toEqual(['c', 'c']);
    actions.undoImage(state.find('m'));
    expect(insides()).toEqual(['c', 'a']);
  });

  it('keeps what is known of a pass when its hall is built anew, and forgets it with the image', () => {
    const { actions, network, load } = page();
    insert(actions, 'a');
    actions.handlers(network).statistics('conv', { mean: 1 } as Statistics);
    actions.useLoader(network, { load, reload: vi.fn(), cancel: vi.fn() });
    expect([...network.statistics.value.keys()]).toEqual(['conv']);
    insert(actions, 'b');
    expect(network.statistics.value.size).toBe(0);
  });

  it('says what to do where nothing, or a feature map, is in hand', () => {
    const { state, actions, network } = page();
    actions.insertHeld();
    actions.hold({ kind: 'map', map: { network: 'n', layer: 'conv', channel: 1 }, image: image('a') });
    actions.insertHeld();
    expect(network.inserted.value).toBeNull();
    expect(state.notices.value).toHaveLength(2);
    expect(state.held.value?.kind).toBe('map');
  });

  it('keeps to the last of two dropped files, whichever arrives last', async () => {
    const { actions, api, network } = page();
    const answers: ((info: ImageInfo) => void)[] = [];
    vi.spyOn(api, 'upload').mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const drops = [new File([], 'a.png'), new File([], 'b.png')].map((file) => actions.uploadAndInsert(file));
    answers[1]?.(image('b'));
    answers[0]?.(image('a'));
    await Promise.all(drops);
    expect(network.inserted.value?.id).toBe('b');
  });

  it("shows the server's sentence when a file is no picture", async () => {
    const { state, actions, api, network } = page();
    vi.spyOn(api, 'upload').mockRejectedValue(new ApiError(422, 'notes.txt is no picture.'));
    await actions.uploadAndInsert(new File([], 'notes.txt'));
    expect(network.inserted.value).toBeNull();
    expect(state.notices.value).toMatchObject([{ tone: 'error', text: 'notes.txt is no picture.' }]);
  });
});

describe('going on with a new server', () => {
  it('brings it the uploaded image that it has forgotten, and no other', async () => {
    const { state, actions, api } = page();
    const upload = vi.spyOn(api, 'upload').mockResolvedValue(image('a'));
    await actions.uploadAndInsert(new File([], 'a.png'));
    vi.spyOn(api, 'walk').mockResolvedValue({
      version: '1',
      instance: 'b',
      networks: [NETWORK],
      datasets: [],
      first_image: null,
      together: false,
    });
    const hasImage = vi.spyOn(api, 'hasImage').mockResolvedValue(false);
    expect(await actions.resume()).toBe(true);
    expect(upload).toHaveBeenCalledTimes(2);
    expect(state.walk.value?.instance).toBe('b');
    hasImage.mockResolvedValue(true);
    await actions.resume();
    expect(upload).toHaveBeenCalledTimes(2);
  });

  it('cannot go on where its network is not served any more', async () => {
    const { actions, api } = page();
    vi.spyOn(api, 'walk').mockResolvedValue({
      version: '1',
      instance: 'b',
      networks: [{ ...NETWORK, id: 'other' }],
      datasets: [],
      first_image: null,
      together: false,
    });
    expect(await actions.resume()).toBe(false);
  });
});

describe('leafing through a draw', () => {
  it('stops at both ends', async () => {
    const { state, actions, api } = page();
    state.dataset.value = { id: 'd', name: 'd', description: '', count: 12 };
    const asked: number[] = [];
    vi.spyOn(api, 'draw').mockImplementation((dataset, seed, offset) => {
      asked.push(offset);
      return Promise.resolve({ dataset, seed, offset, total: 12, images: [], skipped: [] });
    });
    await actions.images.drawAgain();
    for (const step of [1, 1, -1, -1]) await actions.images.page(step);
    expect(asked).toEqual([0, 8, 0]);
  });

  it('says which images are left out, and why', async () => {
    const { state, actions, api } = page();
    state.dataset.value = { id: 'd', name: 'd', description: '', count: 12 };
    const skipped = ['d 3 cannot be read.', 'd 5 cannot be read.'];
    vi.spyOn(api, 'draw').mockImplementation((dataset, seed, offset) =>
      Promise.resolve({ dataset, seed, offset, total: 12, images: [], skipped: skipped.slice(offset / 8) }),
    );
    await actions.images.drawAgain();
    await actions.images.page(1);
    expect(state.notices.value.map(({ text }) => text)).toEqual([
      '2 images were left out. d 3 cannot be read.',
      'One image was left out. d 5 cannot be read.',
    ]);
  });
});

describe('going to a layer that was searched for', () => {
  it('opens the blocks around it before it flies there, and leaves alone what stands', async () => {
    const { state, actions, network } = page();
    const hall = hallOf(['inside', 'outside'].map((id) => ({ id, shape: [4, 8, 8] })));
    const blocks = [{ id: 'block', path: 'block', label: '', parent: null, repeats: 1, repetition: 0 }];
    const [inside, outside] = hall.graph.layers.map((layer, index) => ({ ...layer, block: index === 0 ? 'block' : null }));
    if (inside === undefined || outside === undefined) expect.fail();
    const collapsed = { ...hall, graph: { ...hall.graph, blocks, layers: [outside] }, layers_in: { block: 2 }, collapsed: ['block'] };
    network.hall.value = collapsed;
    const found = (layer: Layer): LayerOf => ({ network, layer, within: closedAround(collapsed, layer) });
    const reveal = vi.spyOn(actions.views, 'reveal').mockImplementation(() => {
      expect(state.destination.value).toMatchObject({ layer: 'outside' });
      return Promise.resolve();
    });
    await actions.flyToFound(found(outside));
    expect(state.destination.value).toMatchObject({ kind: 'layer', network: 'n', layer: 'outside' });
    expect(reveal).not.toHaveBeenCalled();
    await actions.flyToFound(found(inside));
    expect(reveal).toHaveBeenCalledExactlyOnceWith(network, inside);
    expect(state.destination.value).toMatchObject({ layer: 'inside' });
  });
});
