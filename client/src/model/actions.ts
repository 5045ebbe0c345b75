/**
 * Everything a visitor can do. The scene, the overlays and the keyboard call the same
 * functions; they write the state and ask the server.
 */
import { batch } from '@preact/signals-core';

import { ApiError, ConnectionError, type Api } from '../net/api';
import type { Draw, ImageInfo, NetworkSummary, ResultHeader, Statistics } from '../net/types';
import { Sources } from './sources';
import type { Destination, Held, MapRef, Notice, Scaling, State } from './state';

/** Images on one page of the dataset panel. */
export const DRAW_COUNT = 8;

const KEPT_INSERTIONS = 32;

/** Brings the maps of an image into the hall; the scene registers one that knows the camera. */
export interface Loader {
  load(network: string, image: string, scaling: Scaling): void;
  /** The same image on another scale. */
  reload(scaling: Scaling): void;
  cancel(): void;
}

/** What a loader tells while an image's pass arrives. */
export interface PassHandlers {
  statistics(layer: string, statistics: Statistics): void;
  progress(arrived: number, total: number): void;
  result(result: ResultHeader): void;
  problem(detail: string): void;
}

export class Actions {
  /** Told when a request found the server gone or refusing; the connection looks after it. */
  onTrouble: () => void = () => undefined;

  readonly handlers: PassHandlers = {
    statistics: (layer, statistics) => {
      this.state.statistics.value = new Map(this.state.statistics.peek()).set(layer, statistics);
    },
    progress: (arrived, total) => {
      this.state.progress.value = { stage: 'running', arrived, total, problem: null };
    },
    result: (result) => {
      const { total } = this.state.progress.peek();
      batch(() => {
        this.state.predictions.value = result.predictions;
        this.state.progress.value = { stage: 'done', arrived: total, total, problem: null };
      });
    },
    problem: (detail) => {
      this.state.progress.value = {
        ...this.state.progress.peek(),
        stage: 'failed',
        problem: detail,
      };
      this.notify('error', detail);
      this.onTrouble();
    },
  };

  private loader: Loader | null = null;
  private readonly earlier: ImageInfo[] = [];
  private readonly sources = new Sources();
  private notices = 0;
  /** Counts what was asked to be inserted: the last one wins, whichever arrives last. */
  private insertions = 0;

  constructor(
    private readonly state: State,
    readonly api: Api,
  ) {}

  /** Loads the walk and its hall, inserts the first image and fills the dataset panel. */
  async arrive(wantedNetwork: string | null): Promise<void> {
    try {
      const walk = await this.api.walk();
      const network = chosenNetwork(walk.networks, wantedNetwork);
      this.state.arrival.value = { stage: 'loading', text: `Laying out ${network.name}` };
      const hall = await this.api.hall(network.id);
      batch(() => {
        this.state.walk.value = walk;
        this.state.network.value = network;
        this.state.dataset.value = walk.datasets[0] ?? null;
        this.state.hall.value = hall;
        this.state.arrival.value = { stage: 'ready', text: '' };
      });
      if (walk.first_image !== null) this.insert(walk.first_image);
      await Promise.all([this.loadWeights(network.id), this.show(randomSeed(), 0)]);
    } catch (error) {
      this.state.arrival.value = { stage: 'failed', text: messageOf(error) };
      this.trouble(error);
    }
  }

  /** The scene gives its loader; an image that was inserted before that is loaded now. */
  useLoader(loader: Loader): void {
    this.loader = loader;
    const inserted = this.state.inserted.peek();
    if (inserted !== null) this.load(inserted);
  }

  insert(image: ImageInfo): void {
    const before = this.state.inserted.peek();
    if (before !== null && before.id !== image.id) {
      this.earlier.push(before);
      if (this.earlier.length > KEPT_INSERTIONS) this.earlier.shift();
    }
    this.put(image);
  }

  /** Inserts the image that the tool holds; a feature map goes in only as its image. */
  insertHeld(): void {
    const held = this.state.held.peek();
    if (held === null) {
      this.notify('info', 'Pick an image first, then click the frame to insert it.');
    } else if (held.kind === 'map') {
      this.notify('info', 'A feature map cannot be inserted; pick an image from the dataset panel.');
    } else {
      this.state.held.value = null;
      this.insert(held.image);
    }
  }

  /** Takes the inserted image out again and puts the one before in its place. */
  undo(): void {
    const before = this.earlier.pop();
    if (before !== undefined) this.put(before);
  }

  /** Starts the pass of the inserted image anew, after a failure. */
  again(): void {
    const inserted = this.state.inserted.peek();
    if (inserted !== null) this.load(inserted);
  }

  /** Stops the running pass; what has not arrived still shows the image before. */
  stop(): void {
    if (this.state.progress.peek().stage !== 'running') return;
    this.loader?.cancel();
    const problem = 'Stopped before all layers had arrived.';
    this.state.progress.value = { ...this.state.progress.peek(), stage: 'failed', problem };
  }

  hold(held: Held): void {
    this.state.held.value = held;
  }

  /** Picks a feature map of the image that is inserted now. */
  holdMap(map: MapRef): void {
    const image = this.state.inserted.peek();
    if (image !== null) this.hold({ kind: 'map', map, image });
  }

  letGo(): void {
    this.state.held.value = null;
  }

  async drawAgain(): Promise<void> {
    await this.show(randomSeed(), 0);
  }

  /** Leafs through the draw by `step` pages; stops at both ends. */
  async page(step: number): Promise<void> {
    const draw = this.state.draw.peek();
    if (draw === null) return;
    const last = Math.max(0, Math.ceil(draw.total / DRAW_COUNT) - 1);
    const at = Math.round(draw.offset / DRAW_COUNT);
    const next = Math.min(last, Math.max(0, at + step));
    if (next !== at) await this.show(draw.seed, next * DRAW_COUNT);
  }

  async chooseDataset(id: string): Promise<void> {
    const dataset = this.state.walk.peek()?.datasets.find((one) => one.id === id);
    if (dataset === undefined) return;
    this.state.dataset.value = dataset;
    await this.show(randomSeed(), 0);
  }

  /** Makes a noise image and takes it in hand. */
  async noise(kind: string): Promise<void> {
    const network = this.state.network.peek();
    if (network === null) return;
    const make = ((seed) => () => this.api.noise(network.id, kind, seed))(randomSeed());
    await this.attempt(async () => {
      const image = await make();
      this.sources.remember(image.id, make);
      this.hold({ kind: 'image', image });
    });
  }

  /** Brings a picture to the server and takes it in hand. */
  async upload(file: File): Promise<void> {
    const image = await this.bring(file);
    if (image !== null) this.hold({ kind: 'image', image });
  }

  /** Brings a picture to the server and inserts it, unless another one went in meanwhile. */
  async uploadAndInsert(file: File): Promise<void> {
    this.insertions += 1;
    const own = this.insertions;
    const image = await this.bring(file);
    if (image !== null && own === this.insertions) this.insert(image);
  }

  fly(to: Destination): void {
    // A new object each time: flying to the same layer twice is two flights.
    this.state.destination.value = { ...to };
  }

  setScaling(scaling: Scaling): void {
    if (this.state.scaling.peek() === scaling) return;
    this.state.scaling.value = scaling;
    this.loader?.reload(scaling);
  }

  magnify(what: Held | null): void {
    this.state.magnified.value = what;
  }

  /** Magnifies what is under the pointer, else what is in hand, else the inserted image. */
  magnifyNearest(): void {
    const hit = this.state.hover.peek();
    const image = this.state.inserted.peek();
    const inserted: Held | null = image === null ? null : { kind: 'image', image };
    const pointed: Held | null =
      hit === null || image === null
        ? null
        : { kind: 'map', map: { layer: hit.layer, channel: hit.channel }, image };
    this.magnify(pointed ?? this.state.held.peek() ?? inserted);
  }

  notify(tone: Notice['tone'], text: string): void {
    this.notices += 1;
    const others = this.state.notices.peek().filter((notice) => notice.text !== text);
    this.state.notices.value = [...others.slice(-3), { id: this.notices, tone, text }];
  }

  dismiss(notice: number): void {
    this.state.notices.value = this.state.notices.peek().filter((one) => one.id !== notice);
  }

  /**
   * Goes on with a server that was started anew: brings it the images that this page
   * shows. Resolves to false when the network is another one and the page must start anew.
   */
  async resume(): Promise<boolean> {
    const walk = await this.api.walk();
    const network = this.state.network.peek();
    if (network === null || !walk.networks.some((one) => one.id === network.id)) return false;
    this.state.walk.value = walk;
    const images = [this.state.inserted.peek(), this.state.held.peek()?.image];
    for (const image of images) if (image) await this.ensure(image.id);
    const draw = this.state.draw.peek();
    if (draw !== null) await this.show(draw.seed, draw.offset);
    return true;
  }

  /** Makes sure that the server has an image that this page brought or drew. */
  async ensure(image: string): Promise<void> {
    if (!(await this.api.hasImage(image))) await this.sources.bring(image);
  }

  private put(image: ImageInfo): void {
    this.insertions += 1;
    batch(() => {
      this.state.inserted.value = image;
      this.state.undoable.value = this.earlier.length > 0;
    });
    this.load(image);
  }

  private load(image: ImageInfo): void {
    const network = this.state.network.peek();
    if (network === null || this.loader === null) return;
    const total = this.state.hall.peek()?.graph.layers.length ?? 0;
    batch(() => {
      this.state.predictions.value = [];
      this.state.statistics.value = new Map();
      this.state.progress.value = { stage: 'running', arrived: 0, total, problem: null };
    });
    this.loader.load(network.id, image.id, this.state.scaling.peek());
  }

  private async loadWeights(network: string): Promise<void> {
    const { layers } = await this.api.weights(network);
    this.state.weights.value = new Map(Object.entries(layers));
  }

  private async show(seed: number, offset: number): Promise<void> {
    const dataset = this.state.dataset.peek();
    if (dataset === null) return;
    const ask = (): Promise<Draw> => this.api.draw(dataset.id, seed, offset, DRAW_COUNT);
    await this.attempt(async () => {
      const draw = await ask();
      for (const image of draw.images) this.sources.remember(image.id, ask);
      this.state.draw.value = draw;
    });
  }

  private async bring(file: File): Promise<ImageInfo | null> {
    const send = (): Promise<ImageInfo> => this.api.upload(file, file.name);
    let image: ImageInfo | null = null;
    await this.attempt(async () => {
      image = await send();
      this.sources.remember(image.id, send);
    });
    return image;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.notify('error', messageOf(error));
      this.trouble(error);
    }
  }

  private trouble(error: unknown): void {
    const refused = error instanceof ApiError && error.status === 401;
    if (refused || error instanceof ConnectionError) this.onTrouble();
  }
}

/** The network whose id or name is asked for, else the first one of the walk. */
function chosenNetwork(networks: readonly NetworkSummary[], wanted: string | null): NetworkSummary {
  const network = networks.find((one) => one.id === wanted || one.name === wanted) ?? networks[0];
  if (network === undefined) throw new Error('This walk has no network.');
  return network;
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** The sentence of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
