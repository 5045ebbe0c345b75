/** The true values of feature maps, asked for when one looks at them; the last few are kept. */
import type { Api, MapValues } from '../net/api';
import type { MapColors } from './mapcolors';
import type { MapRef } from './state';

const KEPT = 6;

export class ValueCache {
  /** Least recently used first. */
  private readonly maps = new Map<string, Promise<MapValues>>();

  constructor(private readonly api: Pick<Api, 'mapValues'>) {}

  /** The map's values in the pass of `image`; one request for one map, however often asked. */
  get(image: string, { network, layer, channel }: MapRef): Promise<MapValues> {
    const key = JSON.stringify([network, image, layer, channel]);
    const values = this.maps.get(key) ?? this.api.mapValues(network, image, layer, channel);
    this.maps.delete(key);
    this.maps.set(key, values);
    values.catch(() => this.maps.delete(key));
    for (const oldest of this.maps.keys()) {
      if (this.maps.size <= KEPT) break;
      this.maps.delete(oldest);
    }
    return values;
  }
}

/** What a map's values are like; the figures look at the finite ones only. */
export interface MapSummary {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly std: number;
  /** Share of values that are exactly 0. */
  readonly zeros: number;
  readonly nonFinite: number;
  /** The largest finite magnitude. */
  readonly magnitude: number;
}

export function summarize(values: Float32Array): MapSummary {
  const finite = values.filter(Number.isFinite);
  const count = Math.max(1, finite.length);
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  const spread = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const minimum = finite.length === 0 ? 0 : finite.reduce((a, b) => Math.min(a, b));
  const maximum = finite.length === 0 ? 0 : finite.reduce((a, b) => Math.max(a, b));
  return {
    minimum,
    maximum,
    mean,
    std: Math.sqrt(spread),
    zeros: finite.filter((value) => value === 0).length / Math.max(1, values.length),
    nonFinite: values.length - finite.length,
    magnitude: Math.max(Math.abs(minimum), Math.abs(maximum)),
  };
}

/** Values as RGBA bytes, on a scale on which `magnitude` is full. */
export function colourise(
  values: Float32Array,
  magnitude: number,
  { positive, negative, nonFinite }: MapColors,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const scale = magnitude > 0 ? 255 / magnitude : 0;
  values.forEach((value, at) => {
    const isFinite = Number.isFinite(value);
    const color = isFinite ? (value >= 0 ? positive : negative) : nonFinite;
    const light = isFinite ? Math.abs(value) * scale : 255;
    pixels.set([color[0] * light, color[1] * light, color[2] * light, 255], at * 4);
  });
  return pixels;
}
