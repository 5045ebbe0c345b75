/**
 * Brings the pictures of the turned layers: finished ones in sheets, those that form as the
 * previews of their job. It compares what the jobs say with what the panels show, nearest layer
 * first, so that whatever was lost on the way is simply asked for again.
 */
import type { Visualization } from '../net/types';
import { SHOWS, type Shows } from './picturecells';
import type { Pictures, PlacedLayer, ReadyCell } from './pictures';
import type { SheetAnswer, SheetAsked } from './sheets';

/** Pictures that one request may ask for. */
export const MOST_CHANNELS = 256;
/** Texels that one answer should have at most, so that the first pictures come soon. */
const SHEET_TEXELS = 2 ** 20;
/** Requests under way at a time: for finished pictures, and for previews. */
const MOST_SHEETS = 2;
const MOST_PREVIEWS = 1;
/** After a request that failed, its layer waits this long, in ms. */
const PAUSE_MS = 2000;

/** What the loader needs of `Pictures`. */
export type ShownPictures = Pick<Pictures, 'get' | 'place' | 'evict' | 'empty' | 'mark' | 'put'>;

/** What the loader needs of its worker. */
export interface SheetWorker {
  onmessage: ((event: MessageEvent<SheetAnswer>) => void) | null;
  postMessage(asked: SheetAsked): void;
  terminate(): void;
}

interface Flight {
  readonly shown: Shown;
  readonly channels: readonly number[];
  readonly isPreview: boolean;
}

/** What the loader remembers of a layer's place. */
interface Shown {
  readonly placed: PlacedLayer;
  readonly job: string;
  /** The newest preview that was asked for. */
  revision: number;
  /** Channels whose finished picture is on its way. */
  readonly coming: Set<number>;
  retryAt: number;
}

export class PictureLoader {
  private readonly shown = new Map<string, Shown>();
  private readonly flights = new Map<number, Flight>();
  private asked = 0;
  private worker: SheetWorker | null = null;

  /** `makeWorker`: called when there is something to fetch for the first time. */
  constructor(
    private readonly pictures: ShownPictures,
    private readonly makeWorker: () => SheetWorker = startWorker,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Asks for what is missing.
   *
   * @param layers that are turned, nearest first
   * @param jobs by layer
   * @param first channels of a layer that are in view
   */
  update(
    layers: readonly string[],
    jobs: ReadonlyMap<string, Visualization>,
    first: (layer: string) => ReadonlySet<number>,
  ): void {
    for (const layer of this.shown.keys()) if (!layers.includes(layer)) this.shown.delete(layer);
    layers.forEach((layer, rank) => {
      const placed = this.placeOf(layer, layers.slice(rank + 1));
      const job = jobs.get(layer);
      if (placed === null) return;
      if (job === undefined) this.forget(layer, placed);
      else this.bring(job, this.shownOf(layer, placed, job), first(layer));
    });
  }

  /** Whether no layer shows pictures as far as it knows. */
  get isIdle(): boolean {
    return this.shown.size === 0;
  }

  dispose(): void {
    this.worker?.terminate();
  }

  /** The layer's place; one that is farther away than it gives way where there is no room. */
  private placeOf(layer: string, farther: readonly string[]): PlacedLayer | null {
    const candidates = farther.filter((other) => this.pictures.get(other) !== undefined);
    for (;;) {
      const placed = this.pictures.place(layer);
      const candidate = placed === null ? candidates.pop() : undefined;
      if (candidate === undefined) return placed;
      this.pictures.evict(candidate);
    }
  }

  private shownOf(layer: string, placed: PlacedLayer, { id }: Visualization): Shown {
    const known = this.shown.get(layer);
    if (known?.placed === placed && known.job === id) return known;
    if (known?.placed === placed) this.pictures.empty(placed);
    const made: Shown = { placed, job: id, revision: 0, coming: new Set(), retryAt: 0 };
    this.shown.set(layer, made);
    return made;
  }

  /** Its pictures were deleted. */
  private forget(layer: string, placed: PlacedLayer): void {
    if (this.shown.delete(layer)) this.pictures.empty(placed);
  }

  private bring(job: Visualization, shown: Shown, first: ReadonlySet<number>): void {
    const { placed } = shown;
    const done = new Set(job.done);
    const dead = job.dead.filter((channel) => placed.shows.get(channel) !== 'dead');
    if (dead.length > 0) this.pictures.mark(placed, dead, 'dead');
    this.dropUnfinished(job, done, placed);
    if (this.now() < shown.retryAt) return;
    this.bringFinished(job, shown, first);
    this.bringPreview(job, shown);
  }

  /** Pictures that are made anew stay until others come; those that were given up are emptied. */
  private dropUnfinished(job: Visualization, done: ReadonlySet<number>, placed: PlacedLayer): void {
    const forming = new Set(job.forming);
    const givenUp: number[] = [];
    for (const [channel, shows] of placed.shows) {
      if (done.has(channel)) continue;
      if (isFinished(shows)) placed.shows.delete(channel);
      else if (shows === 'forming' && !forming.has(channel)) givenUp.push(channel);
    }
    if (givenUp.length > 0) this.pictures.mark(placed, givenUp, 'waiting');
  }

  private bringFinished(job: Visualization, shown: Shown, first: ReadonlySet<number>): void {
    const { placed, coming } = shown;
    if (this.underWay(false) >= MOST_SHEETS) return;
    const dead = new Set(job.dead);
    const missing = job.done.filter(
      (channel) => !dead.has(channel) && !coming.has(channel) && !isFinished(placed.shows.get(channel)),
    );
    if (missing.length === 0) return;
    const ordered = [...missing.filter((one) => first.has(one)), ...missing.filter((one) => !first.has(one))];
    const { cellWidth, cellHeight, side } = placed.plan;
    const most = Math.min(MOST_CHANNELS, Math.max(1, Math.floor(SHEET_TEXELS / (cellWidth * cellHeight))));
    const channels = ordered.slice(0, most);
    const before = new Set(job.before_activation);
    for (const channel of channels) coming.add(channel);
    const query = channels.map((channel) => `channel=${channel}`).join('&');
    this.ask({ shown, channels, isPreview: false }, `${addressOf(job)}/pictures?cell=${side}&${query}`, (channel) =>
      before.has(channel) ? 'before' : 'picture',
    );
  }

  private bringPreview(job: Visualization, shown: Shown): void {
    const { revision, forming } = job;
    if (revision === 0 || revision === shown.revision || forming.length === 0) return;
    if (this.underWay(true) >= MOST_PREVIEWS) return;
    shown.revision = revision;
    const address = `${addressOf(job)}/previews/${revision}?cell=${shown.placed.plan.side}`;
    this.ask({ shown, channels: forming, isPreview: true }, address, () => 'forming');
  }

  private underWay(isPreview: boolean): number {
    return [...this.flights.values()].filter((flight) => flight.isPreview === isPreview).length;
  }

  private ask(flight: Flight, address: string, showsOf: (channel: number) => Shows): void {
    this.asked += 1;
    this.flights.set(this.asked, flight);
    const { cellWidth: width, cellHeight: height } = flight.shown.placed.plan;
    const alphas = flight.channels.map((channel) => SHOWS[showsOf(channel)]);
    // The worker's own address is that of its file, so it needs a whole URL.
    const url = new URL(address, document.baseURI).href;
    if (this.worker === null) {
      this.worker = this.makeWorker();
      this.worker.onmessage = ({ data }) => {
        this.receive(data);
      };
    }
    this.worker.postMessage({ id: this.asked, url, alphas, width, height });
  }

  private receive(answer: SheetAnswer): void {
    const flight = this.flights.get(answer.id);
    this.flights.delete(answer.id);
    if (flight === undefined) return;
    const { shown, channels, isPreview } = flight;
    // Its panel was turned back meanwhile, or shows another job.
    if (this.shown.get(shown.placed.layer) !== shown) return;
    const cells = 'problem' in answer ? [] : readyCells(answer.cells, channels);
    if (isPreview) this.putPreview(shown, cells);
    else this.putFinished(shown, channels, cells);
  }

  /** A preview that could not be had is followed by the next one. */
  private putPreview({ placed, coming }: Shown, cells: readonly ReadyCell[]): void {
    const unfinished = cells.filter(
      ({ channel }) => !coming.has(channel) && !isFinished(placed.shows.get(channel)),
    );
    this.pictures.put(placed, unfinished, () => undefined);
  }

  private putFinished(shown: Shown, channels: readonly number[], cells: readonly ReadyCell[]): void {
    if (cells.length < channels.length) shown.retryAt = this.now() + PAUSE_MS;
    this.pictures.put(shown.placed, cells, () => {
      for (const channel of channels) shown.coming.delete(channel);
    });
  }
}

function readyCells(
  cells: readonly (Uint8Array<ArrayBuffer> | null)[],
  channels: readonly number[],
): ReadyCell[] {
  return cells.flatMap((texels, index): ReadyCell[] => {
    const channel = channels[index];
    return texels === null || channel === undefined ? [] : [{ channel, texels }];
  });
}

function isFinished(shows: Shows | undefined): boolean {
  return shows === 'picture' || shows === 'before' || shows === 'dead';
}

function addressOf({ id }: Visualization): string {
  return `api/visualizations/${encodeURIComponent(id)}`;
}

function startWorker(): SheetWorker {
  return new Worker(new URL('./pictures.worker.ts', import.meta.url), { type: 'module', name: 'pictures' });
}
