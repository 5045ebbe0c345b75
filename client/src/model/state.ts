/**
 * What the page knows, as signals: the scene and the panels read them, `Actions` writes them.
 * Nothing here draws or asks the server.
 */
import { signal } from '@preact/signals-core';

import type {
  DatasetSummary,
  Draw,
  Hall,
  ImageInfo,
  NetworkSummary,
  Prediction,
  Statistics,
  WalkInfo,
} from '../net/types';

/** One feature map: `channel` counts from 0. */
export interface MapRef {
  readonly layer: string;
  readonly channel: number;
}

/** A feature map under the pointer; `x`, `y` count the map's values from its upper left. */
export interface MapHit extends MapRef {
  readonly x: number;
  readonly y: number;
}

/** What the tool holds, floating above it as a hologram. */
export type Held =
  | { readonly kind: 'image'; readonly image: ImageInfo }
  | { readonly kind: 'map'; readonly map: MapRef; readonly image: ImageInfo };

/** How far the insertion of an image is; `arrived` of `total` layers have their base level. */
export interface Progress {
  readonly stage: 'idle' | 'running' | 'done' | 'failed';
  readonly arrived: number;
  readonly total: number;
  /** A sentence for people when it failed. */
  readonly problem: string | null;
}

/** `layer`: all channels of a layer on one scale, as in the paper; `channel`: each on its own. */
export type Scaling = 'layer' | 'channel';

/** `lost`: no answer; `refused`: the server no longer knows this page. */
export type Connection = 'online' | 'lost' | 'refused';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
}

/** Where the visitor is asked to go, and why a new object each time: flying twice is two flights. */
export type Destination =
  | { readonly kind: 'layer'; readonly layer: string }
  | { readonly kind: 'start' };

/** How far the arrival is, until the hall stands; `text` is a sentence for people. */
export interface Arrival {
  readonly stage: 'loading' | 'ready' | 'failed';
  readonly text: string;
}

export class State {
  readonly arrival = signal<Arrival>({ stage: 'loading', text: 'Asking the server for the walk' });
  readonly walk = signal<WalkInfo | null>(null);
  readonly network = signal<NetworkSummary | null>(null);
  readonly hall = signal<Hall | null>(null);
  readonly weights = signal<ReadonlyMap<string, Statistics>>(new Map());

  /** The image in the input frame, and what the network made of it. */
  readonly inserted = signal<ImageInfo | null>(null);
  readonly progress = signal<Progress>({ stage: 'idle', arrived: 0, total: 0, problem: null });
  readonly statistics = signal<ReadonlyMap<string, Statistics>>(new Map());
  readonly predictions = signal<readonly Prediction[]>([]);

  readonly dataset = signal<DatasetSummary | null>(null);
  readonly draw = signal<Draw | null>(null);
  readonly held = signal<Held | null>(null);
  readonly hover = signal<MapHit | null>(null);
  readonly scaling = signal<Scaling>('layer');
  readonly destination = signal<Destination | null>(null);
  /** What the full-screen magnifier shows. */
  readonly magnified = signal<Held | null>(null);
  /** Whether there is an image that was inserted before. */
  readonly undoable = signal(false);
  /** Flights become jumps and nothing moves by itself. */
  readonly reducedMotion = signal(false);
  /** Whether the page is in VR. */
  readonly immersed = signal(false);

  readonly connection = signal<Connection>('online');
  readonly notices = signal<readonly Notice[]>([]);
}
