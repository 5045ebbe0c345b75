import { describe, expect, it } from 'vitest';

import {
  baseSize,
  mapsShape,
  MIPS,
  PAGE_SIZE,
  pieceHeight,
  pieceWidth,
  planLayer,
  type LevelPlan,
} from '../../src/tiles/cells';
import { randoms } from './halls';

function planOf(channels: number, side: number, columns: number): ReturnType<typeof planLayer> {
  const shape = { channels, height: side, width: side };
  return planLayer('layer', shape, columns, Math.ceil(channels / columns), 16);
}

function expectCut(plan: LevelPlan, columns: number, rows: number): void {
  const seen = new Uint8Array(columns * rows);
  const tooLarge = plan.pieces.filter(
    (piece) => pieceWidth(plan, piece) > PAGE_SIZE || pieceHeight(plan, piece) > PAGE_SIZE,
  );
  expect(tooLarge).toEqual([]);
  for (const piece of plan.pieces) {
    for (let row = piece.row; row < piece.row + piece.rows; row += 1) {
      for (let column = piece.column; column < piece.column + piece.columns; column += 1) {
        seen[row * columns + column] = (seen[row * columns + column] ?? 0) + 1;
      }
    }
  }
  expect(seen.length).toBe(columns * rows);
  expect(seen.every((times) => times === 1)).toBe(true);
}

describe('cells', () => {
  it.each([
    [[], [1, 1, 1]],
    [[1000], [1000, 1, 1]],
    [
      [197, 768],
      [1, 197, 768],
    ],
    [
      [64, 112, 96],
      [64, 112, 96],
    ],
    [
      [8, 4, 7, 5],
      [8, 28, 5],
    ],
    [
      [0, 7, 7],
      [1, 1, 1],
    ],
  ])('takes an activation of shape %j as maps %j', (shape, [channels, height, width]) => {
    expect(mapsShape(shape)).toEqual({ channels, height, width });
  });

  it('halves maps until both sides are at most 14', () => {
    expect(baseSize(224, 224)).toEqual({ height: 14, width: 14 });
    expect(baseSize(14, 14)).toEqual({ height: 14, width: 14 });
    expect(baseSize(15, 14)).toEqual({ height: 8, width: 7 });
    expect(baseSize(149, 149)).toEqual({ height: 10, width: 10 });
    expect(baseSize(1, 768)).toEqual({ height: 1, width: 12 });
  });

  it.each([
    [1, 1],
    [2, 4],
    [3, 4],
    [4, 8],
    [7, 8],
    [8, 16],
    [14, 16],
  ])('gives a map of %i values a base cell of %i texels', (side, cell) => {
    const { base, detail } = planOf(9, side, 3);
    expect([base.cellHeight, base.cellWidth, base.height]).toEqual([cell, cell, side]);
    expect(detail).toBeNull();
  });

  it.each([
    [28, 32],
    [56, 64],
    [112, 128],
    [224, 256],
    [300, 352],
    [75, 88],
    [17, 24],
  ])('gives a map of %i values a detail cell of %i texels', (side, cell) => {
    const { detail } = planOf(9, side, 3);
    expect([detail?.cellHeight, detail?.cellWidth, detail?.height]).toEqual([cell, cell, side]);
  });

  it('makes base cells smaller on demand, those of single values stay', () => {
    const plan = (side: number, maxCell: number): LevelPlan =>
      planLayer('l', { channels: 4, height: side, width: 1 }, 2, 2, maxCell).base;
    expect([plan(14, 8).cellHeight, plan(14, 8).cellWidth, plan(14, 8).drop]).toEqual([8, 1, 1]);
    expect([plan(14, 2).cellHeight, plan(14, 2).drop]).toEqual([2, 3]);
    expect([plan(1, 1).cellHeight, plan(1, 1).drop]).toEqual([1, 0]);
  });

  it('reduces a map that is larger than a page by a power of two', () => {
    const { detail } = planLayer('l', { channels: 1, height: 4000, width: 300 }, 1, 1, 16);
    expect(detail?.drop).toBe(2);
    expect(detail?.cellHeight).toBeGreaterThanOrEqual(1000);
    expect(detail?.cellHeight).toBeLessThanOrEqual(PAGE_SIZE);
  });

  it('cuts every grid into pieces that hold every cell once and fit a page', () => {
    const random = randoms(1);
    const pick = (most: number): number => 1 + Math.floor(random() * most);
    for (let trial = 0; trial < 200; trial += 1) {
      const columns = pick(trial % 4 === 0 ? 3000 : 60);
      const rows = pick(60);
      const shape = { channels: columns * rows, height: pick(500), width: pick(500) };
      const plan = planLayer('l', shape, columns, rows, 16);
      expectCut(plan.base, columns, rows);
      if (plan.detail) expectCut(plan.detail, columns, rows);
    }
  });

  it('spends no texels on rows and columns of a panel without a map', () => {
    const { base } = planLayer('l', { channels: 3, height: 14, width: 14 }, 500, 400, 16);
    expect(base.pieces).toEqual([{ column: 0, row: 0, columns: 3, rows: 1 }]);
  });

  it('leaves room for mips that do not mix maps down to one texel at the base level', () => {
    for (let side = 1; side <= 14; side += 1) {
      expect(Math.log2(planOf(4, side, 2).base.cellWidth) % 1).toBe(0);
      expect(planOf(4, side, 2).base.cellWidth).toBeLessThanOrEqual(2 ** (MIPS.base - 1));
    }
  });

  it('has detail mips down to at most 22 texels a map', () => {
    for (let side = 15; side <= 300; side += 1) {
      const cell = planOf(4, side, 2).detail?.cellWidth ?? 0;
      const halvings = cell % 16 === 0 ? 4 : 3;
      expect(cell % 2 ** halvings).toBe(0);
      expect(cell / 2 ** halvings).toBeLessThanOrEqual(22);
      expect(cell).toBeGreaterThanOrEqual(Math.ceil((side * 8) / 7));
      expect(cell).toBeLessThan((side * 8) / 7 + 16);
    }
  });
});
