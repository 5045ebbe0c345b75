import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Visualization } from '../../src/net/types';
import { PictureLoader, type SheetWorker, type ShownPictures } from '../../src/tiles/pictureloader';
import { planPictures, SHOWS, showsOf, type Shows } from '../../src/tiles/picturecells';
import type { PlacedLayer, ReadyCell } from '../../src/tiles/pictures';
import type { SheetAnswer, SheetAsked } from '../../src/tiles/sheets';
import { jobOf } from './pictures';

const CHANNELS = 600;

/** Pictures without a GPU: what is put is shown at once; room for `room` layers. */
class Panels implements ShownPictures {
  readonly placed = new Map<string, PlacedLayer>();
  readonly emptied: string[] = [];

  constructor(private readonly room = 2) {}

  get(layer: string): PlacedLayer | undefined {
    return this.placed.get(layer);
  }

  place(layer: string): PlacedLayer | null {
    const known = this.placed.get(layer);
    if (known !== undefined || this.placed.size >= this.room) return known ?? null;
    const shape = { channels: CHANNELS, width: 7, height: 7 };
    const plan = planPictures(shape, { columns: 30, rows: 20 }, { width: 224, height: 224 }, Infinity);
    const made: PlacedLayer = { layer, plan, places: [], shows: new Map(), run: 0 };
    this.placed.set(layer, made);
    return made;
  }

  evict(layer: string): void {
    this.placed.delete(layer);
  }

  empty(placed: PlacedLayer): void {
    this.emptied.push(placed.layer);
    placed.shows.clear();
  }

  mark(placed: PlacedLayer, channels: readonly number[], as: 'waiting' | 'dead'): void {
    for (const channel of channels) placed.shows.set(channel, as);
  }

  put(placed: PlacedLayer, cells: readonly ReadyCell[], settled: () => void): void {
    for (const { channel, texels } of cells) placed.shows.set(channel, showsOf(texels[3] ?? 0) ?? 'waiting');
    settled();
  }
}

/** A worker that answers when it is told to. */
class Worker implements SheetWorker {
  onmessage: ((event: MessageEvent<SheetAnswer>) => void) | null = null;
  readonly asked: SheetAsked[] = [];

  postMessage(asked: SheetAsked): void {
    this.asked.push(asked);
  }

  terminate(): void {
    this.asked.length = 0;
  }

  get urls(): URL[] {
    return this.asked.map(({ url }) => new URL(url));
  }

  /** Answers the oldest request, with no picture where `isMissing` says so. */
  answer(isMissing: (index: number) => boolean = () => false): void {
    const asked = this.asked.shift();
    if (asked === undefined) throw new Error('Nothing was asked for.');
    const cells = asked.alphas.map((alpha, index) => (isMissing(index) ? null : Uint8Array.of(1, 2, 3, alpha)));
    this.send({ id: asked.id, cells });
  }

  fail(): void {
    const asked = this.asked.shift();
    if (asked !== undefined) this.send({ id: asked.id, problem: 'It is gone.' });
  }

  private send(data: SheetAnswer): void {
    this.onmessage?.({ data } as MessageEvent<SheetAnswer>);
  }
}

const before = globalThis.document;
beforeAll(() => {
  globalThis.document = { baseURI: 'http://walk/' } as Document;
});
afterAll(() => {
  globalThis.document = before;
});

let time = 0;
let worker = new Worker();
let panels = new Panels();
let loader = new PictureLoader(panels, () => worker, () => time);
beforeEach(() => {
  start(2);
});

function start(room: number): void {
  time = 0;
  worker = new Worker();
  panels = new Panels(room);
  loader = new PictureLoader(panels, () => worker, () => time);
}

function update(jobs: readonly Visualization[], first: readonly number[] = [], layers = jobs.map(({ layer }) => layer)): void {
  loader.update(layers, new Map(jobs.map((job) => [job.layer, job])), () => new Set(first));
}

function shows(layer = 'a'): Record<Shows, number[]> {
  const found: Record<Shows, number[]> = { waiting: [], dead: [], forming: [], before: [], picture: [] };
  for (const [channel, what] of panels.get(layer)?.shows ?? []) found[what].push(channel);
  return found;
}

function channelsOf(url: URL | undefined): number[] {
  return url?.searchParams.getAll('channel').map(Number) ?? [];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('the loader of pictures', () => {
  it('asks for the finished pictures once, those in view first, at most 256 at a time', () => {
    const job = jobOf({ channels: CHANNELS, done: range(0, CHANNELS), state: 'done' });
    update([job], [300, 310]);
    update([job], [300, 310]);
    expect(worker.urls.map(({ pathname }) => pathname)).toEqual(Array(2).fill('/api/visualizations/job/pictures'));
    expect(channelsOf(worker.urls[0])).toEqual([300, 310, ...range(0, 254)]);
    expect(channelsOf(worker.urls[1]).length).toBe(256);
    while (worker.asked.length > 0) {
      worker.answer();
      update([job]);
    }
    expect(shows().picture.sort((a, b) => a - b)).toEqual(range(0, CHANNELS));
    update([job]);
    expect(worker.asked).toEqual([]);
  });

  it('asks for the size of its cells, and says what each cell shows', () => {
    const job = jobOf({ done: [0, 1, 2], dead: [2], before_activation: [1] });
    update([job]);
    expect(worker.urls[0]?.searchParams.get('cell')).toBe(String(panels.get('a')?.plan.side));
    expect(worker.asked[0]?.alphas).toEqual([SHOWS.picture, SHOWS.before]);
    expect(shows().dead).toEqual([2]);
    worker.answer();
    expect(shows()).toEqual({ waiting: [], dead: [2], forming: [], before: [1], picture: [0] });
  });

  it('shows each newer preview, never over a finished picture', () => {
    update([jobOf({ forming: [4, 5], revision: 1 })]);
    worker.answer();
    expect(shows().forming).toEqual([4, 5]);
    update([jobOf({ forming: [4, 5], revision: 1 })]);
    expect(worker.asked).toEqual([]);

    update([jobOf({ forming: [4, 5], revision: 2 })]);
    expect(worker.urls[0]?.pathname).toBe('/api/visualizations/job/previews/2');
    update([jobOf({ done: [4, 5], revision: 2 })]);
    const preview = worker.asked.shift();
    worker.answer();
    expect(shows().picture).toEqual([4, 5]);
    if (preview !== undefined) worker.asked.push(preview);
    worker.answer();
    expect(shows()).toMatchObject({ forming: [], picture: [4, 5] });
  });

  it('empties what was given up, and keeps what is made anew until there is another', () => {
    update([jobOf({ done: [0], forming: [4], revision: 1 })]);
    worker.answer();
    worker.answer();
    update([jobOf({ done: [0], state: 'cancelled' })]);
    expect(shows()).toMatchObject({ waiting: [4], picture: [0] });

    update([jobOf({ waiting: 1 })]);
    expect(panels.emptied).toEqual([]);
    update([jobOf({ done: [0] })]);
    expect(channelsOf(worker.urls[0])).toEqual([0]);
  });

  it('empties a panel for another job, and when its pictures were deleted', () => {
    update([jobOf({ done: [0] })]);
    update([jobOf({ id: 'other', done: [1] })]);
    expect(panels.emptied).toEqual(['a']);
    worker.answer();
    expect(shows().picture).toEqual([]);
    worker.answer();
    expect(shows().picture).toEqual([1]);
    update([], [], ['a']);
    expect(panels.emptied).toEqual(['a', 'a']);
  });

  it('waits after a failure and after a picture that was not there, then asks again', () => {
    const job = jobOf({ done: [0, 1] });
    update([job]);
    worker.fail();
    update([job]);
    expect(worker.asked).toEqual([]);
    time += 3000;
    update([job]);
    worker.answer((index) => index === 1);
    update([job]);
    expect(shows().picture).toEqual([0]);
    expect(worker.asked).toEqual([]);
    time += 3000;
    update([job]);
    expect(channelsOf(worker.urls[0])).toEqual([1]);
  });

  it('gives the room to the nearest layers', () => {
    start(1);
    const [near, far] = [jobOf({ id: 'near', layer: 'near', done: [0] }), jobOf({ id: 'far', layer: 'far', done: [0] })];
    update([far]);
    worker.answer();
    expect(panels.get('far')?.shows.size).toBe(1);
    update([near, far]);
    expect([...panels.placed.keys()]).toEqual(['near']);
    worker.answer();
    expect(shows('near').picture).toEqual([0]);
    update([far, near]);
    expect([...panels.placed.keys()]).toEqual(['far']);
    worker.answer();
    expect(shows('far').picture).toEqual([0]);
  });
});
