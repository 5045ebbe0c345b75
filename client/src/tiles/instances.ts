/** What a page draws of a panel: pieces of its grid, and the mark that says how far it is scrolled. */
import type { Piece } from './cells';
import type { Grid } from './grid';
import type { Place } from './packer';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cells of a panel that lie side by side in a page; or, with an `inner` of 0, its scroll mark. */
export interface Instance {
  readonly panel: number;
  /** Where on the panel, in cells. */
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  /** Where in the page, in texels; of a scroll mark the shares of it that are shown: from, to. */
  readonly x: number;
  readonly y: number;
  /** Texels of one cell. */
  readonly cell: Size;
  /** What of a cell is the map or the picture: as its fragment shader counts it. */
  readonly inner: Size;
}

/** One panel's cells in the pages. */
export interface PlacedCells {
  readonly panel: number;
  readonly grid: Grid;
  readonly pieces: readonly Piece[];
  /** A place for each piece. */
  readonly places: readonly Place[];
  readonly cell: Size;
  readonly inner: Size;
}

/** How wide the scroll mark is, and how far beside the cells, in m as the layout has them. */
const MARK_WIDTH = 0.018;
const MARK_GAP = 0.012;
const NOTHING: Size = { width: 0, height: 0 };

/** Adds what the page with this index draws of a panel. */
export function addInstances(to: Instance[], cells: PlacedCells, page: number): void {
  const { panel, grid, pieces, places, cell, inner } = cells;
  places.forEach((place, index) => {
    const piece = pieces[index];
    if (place.page !== page || piece === undefined) return;
    for (const { column, row, columns, rows, right, down } of grid.runs(piece)) {
      const x = place.x + right * cell.width;
      const y = place.y + down * cell.height;
      to.push({ panel, column, row, columns, rows, x, y, cell, inner });
    }
  });
  if (grid.scrolls && places[0]?.page === page) to.push(scrollMark(panel, grid));
}

/** A thin strip to the right of the cells. */
function scrollMark(panel: number, grid: Grid): Instance {
  const { columns, rows, row, total, cellWidth } = grid;
  return {
    panel,
    column: columns + MARK_GAP / cellWidth,
    row: 0,
    columns: MARK_WIDTH / cellWidth,
    rows,
    x: row / total,
    y: (row + rows) / total,
    cell: NOTHING,
    inner: NOTHING,
  };
}
