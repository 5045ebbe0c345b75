/**
 * The colours of feature maps. A value is its sign's colour, darkened towards black at zero, so
 * that a mean of colours is the colour of the mean of positive and negative parts.
 */

/** Red, green and blue as a screen shows them, 0..1. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface MapColors {
  readonly positive: Rgb;
  readonly negative: Rgb;
  readonly nonFinite: Rgb;
  /** What they mean, for people. */
  readonly legend: string;
}

/**
 * `paper`: the paper's. `safe`: blue and orange lie to either side of grey with every kind of
 * dichromatic vision, so that neither is taken for the other, however dark.
 */
export const MAP_COLORS = {
  paper: {
    positive: [1, 1, 1],
    negative: [0.1, 0.45, 1],
    nonFinite: [1, 0, 1],
    legend: 'Blue is negative, black is zero, white is positive; magenta is not a number.',
  },
  safe: {
    positive: [1, 0.58, 0.08],
    negative: [0.1, 0.55, 1],
    nonFinite: [1, 1, 1],
    legend: 'Blue is negative, black is zero, orange is positive; white is not a number.',
  },
} as const satisfies Record<string, MapColors>;
