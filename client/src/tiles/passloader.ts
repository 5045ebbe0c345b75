/**
 * Loads the maps of one image into the tiles: one stream of base levels, one of detail levels
 * in the order that is asked for. Loading anew ends the streams before.
 */
import type { Scaling } from '../model/state';
import type { PassResult, Statistics } from '../net/types';
import type { Level } from './cells';
import { tileBytes, type FromWorker, type ToWorker } from './messages';
import type { Tiles } from './tiles';

export interface PassLoaderHandlers {
  statistics(layer: string, statistics: Statistics): void;
  /** `arrived` of `total` layers are drawn at their base level. */
  progress(arrived: number, total: number): void;
  /** The pass is complete and all base levels are drawn. */
  result(result: PassResult): void;
  problem(detail: string): void;
}

/** What the loader needs of `Tiles`; it sets the two callbacks. */
export type LoadedTiles = Pick<
  Tiles,
  'plans' | 'begin' | 'receive' | 'onDetailEvicted' | 'onContextRestored'
>;

/** Servers refuse longer lines; what does not fit is asked for when the stream before ended. */
const MAX_QUERY_LENGTH = 16_000;

export class PassLoader {
  private readonly worker = new Worker(new URL('./frames.worker.ts', import.meta.url), {
    type: 'module',
    name: 'frames',
  });
  private readonly total: number;
  private image: string | null = null;
  private scaling: Scaling = 'layer';
  private run = 0;
  private arrived = 0;
  private result: PassResult | null = null;
  private readonly asked = new Set<string>();
  /** Asked for, but there was no room. */
  private readonly refused = new Set<string>();
  private order: readonly string[] = [];
  private isDetailOpen = false;
  private hasFailed = false;

  constructor(
    private readonly network: string,
    private readonly tiles: LoadedTiles,
    private readonly handlers: PassLoaderHandlers,
  ) {
    const { plans } = tiles;
    this.total = plans.length;
    this.worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
      this.receive(event.data);
    });
    this.worker.addEventListener('error', (event) => {
      this.handlers.problem(`The maps cannot be read: ${event.message} Reload the page.`);
    });
    tiles.onDetailEvicted = (layer) => {
      this.askAgain(layer);
    };
    tiles.onContextRestored = () => {
      this.start(this.scaling);
    };
    this.post({ type: 'plans', plans });
  }

  /** Loads an image: two requests, for all base levels and for the detail of these layers. */
  load(image: string, scaling: Scaling, detail: readonly string[]): void {
    this.image = image;
    this.order = detail;
    this.start(scaling);
  }

  /** The same image on another scale; the browser's cache has the bytes. */
  reload(scaling: Scaling): void {
    this.start(scaling);
  }

  /** Asks for the detail of layers that have come near since, unless it was asked for. */
  refine(detail: readonly string[]): void {
    this.order = detail;
    this.askDetail();
  }

  cancel(): void {
    this.image = null;
    this.begin(this.scaling);
  }

  dispose(): void {
    this.worker.terminate();
  }

  private start(scaling: Scaling): void {
    this.begin(scaling);
    if (this.image === null) return;
    this.fetch('base', 'level=base');
    this.askDetail();
  }

  /** Starts a run, which ends the one before. */
  private begin(scaling: Scaling): void {
    this.scaling = scaling;
    this.run += 1;
    this.arrived = 0;
    this.result = null;
    this.asked.clear();
    this.refused.clear();
    this.isDetailOpen = false;
    this.hasFailed = false;
    this.tiles.begin(this.run);
    this.post({ type: 'run', run: this.run, scaling });
  }

  private askDetail(): void {
    if (this.image === null || this.isDetailOpen || this.hasFailed) return;
    let query = 'level=detail';
    // By number: an iterator makes an object for each layer, and most were asked for.
    for (let at = 0; at < this.order.length; at += 1) {
      const layer = this.order[at];
      if (layer === undefined || this.asked.has(layer)) continue;
      const more = `&layers=${encodeURIComponent(layer)}`;
      if (query.length + more.length > MAX_QUERY_LENGTH) break;
      query += more;
      this.asked.add(layer);
    }
    if (query === 'level=detail') return;
    this.isDetailOpen = true;
    this.fetch('detail', query);
  }

  /** A layer lost its detail level, and others that found no room may find some now. */
  private askAgain(layer: string): void {
    this.asked.delete(layer);
    for (const refused of this.refused) this.asked.delete(refused);
    this.refused.clear();
  }

  private fetch(level: Level, query: string): void {
    const { network, image } = this;
    if (image === null) return;
    const path = `api/networks/${encodeURIComponent(network)}/passes/${encodeURIComponent(image)}?${query}`;
    // The worker's own address is that of its file, so it needs a whole URL.
    const url = new URL(path, document.baseURI).href;
    this.post({ type: 'fetch', run: this.run, level, url });
  }

  private receive(message: FromWorker): void {
    if (message.type === 'tile') {
      this.receiveTile(message);
      return;
    }
    if (message.run !== this.run) return;
    switch (message.type) {
      case 'result':
        this.result = message.result;
        this.finish();
        break;
      case 'end':
        if (message.level === 'detail') {
          this.isDetailOpen = false;
          this.askDetail();
        }
        break;
      case 'problem':
        this.hasFailed = true;
        this.handlers.problem(message.detail);
        break;
    }
  }

  private receiveTile({ tile }: Extract<FromWorker, { type: 'tile' }>): void {
    const bytes = tileBytes(tile);
    const isBase = tile.level === 'base';
    if (tile.run === this.run && tile.statistics !== null) {
      this.handlers.statistics(tile.layer, tile.statistics);
    }
    this.tiles.receive(tile, (isResident) => {
      this.post({ type: 'settled', bytes });
      if (tile.run !== this.run) return;
      if (!isResident) this.refused.add(tile.layer);
      if (!isResident || !isBase || this.hasFailed) return;
      this.arrived += 1;
      this.handlers.progress(this.arrived, this.total);
      this.finish();
    });
  }

  /** The result is told last, when every base level is drawn. */
  private finish(): void {
    if (this.result === null || this.arrived < this.total) return;
    const { result } = this;
    this.result = null;
    this.handlers.result(result);
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}
