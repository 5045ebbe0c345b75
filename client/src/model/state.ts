/**
 * What the page knows, as signals: the scene and the panels read them, `Actions` writes them.
 * Nothing here draws or asks the server.
 */
import { signal } from '@preact/signals-core';

import type { MapLook } from '../net/api';
import type { DatasetSummary, Draw, ImageInfo, WalkInfo } from '../net/types';
import type { NetworkState } from './networkstate';
import { Pins } from './pins';
import { FirstSteps } from './hints';
import { makePreferences } from './preferences';

/** One layer. */
export interface LayerRef {
  /** Id of the network. */
  readonly network: string;
  readonly layer: string;
}

/** One feature map: `channel` counts from 0. */
export interface MapRef extends LayerRef {
  readonly channel: number;
}

/** A feature map under the pointer; `x`, `y` count the map's values from its upper left. */
export interface MapHit extends MapRef {
  readonly x: number;
  readonly y: number;
}

/** What the tool holds, floating above it as a hologram; `visualization`: whose picture the image is. */
export type Held =
  | { readonly kind: 'image'; readonly image: ImageInfo; readonly visualization?: MapRef }
  | { readonly kind: 'map'; readonly map: MapRef; readonly image: ImageInfo };

/** `layer`: all channels of a layer on one scale, as in the paper; `channel`: each on its own. */
export type Scaling = 'layer' | 'channel';

/** `lost`: no answer; `refused`: the server no longer knows this page. */
export type Connection = 'online' | 'lost' | 'refused';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
}

/**
 * Where the visitor is asked to go: to a layer, to the place in another network that stands for the one
 * they are at, or to where a network begins; `network`: its id.
 */
export type Destination =
  | { readonly kind: 'layer'; readonly network: string; readonly layer: string }
  | { readonly kind: 'same'; readonly network: string }
  | { readonly kind: 'start'; readonly network: string };

/** How far the arrival is, until the hall stands; `text` is a sentence for people. */
export interface Arrival {
  readonly stage: 'loading' | 'ready' | 'failed';
  readonly text: string;
}

export class State {
  readonly arrival = signal<Arrival>({ stage: 'loading', text: 'Asking the server for the walk' });
  readonly walk = signal<WalkInfo | null>(null);
  /** All networks of the walk, in its order, from left to right in the world. */
  readonly networks = signal<readonly NetworkState[]>([]);
  /** The network that the visitor is nearest to. */
  readonly current = signal<NetworkState | null>(null);

  /** Whether an image goes into all networks at once. */
  readonly together = signal(false);

  readonly dataset = signal<DatasetSummary | null>(null);
  readonly draw = signal<Draw | null>(null);
  readonly held = signal<Held | null>(null);
  readonly hover = signal<MapHit | null>(null);
  readonly scaling = signal<Scaling>('layer');
  /** A new object each time: flying to the same layer twice is two flights. */
  readonly destination = signal<Destination | null>(null);
  /** What the full-screen magnifier shows. */
  readonly magnified = signal<Held | null>(null);
  /** The layer whose card is open beside the hall. */
  readonly opened = signal<LayerRef | null>(null);
  /** The layer whose feature visualization is open there. */
  readonly visualizing = signal<LayerRef | null>(null);
  /** Flights become jumps and nothing moves by itself. */
  readonly reducedMotion = signal(false);
  /** Whether the page is in VR. */
  readonly immersed = signal(false);

  /** The panels that come along with the visitor. */
  readonly pins = new Pins();

  readonly preferences = makePreferences();

  /** What a first visit is told, at the desk and in the headset. */
  readonly hints = new FirstSteps(['walk', 'pick', 'insert']);
  readonly headsetHints = new FirstSteps(['headset.pick', 'headset.insert', 'headset.walk']);

  readonly connection = signal<Connection>('online');
  readonly notices = signal<readonly Notice[]>([]);

  /** How feature maps are shown. */
  get mapLook(): MapLook {
    return { scaling: this.scaling.value, colors: this.preferences.colors.value };
  }

  /** The network with this id, without following changes. */
  find(network: string): NetworkState | undefined {
    return this.networks.peek().find(({ id }) => id === network);
  }
}
