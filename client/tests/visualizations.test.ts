import { describe, expect, it, vi, type Mock } from 'vitest';

import { Images } from '../src/model/images';
import { NetworkState } from '../src/model/networkstate';
import { Notices } from '../src/model/notices';
import { State, type Held } from '../src/model/state';
import { USUAL, Visualizations } from '../src/model/visualizations';
import { Api, ApiError } from '../src/net/api';
import type { Source } from '../src/net/events';
import type { ImageInfo, NetworkSummary, Visualization, VisualizedChannel } from '../src/net/types';

function job(id: string, more: Partial<Visualization> = {}): Visualization {
  const steered = { problem: null, seed: 0, start: null, seconds_left: null };
  const counted = { done: [], before_activation: [], dead: [], forming: [], waiting: 4, step: 0, revision: 0 };
  const made = { network: 'n', layer: 'conv', mode: 'texture', steps: 8, channels: 4, state: 'waiting' } as const;
  return { id, ...steered, ...counted, ...made, ...more };
}

function channel(of: number, more: Partial<VisualizedChannel> = {}): VisualizedChannel {
  const image: ImageInfo = {
    id: `picture${of}`,
    width: 8,
    height: 8,
    channels: 3,
    origin: 'visualization',
    name: `conv · ${of}`,
    label: null,
  };
  const facts = { silence: null, before: 0, after: 3, probability: null, rank: null, class_name: null };
  return { channel: of, image, ...facts, ...more };
}

interface Page {
  state: State;
  network: NetworkState;
  api: Api;
  visualizations: Visualizations;
  held: Mock<(held: Held) => void>;
  /** The server's events. */
  tell: (job: Visualization) => void;
  open: () => void;
  streams: () => number;
}

function page(): Page {
  const state = new State();
  const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
  state.networks.value = [network];
  const api = new Api();
  const notices = new Notices(state);
  const held = vi.fn<(held: Held) => void>();
  const listeners = new Map<string, (event: MessageEvent<string>) => void>();
  const make = vi.fn((): Source => ({
    readyState: 1,
    addEventListener: (type, listener) => { listeners.set(type, listener); },
    close: vi.fn(),
  }));
  const images = new Images(state, api, notices);
  const visualizations = new Visualizations(state, api, notices, images, held, make);
  return {
    state,
    network,
    api,
    visualizations,
    held,
    tell: (now) => { listeners.get('visualization')?.({ data: JSON.stringify(now) } as MessageEvent<string>); },
    open: () => { listeners.get('open')?.({ data: '' } as MessageEvent<string>); },
    streams: () => make.mock.calls.length,
  };
}

/** Lets the promises of requests that are answered at once end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

describe('a page that is loaded anew', () => {
  it('shows pictures where it did, as far as there are some', async () => {
    const { network, api, visualizations } = page();
    vi.spyOn(api.visualizations, 'all').mockResolvedValue([job('a', { state: 'done' })]);
    const other = { network: 'other', layer: 'conv' };
    await visualizations.arrive([{ network: 'n', layer: 'conv' }, { network: 'n', layer: 'gone' }, other]);
    expect([...network.turned.value]).toEqual(['conv']);
  });
});

describe('turning a panel', () => {
  it('asks for the pictures once, and turns back without asking', async () => {
    const { state, network, api, visualizations } = page();
    const ask = vi.spyOn(api.visualizations, 'ask').mockResolvedValue(job('a'));
    await visualizations.turn(network, 'conv');
    expect(ask).toHaveBeenCalledExactlyOnceWith('n', { layer: 'conv', ...USUAL });
    expect(network.turned.value.has('conv')).toBe(true);
    expect(state.visualizing.value).toEqual({ network: 'n', layer: 'conv' });
    await visualizations.turn(network, 'conv');
    expect(network.turned.value.has('conv')).toBe(false);
    await visualizations.turn(network, 'conv');
    expect(ask).toHaveBeenCalledOnce();
    expect(network.visualizations.value.get('conv')?.id).toBe('a');
  });

  it('turns back and says why where the server makes none', async () => {
    const { state, network, api, visualizations } = page();
    vi.spyOn(api.visualizations, 'ask').mockRejectedValue(new ApiError(422, 'Layer conv has no channels.'));
    await visualizations.turn(network, 'conv');
    expect(network.turned.value.size).toBe(0);
    expect(state.notices.value).toMatchObject([{ tone: 'error', text: 'Layer conv has no channels.' }]);
  });
});

describe('following jobs', () => {
  it('lands in the network that a job is of, whatever it was asked by', async () => {
    const { network, api, visualizations, tell } = page();
    vi.spyOn(api.visualizations, 'ask').mockResolvedValue(job('a'));
    await visualizations.ask(network, 'conv', USUAL);
    tell(job('a', { state: 'running', step: 3, forming: [0, 1], waiting: 2 }));
    tell(job('other', { layer: 'fc' }));
    tell(job('elsewhere', { network: 'm' }));
    expect([...network.visualizations.value.values()].map(({ id, step }) => [id, step])).toEqual([
      ['a', 3],
      ['other', 0],
    ]);
  });

  it('believes the events rather than the answer to the request, which may come later', async () => {
    const { network, api, visualizations, tell } = page();
    let answer: (job: Visualization) => void = () => undefined;
    vi.spyOn(api.visualizations, 'ask').mockReturnValue(new Promise((resolve) => { answer = resolve; }));
    const asked = visualizations.ask(network, 'conv', USUAL);
    tell(job('a', { state: 'done', done: [0, 1, 2, 3], waiting: 0 }));
    answer(job('a'));
    await asked;
    expect(network.visualizations.value.get('conv')?.state).toBe('done');
  });

  it('shows of a layer what was asked for last, though an older job goes on', async () => {
    const { network, api, visualizations, tell } = page();
    const ask = vi.spyOn(api.visualizations, 'ask');
    for (const [id, older] of [['a', 'a'], ['b', 'a'], ['a', 'b']] as const) {
      ask.mockResolvedValueOnce(job(id));
      await visualizations.ask(network, 'conv', USUAL);
      tell(job(older, { step: 2 }));
      expect(network.visualizations.value.get('conv')?.id).toBe(id);
    }
  });

  it('tells once when a job fails', () => {
    const { state, network, api, visualizations, tell } = page();
    vi.spyOn(api.visualizations, 'ask').mockResolvedValue(job('a'));
    void visualizations.ask(network, 'conv', USUAL);
    tell(job('a', { state: 'running' }));
    for (let time = 0; time < 2; time += 1) tell(job('a', { state: 'failed', problem: 'The disk is full.' }));
    expect(state.notices.value.map(({ id, text }) => [id, text])).toEqual([[1, 'The disk is full.']]);
  });

  it('goes on after the page was loaded anew, and asks for no events where there is nothing', async () => {
    const { network, api, visualizations, streams } = page();
    const all = vi.spyOn(api.visualizations, 'all').mockResolvedValueOnce([]);
    await visualizations.arrive();
    expect(streams()).toBe(0);
    all.mockResolvedValueOnce([job('a'), job('b')]);
    await visualizations.arrive();
    expect(streams()).toBe(1);
    expect(network.visualizations.value.get('conv')?.id).toBe('b');
  });

  it('forgets what a server that was started anew does not know', async () => {
    const { network, api, visualizations, open } = page();
    const all = vi.spyOn(api.visualizations, 'all').mockResolvedValueOnce([job('a'), job('b')]);
    await visualizations.arrive();
    all.mockResolvedValueOnce([job('a')]);
    open();
    await settled();
    expect(network.visualizations.value.get('conv')?.id).toBe('a');
    all.mockResolvedValueOnce([]);
    open();
    await settled();
    expect(network.visualizations.value.size).toBe(0);
  });
});

describe('steering', () => {
  async function started(): Promise<Page> {
    const all = page();
    vi.spyOn(all.api.visualizations, 'ask').mockResolvedValue(job('a'));
    await all.visualizations.turn(all.network, 'conv');
    return all;
  }

  it('names the job of the layer', async () => {
    const { network, api, visualizations } = await started();
    const steer = vi.spyOn(api.visualizations, 'steer').mockResolvedValue(job('a'));
    const cancel = vi.spyOn(api.visualizations, 'cancel').mockResolvedValue(job('a'));
    await visualizations.pause(network, 'conv');
    await visualizations.resume(network, 'conv');
    await visualizations.cancel(network, 'conv');
    await visualizations.cancel(network, 'fc');
    expect(steer.mock.calls).toEqual([['a', 'pause'], ['a', 'resume']]);
    expect(cancel.mock.calls).toEqual([['a']]);
  });

  it('cancels all that is unfinished, and nothing else', async () => {
    const { network, api, visualizations, tell } = await started();
    tell(job('b', { layer: 'fc', state: 'done' }));
    tell(job('c', { layer: 'head', state: 'paused' }));
    const cancel = vi.spyOn(api.visualizations, 'cancel').mockResolvedValue(job('a'));
    await visualizations.cancelAll(network);
    expect(cancel.mock.calls).toEqual([['a'], ['c']]);
  });

  it('shows activations again once the pictures are deleted', async () => {
    const { network, api, visualizations } = await started();
    vi.spyOn(api.visualizations, 'remove').mockResolvedValue({});
    await visualizations.remove(network, 'conv');
    expect(network.visualizations.value.size).toBe(0);
    expect(network.turned.value.size).toBe(0);
  });

  it('tells which channels are seen only while they can still come first', async () => {
    const { network, api, visualizations, tell } = await started();
    const see = vi.spyOn(api.visualizations, 'see').mockResolvedValue(job('a'));
    await visualizations.see(network, 'conv', [2, 3]);
    await visualizations.see(network, 'conv', []);
    tell(job('a', { state: 'done' }));
    await visualizations.see(network, 'conv', [1]);
    expect(see.mock.calls).toEqual([['a', [2, 3]]]);
  });

  it('stops asking for all layers at the first that is refused', async () => {
    const { network, api, visualizations } = page();
    const ask = vi.spyOn(api.visualizations, 'ask');
    ask.mockResolvedValueOnce(job('a')).mockRejectedValueOnce(new ApiError(422, 'No.'));
    await visualizations.askAll(network, ['conv', 'flat', 'fc'], USUAL);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(network.turned.value.size).toBe(0);
  });
});

describe('taking a picture in hand', () => {
  async function finished(): Promise<Page> {
    const all = page();
    vi.spyOn(all.api.visualizations, 'ask').mockResolvedValue(job('a', { state: 'done', done: [1, 2], dead: [2] }));
    await all.visualizations.turn(all.network, 'conv');
    return all;
  }

  it('holds it as an image that knows its channel', async () => {
    const { network, api, visualizations, held } = await finished();
    vi.spyOn(api.visualizations, 'channel').mockResolvedValue(channel(1));
    await visualizations.hold(network, 'conv', 1);
    const visualization = { network: 'n', layer: 'conv', channel: 1 };
    expect(held).toHaveBeenCalledWith({ kind: 'image', image: channel(1).image, visualization });
    expect(visualizations.pictureOf('picture1')).toMatchObject({ ...visualization, facts: { after: 3 } });
    expect(visualizations.pictureOf('coffee')).toBeUndefined();
  });

  it('says that a silent channel has none, and one that forms is not finished', async () => {
    const { state, network, api, visualizations, held } = await finished();
    vi.spyOn(api.visualizations, 'channel').mockResolvedValue(channel(2, { image: null, silence: 'dead' }));
    await visualizations.hold(network, 'conv', 2);
    await visualizations.hold(network, 'conv', 3);
    expect(held).not.toHaveBeenCalled();
    expect(state.notices.value.map(({ text }) => text)).toEqual([
      'Nothing that was tried makes channel 2 respond: it has no picture.',
      'The picture of channel 3 is not finished yet.',
    ]);
  });
});
