/** The true values of feature maps, asked for when one looks at them; the last few are kept. */
import type { Api, MapValues } from '../net/api';
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

/**
 * The paper's colours as RGBA bytes: negative blue, zero black, positive white, on a scale on
 * which `magnitude` is full; what is not finite is magenta.
 */
export function colourise(values: Float32Array, magnitude: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const scale = magnitude > 0 ? 255 / magnitude : 0;
  values.forEach((value, at) => {
    const [red, green, blue] = Number.isFinite(value)
      ? value >= 0
        ? [value * scale, value * scale, value * scale]
        : [-value * scale * NEGATIVE[0], -value * scale * NEGATIVE[1], -value * scale * NEGATIVE[2]]
      : [255, 0, 255];
    pixels.set([red, green, blue, 255], at * 4);
  });
  return pixels;
}

const NEGATIVE = [0.1, 0.45, 1] as const;
