import { describe, expect, it } from 'vitest';

import {
  fillGap,
  fillMips,
  mipSizes,
  NON_FINITE,
  totalTexels,
  type CellGrid,
} from '../../src/tiles/pyramid';
import { randoms } from './halls';

const MIPS = 6;

/** Level 0 of a grid of random maps; `value` gives each texel. */
function fill(grid: CellGrid, texels: Uint16Array, value: () => number): void {
  const stride = grid.columns * grid.cellWidth;
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) {
      const start = row * grid.cellHeight * stride + column * grid.cellWidth;
      for (let y = 0; y < grid.height; y += 1) {
        for (let x = 0; x < grid.width; x += 1) texels[start + y * stride + x] = value();
      }
      const { width, height, cellWidth, cellHeight } = grid;
      fillGap(texels, stride, start, width, height, cellWidth, cellHeight);
    }
  }
}

/** The exact mean of the values of one map under a block of side `block`, of one byte. */
function meanUnder(
  texels: Uint16Array,
  grid: CellGrid,
  cell: { column: number; row: number },
  block: { x: number; y: number; side: number },
  shift: number,
): number {
  const stride = grid.columns * grid.cellWidth;
  const left = Math.min(block.x * block.side, lastBlock(grid.width, block.side));
  const top = Math.min(block.y * block.side, lastBlock(grid.height, block.side));
  let sum = 0;
  let count = 0;
  for (let y = top; y < Math.min(top + block.side, grid.height); y += 1) {
    for (let x = left; x < Math.min(left + block.side, grid.width); x += 1) {
      const at = (cell.row * grid.cellHeight + y) * stride + cell.column * grid.cellWidth + x;
      sum += ((texels[at] ?? 0) >> shift) & 255;
      count += 1;
    }
  }
  return sum / count;
}

/** The gap repeats the last block that has values. */
function lastBlock(side: number, block: number): number {
  return Math.floor((side - 1) / block) * block;
}

/** The largest distance of any texel of a level from the exact mean. */
function worstError(texels: Uint16Array, grid: CellGrid, level: number): number {
  const sizes = mipSizes(grid.columns * grid.cellWidth, grid.rows * grid.cellHeight, MIPS);
  const size = sizes[level] ?? { width: 0, height: 0, offset: 0 };
  const side = 2 ** level;
  let worst = 0;
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      const cell = {
        column: Math.floor((x * side) / grid.cellWidth),
        row: Math.floor((y * side) / grid.cellHeight),
      };
      const block = {
        x: x - (cell.column * grid.cellWidth) / side,
        y: y - (cell.row * grid.cellHeight) / side,
        side,
      };
      const found = texels[size.offset + y * size.width + x] ?? 0;
      for (const shift of [0, 8]) {
        const mean = meanUnder(texels, grid, cell, block, shift);
        worst = Math.max(worst, Math.abs(((found >> shift) & 255) - mean));
      }
    }
  }
  return worst;
}

function made(grid: CellGrid, value: () => number): Uint16Array {
  const sizes = mipSizes(grid.columns * grid.cellWidth, grid.rows * grid.cellHeight, MIPS);
  const texels = new Uint16Array(totalTexels(sizes));
  fill(grid, texels, value);
  fillMips(texels, sizes, grid);
  return texels;
}

describe('the pyramid', () => {
  it.each([
    [14, 14, 16, 16],
    [7, 7, 8, 8],
    [9, 13, 16, 16],
    [1, 1, 1, 1],
    [3, 2, 4, 4],
    [28, 28, 32, 32],
    [112, 112, 128, 128],
    [75, 19, 88, 24],
  ])('of maps of %i x %i values is their mean', (width, height, cellWidth, cellHeight) => {
    const random = randoms(width * 1000 + height);
    const grid = { columns: 3, rows: 2, cellWidth, cellHeight, width, height };
    const texels = made(grid, () => Math.floor(random() * 65535));
    for (let level = 1; level < MIPS; level += 1) {
      if (cellWidth % 2 ** level !== 0 || cellHeight % 2 ** level !== 0) break;
      // Every level rounds by half a step at most.
      expect(worstError(texels, grid, level)).toBeLessThanOrEqual(0.5 * level);
    }
  });

  it('ends in one texel a map that is the mean of the map alone', () => {
    const maps = [10, 200, 0, 90, 255, 31];
    let at = 0;
    const grid = { columns: 3, rows: 2, cellWidth: 16, cellHeight: 16, width: 9, height: 9 };
    const texels = made(grid, () => maps[Math.floor(at++ / 81)] ?? 0);
    const last = mipSizes(48, 32, MIPS)[4];
    expect([last?.width, last?.height]).toEqual([3, 2]);
    expect([...texels.subarray(last?.offset, (last?.offset ?? 0) + 6)]).toEqual(maps);
  });

  it('keeps the mean of everything below one texel a map', () => {
    const grid = { columns: 4, rows: 4, cellWidth: 1, cellHeight: 1, width: 1, height: 1 };
    let at = 0;
    const texels = made(grid, () => 16 * at++);
    const sizes = mipSizes(4, 4, MIPS);
    expect(texels[sizes[1]?.offset ?? 0]).toBe((0 + 16 + 64 + 80) / 4);
    expect(texels[sizes[2]?.offset ?? 0]).toBe((16 * 15) / 2);
  });

  it('shows one value that is not finite at every level, and nothing beside it', () => {
    let at = 0;
    const grid = { columns: 2, rows: 1, cellWidth: 16, cellHeight: 16, width: 14, height: 14 };
    const texels = made(grid, () => (at++ === 100 ? NON_FINITE : 40));
    mipSizes(32, 16, 5).forEach(({ offset, width, height }, level) => {
      const row = texels.subarray(offset, offset + width * height);
      const marked = row.filter((texel) => texel === NON_FINITE).length;
      expect(marked).toBe(1);
      expect(row.filter((texel) => texel === 40).length).toBe(row.length - 1);
      expect(level).toBeLessThan(5);
    });
  });
});
