import { describe, expect, it } from 'vitest';

import { cellIn, MOST_TEXELS, PICTURE_MIPS, planPictures, shareOfCell } from '../../src/tiles/picturecells';
import { cellTexels } from '../../src/tiles/picturemips';
import { cellsOf, cutsOf, type Cut } from '../../src/tiles/sheets';
import { mipSizes } from '../../src/tiles/pyramid';
import { randoms } from './halls';

const SQUARE = { width: 224, height: 224 };

function gridOf(channels: number): { columns: number; rows: number } {
  const columns = Math.ceil(Math.sqrt(1.5 * channels));
  return { columns, rows: Math.ceil(channels / columns) };
}

function planOf(channels: number, picture = SQUARE, texels = MOST_TEXELS): ReturnType<typeof planPictures> {
  return planPictures({ channels, width: 7, height: 7 }, gridOf(channels), picture, texels);
}

describe('the cells of pictures', () => {
  it.each([
    [3, 128],
    [64, 128],
    [480, 64],
    [1000, 64],
    [1280, 32],
  ])('of %i channels are %i texels wide', (channels, side) => {
    const plan = planOf(channels);
    expect([plan.side, plan.cellWidth, plan.cellHeight]).toEqual([side, side, side]);
  });

  it.each([1, 10, 64, 480, 1000, 2048, 5000])('of %i channels are within the texels they may take', (channels) => {
    const plan = planOf(channels);
    const texels = plan.channels * plan.cellWidth * plan.cellHeight;
    expect(texels).toBeLessThanOrEqual(Math.max(MOST_TEXELS, channels * 32 * 32));
  });

  it('are smaller where many layers share the pages', () => {
    expect(planOf(64, SQUARE, 2 ** 18).side).toBe(64);
  });

  it('are not larger than the pictures, and as wide as they are', () => {
    expect(planOf(10, { width: 28, height: 28 })).toMatchObject({ side: 28, cellWidth: 32, cellHeight: 32 });
    expect(planOf(10, { width: 150, height: 75 })).toMatchObject({ side: 128, cellWidth: 128, cellHeight: 64 });
  });

  it('lie side by side without a gap, whole at every mip level', () => {
    const plan = planOf(480);
    const seen = new Set<string>();
    for (let channel = 0; channel < 480; channel += 1) {
      const { piece, x, y } = cellIn(plan, channel);
      const part = plan.pieces[piece];
      if (part === undefined) expect.fail('there is no such piece');
      expect(part.column + x / plan.cellWidth + (part.row + y / plan.cellHeight) * plan.columns).toBe(channel);
      expect([x % 2 ** (PICTURE_MIPS - 1), y % 2 ** (PICTURE_MIPS - 1)]).toEqual([0, 0]);
      seen.add(`${piece} ${x} ${y}`);
    }
    expect(seen.size).toBe(480);
    expect(() => cellIn(plan, 480)).toThrow('480');
  });

  it('are filled as far as the picture\'s shape allows, in the middle seven eighths', () => {
    const cell = { width: 0.4, height: 0.2 };
    expect(shareOfCell(cell, SQUARE)).toEqual({ width: 0.4375, height: 0.875 });
    expect(shareOfCell(cell, { width: 100, height: 50 })).toEqual({ width: 0.875, height: 0.875 });
    const low = shareOfCell(cell, { width: 400, height: 100 });
    expect(low.width).toBeCloseTo(0.875);
    expect(low.height).toBeCloseTo(0.4375);
  });
});

/** The light of an sRGB byte, from the definition. */
function light(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

describe('the mips of a picture', () => {
  const side = 64;
  const random = randoms(3);
  const pixels = Uint8ClampedArray.from({ length: side * side * 4 }, () => Math.floor(random() * 256));
  const texels = cellTexels(pixels, side, side, PICTURE_MIPS, 192);
  const sizes = mipSizes(side, side, PICTURE_MIPS);

  it('begin with the very bytes of the picture', () => {
    for (let at = 0; at < side * side * 4; at += 1) {
      if (at % 4 !== 3) expect(texels[at]).toBe(pixels[at]);
    }
  });

  it('hold the means of light, and one alpha throughout', () => {
    const last = sizes[sizes.length - 1];
    if (last === undefined) expect.fail('there are no levels');
    expect([last.width, last.height]).toEqual([2, 2]);
    const half = side / 2;
    for (let color = 0; color < 3; color += 1) {
      let sum = 0;
      for (let y = 0; y < half; y += 1) {
        for (let x = 0; x < half; x += 1) sum += light(pixels[4 * (y * side + x) + color] ?? 0);
      }
      // Five times rounded to a byte.
      expect(light(texels[4 * last.offset + color] ?? 0)).toBeCloseTo(sum / half ** 2, 1.7);
    }
    for (let at = 3; at < texels.length; at += 4) expect(texels[at]).toBe(192);
  });

  it('keep an even colour as it is', () => {
    const even = Uint8ClampedArray.from({ length: 32 * 32 * 4 }, (_, at) => [3, 130, 251, 255][at % 4] ?? 0);
    const levels = cellTexels(even, 32, 32, PICTURE_MIPS, 255);
    for (let at = 0; at < levels.length; at += 1) expect(levels[at]).toBe([3, 130, 251, 255][at % 4]);
  });
});

describe('a sheet', () => {
  it('has rows of 16 cells, a short one is as wide as what it holds', () => {
    expect(cutsOf(5, { width: 5 * 64, height: 48 }).map(({ x, y, width, height }) => [x, y, width, height])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [index * 64, 0, 64, 48]),
    );
    expect(cutsOf(20, { width: 16 * 64, height: 96 })[17]).toEqual({ x: 64, y: 48, width: 64, height: 48 });
  });

  it('is cut into its cells; transparent ones are none', () => {
    const asked = { id: 0, url: '', alphas: [255, 128, 255], width: 32, height: 32 };
    const read = ({ x }: Cut): Uint8ClampedArray => {
      const value = [10, x === 32 ? 0 : 20, 30, x === 32 ? 0 : 255];
      return Uint8ClampedArray.from({ length: 32 * 32 * 4 }, (_, at) => value[at % 4] ?? 0);
    };
    const cells = cellsOf(asked, { width: 96, height: 32 }, read);
    expect(cells.map((cell) => cell && [...cell.subarray(0, 4)])).toEqual([
      [10, 20, 30, 255],
      null,
      [10, 20, 30, 255],
    ]);
  });
});
