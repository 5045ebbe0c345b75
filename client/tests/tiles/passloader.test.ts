import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { PassResult, Statistics } from '../../src/net/types';
import { planLayer, type Level } from '../../src/tiles/cells';
import type { FromWorker, ToWorker } from '../../src/tiles/messages';
import { PassLoader, type LoadedTiles } from '../../src/tiles/passloader';

/** A worker that does nothing but note what it is told. */
class NotingWorker {
  static last: NotingWorker;
  readonly told: ToWorker[] = [];
  private readonly listeners = new Map<string, (event: unknown) => void>();

  constructor() {
    NotingWorker.last = this;
  }

  addEventListener(type: string, listener: (event: unknown) => void): void {
    this.listeners.set(type, listener);
  }

  postMessage(message: ToWorker): void {
    this.told.push(message);
  }

  say(message: FromWorker): void {
    this.listeners.get('message')?.({ data: message });
  }
}

const RESULT: PassResult = { type: 'result', predictions: [], seconds: 1, places: null };
const STATISTICS = { mean: 1 } as Statistics;

/** Tiles of two layers that settle what they receive when the test says so. */
function tilesOf(): LoadedTiles & { runs: number[]; waiting: ((isResident: boolean) => void)[] } {
  const shape = { channels: 4, height: 28, width: 28 };
  return {
    plans: ['a', 'b'].map((layer) => planLayer(layer, shape, 2, 2, 16)),
    runs: [],
    waiting: [],
    begin(run) {
      this.runs.push(run);
    },
    receive(_, settled) {
      this.waiting.push(settled);
    },
    onDetailEvicted: () => undefined,
    onContextRestored: () => undefined,
  };
}

function made(): {
  tiles: ReturnType<typeof tilesOf>;
  loader: PassLoader;
  worker: NotingWorker;
  heard: unknown[];
} {
  const tiles = tilesOf();
  const heard: unknown[] = [];
  const loader = new PassLoader('net', tiles, {
    statistics: (layer) => heard.push(['statistics', layer]),
    progress: (arrived, total) => heard.push(['progress', arrived, total]),
    result: () => heard.push(['result']),
    problem: (detail) => heard.push(['problem', detail]),
  });
  return { tiles, loader, worker: NotingWorker.last, heard };
}

function tile(run: number, layer: string, level: Level): FromWorker {
  const statistics = level === 'base' ? STATISTICS : null;
  return {
    type: 'tile',
    tile: { run, layer, level, pieces: [new Uint8Array(7), new Uint8Array(3)], statistics },
  };
}

function urls(worker: NotingWorker): string[] {
  return worker.told.flatMap((message) => (message.type === 'fetch' ? [message.url] : []));
}

describe('the loader of passes', () => {
  beforeEach(() => {
    vi.stubGlobal('Worker', NotingWorker);
    vi.stubGlobal('document', { baseURI: 'http://host/walk/' });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('asks twice for an image: all base levels, and the detail in the given order', () => {
    const { loader, worker, tiles } = made();
    loader.load('im/age', 'layer', ['b', 'a:b&c']);
    expect(urls(worker)).toEqual([
      'http://host/walk/api/networks/net/passes/im%2Fage?level=base',
      'http://host/walk/api/networks/net/passes/im%2Fage?level=detail&layers=b&layers=a%3Ab%26c',
    ]);
    expect(tiles.runs).toEqual([1]);
    expect(worker.told[1]).toEqual({ type: 'run', run: 1, scaling: 'layer' });
  });

  it('tells the result last, when every base level is drawn', () => {
    const { loader, worker, tiles, heard } = made();
    loader.load('image', 'layer', []);
    worker.say(tile(1, 'a', 'base'));
    worker.say(tile(1, 'b', 'base'));
    worker.say({ type: 'result', run: 1, result: RESULT });
    expect(heard).toEqual([
      ['statistics', 'a'],
      ['statistics', 'b'],
    ]);
    for (const settle of tiles.waiting) settle(true);
    expect(heard.slice(2)).toEqual([['progress', 1, 2], ['progress', 2, 2], ['result']]);
    const settled = worker.told.filter(({ type }) => type === 'settled');
    expect(settled).toEqual([
      { type: 'settled', bytes: 10 },
      { type: 'settled', bytes: 10 },
    ]);
  });

  it('keeps silent about an image that was replaced, but settles its bytes', () => {
    const { loader, worker, tiles, heard } = made();
    loader.load('first', 'layer', []);
    loader.load('second', 'layer', []);
    worker.say(tile(1, 'a', 'base'));
    worker.say({ type: 'result', run: 1, result: RESULT });
    worker.say({ type: 'problem', run: 1, detail: 'late' });
    tiles.waiting[0]?.(false);
    expect(heard).toEqual([]);
    expect(worker.told.at(-1)).toEqual({ type: 'settled', bytes: 10 });
    worker.say({ type: 'problem', run: 2, detail: 'now' });
    expect(heard).toEqual([['problem', 'now']]);
  });

  it('says nothing after a problem until the next image', () => {
    const { loader, worker, tiles, heard } = made();
    loader.load('image', 'layer', []);
    worker.say(tile(1, 'a', 'base'));
    worker.say({ type: 'problem', run: 1, detail: 'gone' });
    tiles.waiting[0]?.(true);
    loader.refine(['a']);
    expect(heard).toEqual([
      ['statistics', 'a'],
      ['problem', 'gone'],
    ]);
    expect(urls(worker).length).toBe(1);
    loader.load('image', 'layer', ['a']);
    expect(urls(worker).length).toBe(3);
  });

  it('loads the same image again on another scale and after a lost context, not after cancel', () => {
    const { loader, worker, tiles } = made();
    loader.load('image', 'layer', ['a']);
    loader.reload('channel');
    tiles.onContextRestored();
    expect(urls(worker).length).toBe(6);
    expect(new Set(urls(worker)).size).toBe(2);
    expect(worker.told.filter(({ type }) => type === 'run')).toEqual([
      { type: 'run', run: 1, scaling: 'layer' },
      { type: 'run', run: 2, scaling: 'channel' },
      { type: 'run', run: 3, scaling: 'channel' },
    ]);
    loader.cancel();
    loader.reload('layer');
    loader.refine(['a']);
    expect(urls(worker).length).toBe(6);
  });

  it('asks for more detail only when the stream before ended, and for nothing twice', () => {
    const { loader, worker } = made();
    loader.load('image', 'layer', ['a']);
    loader.refine(['a', 'b']);
    expect(urls(worker).length).toBe(2);
    worker.say({ type: 'end', run: 1, level: 'detail' });
    expect(urls(worker).slice(2)).toEqual([
      'http://host/walk/api/networks/net/passes/image?level=detail&layers=b',
    ]);
    worker.say({ type: 'end', run: 1, level: 'detail' });
    loader.refine(['b', 'a']);
    expect(urls(worker).length).toBe(3);
  });

  it('asks again for what was evicted, and then for what had found no room', () => {
    const { loader, worker, tiles } = made();
    loader.load('image', 'layer', ['a', 'b']);
    worker.say(tile(1, 'b', 'detail'));
    tiles.waiting[0]?.(false);
    worker.say({ type: 'end', run: 1, level: 'detail' });
    loader.refine(['a', 'b']);
    expect(urls(worker).length).toBe(2);
    tiles.onDetailEvicted('a');
    loader.refine(['b', 'a']);
    expect(urls(worker).at(-1)).toContain('layers=b&layers=a');
  });

  it('cuts an order that is too long for one address', () => {
    const { loader, worker } = made();
    const order = Array.from({ length: 2000 }, (_, index) => `features.${index}.conv`);
    loader.load('image', 'layer', order);
    for (let rest = 0; rest < 10; rest += 1) worker.say({ type: 'end', run: 1, level: 'detail' });
    const asked = urls(worker).slice(1);
    expect(Math.max(...asked.map((url) => url.length))).toBeLessThan(16_200);
    expect(asked.flatMap((url) => new URL(url).searchParams.getAll('layers'))).toEqual(order);
  });
});
