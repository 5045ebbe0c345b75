/** What the page and the frames worker say to each other. */
import type { Scaling } from '../model/state';
import type { PassResult, Statistics } from '../net/types';
import type { LayerPlan, Level } from './cells';

/** One level of one layer, ready for the page: the texels of each piece of its plan. */
export interface DecodedTile {
  readonly run: number;
  readonly layer: string;
  readonly level: Level;
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** With the base level only. */
  readonly statistics: Statistics | null;
}

export type ToWorker =
  | { readonly type: 'plans'; readonly plans: readonly LayerPlan[] }
  /** Ends the streams of every other run. */
  | { readonly type: 'run'; readonly run: number; readonly scaling: Scaling }
  | { readonly type: 'fetch'; readonly run: number; readonly level: Level; readonly url: string }
  /** Bytes of tiles that the page no longer holds. */
  | { readonly type: 'settled'; readonly bytes: number };

export type FromWorker =
  | { readonly type: 'tile'; readonly tile: DecodedTile }
  | { readonly type: 'result'; readonly run: number; readonly result: PassResult }
  | { readonly type: 'problem'; readonly run: number; readonly detail: string }
  /** A stream came to its end. */
  | { readonly type: 'end'; readonly run: number; readonly level: Level };

export function tileBytes(tile: DecodedTile): number {
  return tile.pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0);
}
