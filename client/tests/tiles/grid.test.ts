import { describe, expect, it } from 'vitest';

import { shownGrid, type PanelView, type Zoom } from '../../src/model/panelview';
import { cut, type Piece } from '../../src/tiles/cells';
import { Grid } from '../../src/tiles/grid';
import { addInstances, type Instance } from '../../src/tiles/instances';
import { randoms } from './halls';

function shuffled(count: number, seed: number): number[] {
  const random = randoms(seed);
  const numbers = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}

const panelOf = (columns: number, rows: number): Grid['panel'] => ({ columns, rows, cell_width: 0.2, cell_height: 0.1 });

/** Which channels the runs of all pieces show in each cell, as the pieces hold them. */
function painted(grid: Grid, pieces: readonly Piece[]): number[][] {
  const cells = Array.from({ length: grid.rows }, () => Array.from({ length: grid.columns }, () => -1));
  for (const piece of pieces) {
    for (const { column, row, columns, rows, right, down } of grid.runs(piece)) {
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < columns; x += 1) {
          const line = cells[row + y];
          if (line?.[column + x] !== -1) throw new Error(`Cell ${column + x}, ${row + y} is drawn twice or lies outside.`);
          line[column + x] = (piece.row + down + y) * grid.panel.columns + piece.column + right + x;
        }
      }
    }
  }
  return cells;
}

/** The same by the definition: the order, cut into rows, from the first shown row on. */
function expected(channels: number, view: PanelView, columns: number, rows: number, first: number): number[][] {
  const order = view.order ?? Array.from({ length: channels }, (_, index) => index);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => order[(first + row) * columns + column] ?? -1),
  );
}

describe('what a panel shows of its channels', () => {
  const CASES: [channels: number, columns: number, rows: number][] = [
    [64, 8, 8],
    [60, 8, 8],
    [37, 7, 6],
    [1000, 40, 25],
    [3, 3, 1],
    [1, 1, 1],
  ];
  const zooms: Zoom[] = [1, 2, 4];

  it.each(CASES)('%d channels in %d x %d cells: every shown cell once, in every order, zoom and row', (channels, columns, rows) => {
    const pieces = cut({ columns, rows: Math.ceil(channels / columns) }, 5, 3);
    for (const order of [null, shuffled(channels, channels)]) {
      for (const zoom of zooms) {
        for (const row of [0, 1, 7, 10_000]) {
          const view = { order, zoom, row };
          const grid = new Grid(panelOf(columns, rows), channels, view);
          const wanted = expected(channels, view, grid.columns, grid.rows, grid.row);
          if (zoom === 1 && order === null) {
            // Whole pieces, as they lie in their pages; what they hold beyond the last channel is not drawn.
            expect(grid.runs(pieces[0] ?? { column: 0, row: 0, columns: 1, rows: 1 })).toHaveLength(1);
          } else {
            expect(painted(grid, pieces)).toEqual(wanted);
          }
          wanted.forEach((line, y) => {
            line.forEach((channel, x) => {
              expect(grid.channelAt(x, y)).toBe(channel);
              if (channel < 0) return;
              expect([grid.columnOf(channel), grid.rowOf(channel), grid.shows(channel)]).toEqual([x, y, true]);
            });
          });
        }
      }
    }
  });

  it('makes cells as large as asked for, no panel larger, and reaches the last channel', () => {
    for (const [channels, columns, rows] of CASES) {
      for (const zoom of zooms) {
        const { scale, ...grid } = shownGrid({ columns, rows }, channels, { zoom, row: 10_000 });
        expect(scale).toBeGreaterThanOrEqual(Math.min(zoom, columns, rows));
        expect(grid.columns * scale).toBeLessThanOrEqual(columns + 1e-9);
        expect(grid.rows * scale).toBeLessThanOrEqual(rows + 1e-9);
        expect((grid.row + grid.rows) * grid.columns).toBeGreaterThanOrEqual(channels);
        expect(grid.row === 0 || grid.row + grid.rows === grid.total).toBe(true);
      }
    }
  });

  it('draws neighbours together, and a permuted panel in no more instances than it shows cells', () => {
    const pieces = cut({ columns: 40, rows: 25 }, 20, 25);
    const count = (view: PanelView): number => {
      const grid = new Grid(panelOf(40, 25), 1000, view);
      return pieces.reduce((sum, piece) => sum + grid.runs(piece).length, 0);
    };
    expect(count({ order: null, zoom: 1, row: 0 })).toBe(2);
    // A row of 20 is half a row of the page: 12 rows.
    expect(count({ order: null, zoom: 2, row: 0 })).toBe(12);
    expect(count({ order: shuffled(1000, 1), zoom: 1, row: 0 })).toBeLessThanOrEqual(1000);
    expect(count({ order: shuffled(1000, 1), zoom: 4, row: 3 })).toBeLessThanOrEqual(60);
  });

  it('marks how far it is scrolled, beside the cells and once', () => {
    const pieces = cut({ columns: 8, rows: 8 }, 4, 8);
    const places = [0, 1].map((page) => ({ page, x: 64, y: 32, width: 32, height: 64 }));
    const cell = { width: 8, height: 8 };
    const drawn = (view: PanelView): Instance[][] =>
      [0, 1].map((page) => {
        const to: Instance[] = [];
        const grid = new Grid(panelOf(8, 8), 64, view);
        addInstances(to, { panel: 3, grid, pieces, places, cell, inner: { width: 7, height: 7 } }, page);
        return to;
      });
    expect(drawn({ order: null, zoom: 1, row: 0 }).flat().filter(({ inner }) => inner.width === 0)).toEqual([]);
    const marks = drawn({ order: null, zoom: 2, row: 4 }).flat().filter(({ inner }) => inner.width === 0);
    // Sixteen rows of four, of which the fifth to the eighth are shown.
    expect(marks).toMatchObject([{ panel: 3, row: 0, rows: 4, x: 0.25, y: 0.5 }]);
    expect(marks[0]?.column).toBeGreaterThan(4);
    // The second run begins four cells into the first piece's second row of the page.
    expect(drawn({ order: null, zoom: 2, row: 1 })[0]?.[0]).toMatchObject({ column: 0, row: 1, columns: 4, x: 64, y: 40 });
  });

  it('refuses an order that is none', () => {
    const make = (order: number[]) => () => new Grid(panelOf(2, 2), 4, { order, zoom: 1, row: 0 });
    expect(make([0, 1, 2])).toThrow('3 channels');
    expect(make([0, 1, 2, 2])).toThrow('none of all 4');
    expect(make([3, 1, 2, 0])).not.toThrow();
  });
});
