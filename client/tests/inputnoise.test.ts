import { describe, expect, it, vi } from 'vitest';

import { Actions } from '../src/model/actions';
import { cleanOf, imageText, sigmaOf } from '../src/model/inputnoise';
import type { Loader } from '../src/model/insertion';
import { NetworkState } from '../src/model/networkstate';
import { State } from '../src/model/state';
import { Api, ApiError } from '../src/net/api';
import type { ImageInfo, NetworkSummary, PassResult } from '../src/net/types';

function image(id: string): ImageInfo {
  return { id, width: 8, height: 8, channels: 3, origin: 'dataset', name: `${id}.png`, label: null };
}

/** A page with networks whose passes end when the test says so, and a server that makes noise. */
class Page {
  readonly state = new State();
  readonly api = new Api();
  readonly actions = new Actions(this.state, this.api);
  readonly networks: readonly NetworkState[];
  /** What each network was asked to show, in order. */
  readonly loaded = new Map<string, string[]>();
  readonly noisy = vi.spyOn(this.api, 'noisy').mockImplementation((of, sigma) =>
    Promise.resolve(image(`${of}~${sigma}`)),
  );

  constructor(names: readonly string[] = ['n', 'm']) {
    this.networks = names.map((id) => new NetworkState({ id, name: id } as NetworkSummary));
    this.state.networks.value = this.networks;
    this.state.current.value = this.networks[0] ?? null;
    for (const network of this.networks) {
      const asked: string[] = [];
      this.loaded.set(network.id, asked);
      const load: Loader['load'] = (id) => { asked.push(id); };
      this.actions.useLoader(network, { load, reload: vi.fn(), cancel: vi.fn() });
    }
  }

  insert(id: string, networks = this.networks): void {
    for (const network of networks) {
      this.actions.hold({ kind: 'image', image: image(id) });
      this.actions.insertHeld(network);
    }
    this.end();
  }

  /** All passes end, and say of what they were. */
  end(): void {
    for (const network of this.networks) {
      const id = network.inserted.peek()?.id;
      if (network.progress.peek().stage !== 'running') continue;
      this.actions.handlers(network).result({ image: id, predictions: [] } as unknown as PassResult);
    }
  }

  /** Until nothing is on its way any more. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) {
      await Promise.resolve();
      this.end();
    }
  }

  async slide(...sigmas: number[]): Promise<void> {
    for (const sigma of sigmas) {
      this.actions.inputNoise.slide(sigma);
      await this.settle();
    }
    this.actions.inputNoise.release();
  }

  get inside(): (string | undefined)[] {
    return this.networks.map((network) => network.inserted.peek()?.id);
  }
}

/** Lets what is promised happen, but no pass end. */
async function wait(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

describe('noise on the input', () => {
  it('goes onto the image of every network, with one request for each image', async () => {
    const page = new Page(['n', 'm', 'k']);
    page.insert('a', page.networks.slice(0, 2));
    page.insert('b', page.networks.slice(2));
    await page.slide(0.2);
    expect(page.inside).toEqual(['a~0.2', 'a~0.2', 'b~0.2']);
    expect(page.noisy.mock.calls).toEqual([['a', 0.2], ['b', 0.2]]);
    await page.slide(0.3);
    expect(page.inside).toEqual(['a~0.3', 'a~0.3', 'b~0.3']);
    expect(page.actions.inputNoise.sigma.value).toBe(0.3);
  });

  it('is one pass at a time, and the next one is of where the slider is by then', async () => {
    const page = new Page();
    page.insert('a');
    for (const sigma of [0.01, 0.02, 0.03, 0.04]) page.actions.inputNoise.slide(sigma);
    await wait();
    expect(page.loaded.get('n')).toEqual(['a', 'a~0.01']);
    for (const sigma of [0.05, 0.06, 0.07]) page.actions.inputNoise.slide(sigma);
    await wait();
    expect(page.loaded.get('n')).toEqual(['a', 'a~0.01']);
    expect(page.actions.inputNoise.sigma.value).toBe(0.07);
    // One network is still busy.
    page.actions.handlers(page.networks[0] as NetworkState).result({ predictions: [] } as unknown as PassResult);
    await wait();
    expect(page.loaded.get('n')).toEqual(['a', 'a~0.01']);
    await page.settle();
    expect(page.loaded.get('n')).toEqual(['a', 'a~0.01', 'a~0.07']);
    expect(page.noisy).toHaveBeenCalledTimes(2);
    expect(page.inside).toEqual(['a~0.07', 'a~0.07']);
  });

  it('is taken back by the gesture, and done again', async () => {
    const page = new Page();
    page.insert('a');
    await page.slide(0.1, 0.2, 0.3);
    await page.slide(0.4, 0.5);
    page.actions.undo();
    await page.settle();
    expect(page.inside).toEqual(['a~0.3', 'a~0.3']);
    expect(page.actions.inputNoise.sigma.value).toBe(0.3);
    page.actions.undo();
    await page.settle();
    expect(page.inside).toEqual(['a', 'a']);
    expect(page.actions.inputNoise.sigma.value).toBe(0);
    expect(page.actions.history.undoable.value).toBe(false);
    expect(page.networks.map((network) => network.undoable.value)).toEqual([false, false]);
    page.actions.redo();
    await page.settle();
    page.actions.redo();
    await page.settle();
    expect(page.inside).toEqual(['a~0.5', 'a~0.5']);
  });

  it('leaves the very image, and nothing to take back, where a gesture ends without any', async () => {
    const page = new Page();
    page.insert('a');
    const [before] = page.networks.map((network) => network.inserted.peek());
    await page.slide(0.1, 0.2, 0);
    expect(page.inside).toEqual(['a', 'a']);
    expect(page.networks[0]?.inserted.peek()).toBe(before);
    expect(page.actions.history.undoable.value).toBe(false);
    expect(page.networks.map((network) => network.undoable.value)).toEqual([false, false]);
    expect(page.noisy).toHaveBeenCalledTimes(2);
  });

  it('keeps what a network said until it says the next, but not of another image', async () => {
    const page = new Page(['n']);
    page.insert('a');
    const [network] = page.networks;
    page.actions.inputNoise.slide(0.1);
    await wait();
    expect(network?.progress.value.stage).toBe('running');
    expect(network?.result.value).toMatchObject({ image: 'a' });
    await page.settle();
    expect(network?.result.value).toMatchObject({ image: 'a~0.1' });
    page.actions.hold({ kind: 'image', image: image('b') });
    page.actions.insertHeld();
    expect(network?.result.value).toBeNull();
    expect(page.actions.inputNoise.sigma.value).toBe(0);
  });

  it('does not come back over an image that was put in meanwhile', async () => {
    const page = new Page();
    page.insert('a');
    const answers: ((made: ImageInfo) => void)[] = [];
    page.noisy.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    page.actions.inputNoise.slide(0.1);
    page.insert('b', page.networks.slice(0, 1));
    answers[0]?.(image('a~0.1'));
    await page.settle();
    expect(page.inside).toEqual(['b', 'a~0.1']);
  });

  it('says why there is none, and goes back to what is in', async () => {
    const page = new Page();
    page.insert('a');
    page.noisy.mockRejectedValue(new ApiError(404, 'There is no image.'));
    await page.slide(0.1);
    expect(page.state.notices.value).toMatchObject([{ tone: 'error', text: 'There is no image.' }]);
    expect(page.actions.inputNoise.sigma.value).toBe(0);
    expect(page.inside).toEqual(['a', 'a']);
  });

  it('is brought to a server that has forgotten it, after the image that it is on', async () => {
    const page = new Page(['n']);
    const file = image('a');
    const upload = vi.spyOn(page.api, 'upload').mockResolvedValue(file);
    await page.actions.uploadAndInsert(new File([], 'a.png'));
    page.end();
    await page.slide(0.1, 0.2);
    vi.spyOn(page.api, 'hasImage').mockResolvedValue(false);
    page.noisy.mockClear();
    await page.actions.images.ensure('a~0.2');
    expect(upload).toHaveBeenCalledTimes(2);
    expect(page.noisy.mock.calls).toEqual([['a', 0.2]]);
    // What the slider only passed by is not remembered.
    await page.actions.images.ensure('a~0.1');
    expect(page.noisy).toHaveBeenCalledTimes(1);
  });

  it('is told of with the image', async () => {
    const page = new Page(['n']);
    page.insert('a');
    await page.slide(0.05);
    const noisy = page.networks[0]?.inserted.peek() as ImageInfo;
    expect(imageText(noisy)).toBe('a.png · noise 0.05');
    expect([sigmaOf(noisy), cleanOf(noisy).id]).toEqual([0.05, 'a']);
    expect(imageText({ ...image('a'), label: 'cup' })).toBe('cup');
  });
});

describe('one image for all networks', () => {
  it('goes into all, by hand and as a file, and is taken back from all', async () => {
    const page = new Page();
    page.insert('a');
    page.state.together.value = true;
    page.actions.hold({ kind: 'image', image: image('b') });
    page.actions.insertHeld(page.networks[1]);
    expect(page.inside).toEqual(['b', 'b']);
    const upload = vi.spyOn(page.api, 'upload').mockResolvedValue(image('c'));
    await page.actions.uploadAndInsert(new File([], 'c.png'));
    expect(upload).toHaveBeenCalledOnce();
    expect(page.inside).toEqual(['c', 'c']);
    page.actions.undoImage(page.networks[0]);
    await page.settle();
    expect(page.inside).toEqual(['b', 'b']);
    page.actions.undo();
    await page.settle();
    expect(page.inside).toEqual(['a', 'a']);
  });
});
