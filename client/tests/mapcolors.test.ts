import { describe, expect, it } from 'vitest';

import { MAP_COLORS, type MapColors, type Rgb } from '../src/model/mapcolors';

type Matrix = readonly [Rgb, Rgb, Rgb];

/**
 * What people with one kind of cone missing see, on linear light: Machado, Oliveira and Fernandes,
 * A Physiologically-based Model for Simulation of Color Vision Deficiency (2009), severity 1.
 */
const VISIONS: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** From linear sRGB to CIE XYZ, white D65 (IEC 61966-2-1). */
const XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

const times = (matrix: Matrix, [x, y, z]: Rgb): Rgb => {
  const [a, b, c] = matrix.map(([p, q, r]) => p * x + q * y + r * z);
  return [a ?? 0, b ?? 0, c ?? 0];
};

const sum = ([x, y, z]: Rgb): number => x + y + z;

/** CIE L*a*b* of a colour on the screen, as somebody with this vision sees it. */
function lab(color: Rgb, vision: Matrix): Rgb {
  const linear = color.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const seen = times(vision, [linear[0] ?? 0, linear[1] ?? 0, linear[2] ?? 0]);
  const clipped = seen.map((part) => Math.min(1, Math.max(0, part)));
  const xyz = times(XYZ, [clipped[0] ?? 0, clipped[1] ?? 0, clipped[2] ?? 0]);
  const [x, y, z] = xyz.map((part, index) => {
    const share = part / sum(XYZ[index] ?? [1, 1, 1]);
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  }) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const apart = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const dimmed = ([red, green, blue]: Rgb, light: number): Rgb => [red * light, green * light, blue * light];

const LIGHTS = Array.from({ length: 19 }, (_, index) => 0.1 + index * 0.05);

/** The least difference (CIE 1976) between a value of at least half the scale and any of the other sign. */
function leastBetweenSigns({ positive, negative }: MapColors, vision: Matrix): number {
  let least = Infinity;
  for (const one of LIGHTS) {
    for (const other of LIGHTS) {
      if (Math.max(one, other) < 0.5) continue;
      least = Math.min(least, apart(lab(dimmed(positive, one), vision), lab(dimmed(negative, other), vision)));
    }
  }
  return least;
}

describe('colours that are safe for the colour-blind', () => {
  it.each(Object.entries(VISIONS))('keep the signs apart at every brightness: %s', (_, vision) => {
    expect(leastBetweenSigns(MAP_COLORS.safe, vision)).toBeGreaterThan(35);
  });

  it('do so better than those of the paper where these are worst', () => {
    const worst = (colors: MapColors): number =>
      Math.min(...Object.values(VISIONS).map((vision) => leastBetweenSigns(colors, vision)));
    expect(worst(MAP_COLORS.safe)).toBeGreaterThan(1.5 * worst(MAP_COLORS.paper));
  });

  it.each(Object.entries(VISIONS))('keep what is no number apart from the largest values: %s', (_, vision) => {
    const { positive, negative, nonFinite } = MAP_COLORS.safe;
    for (const color of [positive, negative]) {
      expect(apart(lab(color, vision), lab(nonFinite, vision))).toBeGreaterThan(35);
    }
  });
});
