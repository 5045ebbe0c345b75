/** What the page knows of one network of the walk, as signals; `Actions` writes them. */
import { computed, signal } from '@preact/signals-core';

import type { View } from '../net/api';
import type {
  Classes,
  Hall,
  ImageInfo,
  Layer,
  NetworkSummary,
  PassResult,
  Prediction,
  Statistics,
  Visualization,
} from '../net/types';
import { panelViews, type Paging } from './panelview';
import type { Placement } from './placement';
import type { ChannelResponse } from './response';

/** `channels`: as they are shown, first one first. */
export interface ChannelOrder {
  readonly by: 'mean' | 'maximum';
  readonly channels: readonly number[];
}

/** How far the insertion of an image is; `arrived` of `total` layers have their base level. */
export interface Progress {
  readonly stage: 'idle' | 'running' | 'done' | 'failed';
  readonly arrived: number;
  readonly total: number;
  /** A sentence for people when it failed. */
  readonly problem: string | null;
}

export class NetworkState {
  /** As it stands beside the other networks' halls; null until it has arrived. */
  readonly hall = signal<Hall | null>(null);
  readonly collapsed = computed(() => this.hall.value?.collapsed ?? this.summary.collapsed);
  readonly course = computed(() => this.hall.value?.course ?? this.summary.course);
  /** Its layers with nothing collapsed; empty until somebody wanted to know. */
  readonly layers = signal<readonly Layer[]>([]);
  /** How many requests to show it otherwise are on their way. */
  readonly arranging = signal(0);
  /** By layer id. */
  readonly weights = signal<ReadonlyMap<string, Statistics>>(new Map());

  /** What the classes are called; null until that has arrived. */
  readonly classes = signal<Classes | null>(null);

  /** The image in the input frame, those that were there before, and what was made of it. */
  readonly inserted = signal<ImageInfo | null>(null);
  readonly earlier = signal<readonly ImageInfo[]>([]);
  readonly undoable = computed(() => this.earlier.value.length > 0);
  readonly progress = signal<Progress>({ stage: 'idle', arrived: 0, total: 0, problem: null });
  /** By layer id. */
  readonly statistics = signal<ReadonlyMap<string, Statistics>>(new Map());
  readonly result = signal<PassResult | null>(null);
  readonly predictions = computed<readonly Prediction[]>(() => this.result.value?.predictions ?? []);

  /** The layers whose panels stand otherwise than the layout has them, by layer id. */
  readonly placements = signal<ReadonlyMap<string, Placement>>(new Map());
  /** In which order the panels show their channels, by layer id; by index where it says nothing. */
  readonly orders = signal<ReadonlyMap<string, ChannelOrder>>(new Map());
  /** How large the panels' cells are, and how far they are paged, by layer id; as usual where it says nothing. */
  readonly pagings = signal<ReadonlyMap<string, Paging>>(new Map());
  /** What the panels show of their channels, by layer id. */
  readonly panelViews = computed(() => panelViews(this.orders.value, this.pagings.value));

  /** The newest feature visualization of each layer that has one, by layer id. */
  readonly visualizations = signal<ReadonlyMap<string, Visualization>>(new Map());
  /** Ids of the layers whose panel shows pictures instead of activations. */
  readonly turned = signal<ReadonlySet<string>>(new Set());
  /** Of the channel whose picture is inserted; null for another image, and until it is known. */
  readonly response = signal<ChannelResponse | null>(null);

  /** `arrival`: how it is shown at first. */
  constructor(
    readonly summary: NetworkSummary,
    readonly arrival: View = { collapsed: summary.collapsed, course: summary.course },
  ) {}

  /** What the channels of a layer are called; null where they have no names, or they are not known. */
  namesOf(layer: string): readonly string[] | null {
    const classes = this.classes.value;
    return classes?.layers.includes(layer) === true ? classes.names : null;
  }

  get id(): string {
    return this.summary.id;
  }

  get name(): string {
    return this.summary.name;
  }
}
