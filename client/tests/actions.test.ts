import { describe, expect, it, vi } from 'vitest';

import { Actions, type Loader } from '../src/model/actions';
import { State } from '../src/model/state';
import { Api, ApiError } from '../src/net/api';
import type { ImageInfo, NetworkSummary } from '../src/net/types';

const NETWORK = { id: 'n', name: 'net' } as NetworkSummary;

function image(id: string): ImageInfo {
  return { id, width: 8, height: 8, origin: 'upload', name: `${id}.png`, label: null };
}

function page(): { state: State; actions: Actions; api: Api; load: Loader['load'] } {
  const state = new State();
  const api = new Api();
  const actions = new Actions(state, api);
  state.network.value = NETWORK;
  const load = vi.fn<Loader['load']>();
  actions.useLoader({ load, reload: vi.fn(), cancel: vi.fn() });
  return { state, actions, api, load };
}

describe('inserting', () => {
  it('asks the loader, also for what was inserted before there was one', () => {
    const { state, actions } = page();
    actions.insert(image('a'));
    const later = vi.fn<Loader['load']>();
    actions.useLoader({ load: later, reload: vi.fn(), cancel: vi.fn() });
    expect(later).toHaveBeenCalledWith('n', 'a', 'layer');
    expect(state.progress.value.stage).toBe('running');
  });

  it('can be undone, back to the first image', () => {
    const { state, actions } = page();
    for (const id of ['a', 'b', 'b', 'c']) actions.insert(image(id));
    actions.undo();
    expect(state.inserted.value?.id).toBe('b');
    actions.undo();
    expect(state.inserted.value?.id).toBe('a');
    expect(state.undoable.value).toBe(false);
    actions.undo();
    expect(state.inserted.value?.id).toBe('a');
  });

  it('can be stopped while it runs, and started again', () => {
    const { state, actions, load } = page();
    const cancel = vi.fn();
    actions.useLoader({ load, reload: vi.fn(), cancel });
    actions.insert(image('a'));
    actions.stop();
    actions.stop();
    expect(cancel).toHaveBeenCalledOnce();
    expect(state.progress.value).toMatchObject({ stage: 'failed' });
    actions.again();
    expect(load).toHaveBeenCalledTimes(2);
    expect(state.progress.value.stage).toBe('running');
  });

  it('lets go of the image that goes into the frame', () => {
    const { state, actions } = page();
    actions.hold({ kind: 'image', image: image('a') });
    actions.insertHeld();
    expect(state.held.value).toBeNull();
    expect(state.inserted.value?.id).toBe('a');
  });

  it('says what to do where nothing, or a feature map, is in hand', () => {
    const { state, actions } = page();
    actions.insertHeld();
    actions.hold({ kind: 'map', map: { layer: 'conv', channel: 1 }, image: image('a') });
    actions.insertHeld();
    expect(state.inserted.value).toBeNull();
    expect(state.notices.value).toHaveLength(2);
    expect(state.held.value?.kind).toBe('map');
  });

  it('keeps to the last of two dropped files, whichever arrives last', async () => {
    const { state, actions, api } = page();
    const answers: ((info: ImageInfo) => void)[] = [];
    vi.spyOn(api, 'upload').mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const drops = [new File([], 'a.png'), new File([], 'b.png')].map((file) => actions.uploadAndInsert(file));
    answers[1]?.(image('b'));
    answers[0]?.(image('a'));
    await Promise.all(drops);
    expect(state.inserted.value?.id).toBe('b');
  });

  it("shows the server's sentence when a file is no picture", async () => {
    const { state, actions, api } = page();
    vi.spyOn(api, 'upload').mockRejectedValue(new ApiError(422, 'notes.txt is no picture.'));
    await actions.uploadAndInsert(new File([], 'notes.txt'));
    expect(state.inserted.value).toBeNull();
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
      return Promise.resolve({ dataset, seed, offset, total: 12, images: [] });
    });
    await actions.drawAgain();
    for (const step of [1, 1, -1, -1]) await actions.page(step);
    expect(asked).toEqual([0, 8, 0]);
  });
});
