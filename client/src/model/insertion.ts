/** Putting images into one network, taking them out again, and following the pass. */
import { batch } from '@preact/signals-core';

import type { ImageInfo, PassResult, Statistics } from '../net/types';
import type { History, Step } from './history';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import type { Scaling, State } from './state';

const KEPT_INSERTIONS = 32;

/** Brings the maps of an image into a network's hall; the scene has one that knows the camera. */
export interface Loader {
  load(image: string, scaling: Scaling): void;
  /** The same image on another scale. */
  reload(scaling: Scaling): void;
  cancel(): void;
}

/** What a loader tells while an image's pass arrives. */
export interface PassHandlers {
  statistics(layer: string, statistics: Statistics): void;
  progress(arrived: number, total: number): void;
  result(result: PassResult): void;
  problem(detail: string): void;
}

/** A step of the history whose image changes as long as its gesture goes on. */
interface Adjusting {
  readonly step: Step;
  readonly before: ImageInfo;
  after: ImageInfo;
}

export class Insertion {
  readonly handlers: PassHandlers = {
    statistics: (layer, statistics) => {
      const { statistics: all } = this.network;
      all.value = new Map(all.peek()).set(layer, statistics);
    },
    progress: (arrived, total) => {
      this.network.progress.value = { stage: 'running', arrived, total, problem: null };
    },
    result: (result) => {
      const { total } = this.network.progress.peek();
      batch(() => {
        this.network.result.value = result;
        this.network.progress.value = { stage: 'done', arrived: total, total, problem: null };
      });
      if (result.partial) this.notices.tell('info', result.partial.detail);
    },
    problem: (detail) => {
      this.fail(detail);
      this.notices.tell('error', detail);
      this.notices.onTrouble();
    },
  };

  private loader: Loader | null = null;
  private adjusting: Adjusting | null = null;
  /** Counts what was asked to be inserted: the last one wins, whichever arrives last. */
  private turn = 0;

  constructor(
    private readonly network: NetworkState,
    private readonly state: State,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  /** The scene gives its loader; the image that is in is loaded now, what is known of it stays. */
  useLoader(loader: Loader): void {
    this.loader = loader;
    const inserted = this.network.inserted.peek();
    if (inserted !== null) this.load(inserted);
  }

  /** `gesture`: what else is inserted by the same one is taken back together. */
  insert(image: ImageInfo, gesture?: object): void {
    const before = this.network.inserted.peek();
    if (before === null || before.id === image.id) {
      this.put(image);
      return;
    }
    const undo = (): boolean => this.goBack(before);
    const redo = (): boolean => this.goOn(before, image);
    this.history.add({ of: this, gesture, undo, redo });
    redo();
  }

  /**
   * Puts in another form of the image that is in; all that one gesture does so is one step. What
   * the network said of the form before stays until it has said it of this one.
   */
  adjust(image: ImageInfo, gesture: object): void {
    const now = this.network.inserted.peek();
    if (now === null || now.id === image.id) return;
    if (this.adjusting?.step.gesture !== gesture) this.adjusting = this.beginAdjusting(now, gesture);
    const { adjusting } = this;
    adjusting.after = image;
    if (image.id === adjusting.before.id) this.endAdjusting(adjusting);
    this.show(image);
  }

  /** Inserts an image that is still on its way, unless another one goes in meanwhile. */
  async insertLater(bring: () => Promise<ImageInfo | null>, gesture: object): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const image = await bring();
    if (image !== null && turn === this.turn) this.insert(image, gesture);
  }

  /** Takes the inserted image out again and puts the one before in its place. */
  undo(): void {
    void this.history.undo(this);
  }

  /** Starts the pass of the inserted image anew, after a failure. */
  again(): void {
    const inserted = this.network.inserted.peek();
    if (inserted !== null) this.load(inserted);
  }

  /** Stops the running pass; what has not arrived still shows the image before. */
  stop(): void {
    if (this.network.progress.peek().stage !== 'running') return;
    this.loader?.cancel();
    this.fail('Stopped before all layers had arrived.');
  }

  /** Shows the same image on another scale. */
  rescale(scaling: Scaling): void {
    this.loader?.reload(scaling);
  }

  private beginAdjusting(before: ImageInfo, gesture: object): Adjusting {
    const step: Step = {
      of: this,
      gesture,
      undo: () => this.goBack(before),
      redo: () => this.goOn(before, adjusting.after),
    };
    const adjusting: Adjusting = { step, before, after: before };
    this.history.add(step);
    this.keepEarlier(before);
    return adjusting;
  }

  /** It is as it was when the gesture began, so there is nothing to take back. */
  private endAdjusting({ step }: Adjusting): void {
    this.history.drop(step);
    this.dropEarlier();
    this.adjusting = null;
  }

  private goOn(before: ImageInfo, image: ImageInfo): boolean {
    batch(() => {
      this.keepEarlier(before);
      this.put(image);
    });
    return true;
  }

  private goBack(before: ImageInfo): boolean {
    batch(() => {
      this.dropEarlier();
      this.put(before);
    });
    return true;
  }

  private keepEarlier(image: ImageInfo): void {
    const { earlier } = this.network;
    earlier.value = [...earlier.peek(), image].slice(-KEPT_INSERTIONS);
  }

  private dropEarlier(): void {
    const { earlier } = this.network;
    earlier.value = earlier.peek().slice(0, -1);
  }

  private put(image: ImageInfo): void {
    this.adjusting = null;
    batch(() => {
      this.network.result.value = null;
      this.network.statistics.value = new Map();
      this.show(image);
    });
  }

  private show(image: ImageInfo): void {
    this.turn += 1;
    this.network.inserted.value = image;
    this.load(image);
  }

  private load(image: ImageInfo): void {
    const total = this.network.hall.peek()?.graph.layers.length ?? 0;
    if (this.loader === null) return;
    this.network.progress.value = { stage: 'running', arrived: 0, total, problem: null };
    this.loader.load(image.id, this.state.scaling.peek());
  }

  private fail(problem: string): void {
    const { progress, result } = this.network;
    batch(() => {
      result.value = null;
      progress.value = { ...progress.peek(), stage: 'failed', problem };
    });
  }
}
