/**
 * How maps become cells of a page: sizes in texels, and how a grid that is larger than a page
 * is cut. Plain data, shared by the worker that fills cells and the scene that draws them.
 *
 * A cell is the map and the gap that follows it, about 8/7 of the map's side: 7 -> 8,
 * 14 -> 16, 112 -> 128. Powers of two at the base level let its mips go down to one texel a
 * map without mixing neighbours.
 */
import type { Hall } from '../net/types';

/** Side of a page in texels; every WebGL 2 device has it. */
export const PAGE_SIZE = 2048;
/** Pieces are at most this large, unless one cell is: small ones fill pages to nine tenths. */
const PIECE_SIZE = PAGE_SIZE / 4;
/** Bytes of a texel: positive and negative part. */
export const TEXEL_BYTES = 2;
/** Maps are at most this large at the base level (`BASE_SIDE` of the wire format). */
export const BASE_SIDE = 14;
/** Cells are at most this large at the base level. */
export const BASE_CELL = 16;
/** The part of a cell, in either direction, that is gap. */
export const GAP = 1 / 8;

/** A detail cell wider than this has mips that end at 11 to 22 texels only with a multiple of 16. */
const LARGE_CELL = 176;

export type Level = 'base' | 'detail';

/** Mip levels of the pages of a level; places in a page are aligned to 2 ** (mips - 1) texels. */
export const MIPS: Readonly<Record<Level, number>> = { base: 6, detail: 5 };

/** An activation as maps. */
export interface MapsShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Whole cells of a grid that lie together in one page; a layer has one or more. */
export interface Piece {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** One level of one layer: what arrives, and the cells that it becomes. */
export interface LevelPlan {
  readonly level: Level;
  /** Size of the codes of one map. */
  readonly height: number;
  readonly width: number;
  /** Texels of one cell in the page. */
  readonly cellHeight: number;
  readonly cellWidth: number;
  /** How often cells are halved before they go into the page. */
  readonly drop: number;
  readonly pieces: readonly Piece[];
}

export interface LayerPlan {
  readonly layer: string;
  readonly shape: MapsShape;
  readonly columns: number;
  readonly rows: number;
  readonly base: LevelPlan;
  /** Null when the base level is the full size already. */
  readonly detail: LevelPlan | null;
}

/** Returns an activation's shape, without its batch axis, as maps (as `to_maps` of the server). */
export function mapsShape(shape: readonly number[]): MapsShape {
  if (shape.includes(0)) return { channels: 1, height: 1, width: 1 };
  const width = shape.length < 2 ? 1 : at(shape, shape.length - 1);
  const channels = shape.length === 2 || shape.length === 0 ? 1 : at(shape, 0);
  const total = shape.reduce((product, length) => product * length, 1);
  return { channels, height: total / channels / width, width };
}

/** Returns the size of maps at the base level: halved, rounding up, until both sides fit. */
export function baseSize(height: number, width: number): { height: number; width: number } {
  let divisor = 1;
  while (Math.ceil(Math.max(height, width) / divisor) > BASE_SIDE) divisor *= 2;
  return { height: Math.ceil(height / divisor), width: Math.ceil(width / divisor) };
}

/** Returns the plans of a hall's layers, in the order of its panels. */
export function planLayers(hall: Hall, maxBaseCell: number): LayerPlan[] {
  const shapes = new Map(hall.graph.layers.map((layer) => [layer.id, layer.shape]));
  return hall.arrangement.panels.map((panel) => {
    const shape = shapes.get(panel.layer);
    if (shape === undefined) throw new Error(`The graph has no layer ${panel.layer}.`);
    return planLayer(panel.layer, mapsShape(shape), panel.columns, panel.rows, maxBaseCell);
  });
}

export function planLayer(
  layer: string,
  shape: MapsShape,
  columns: number,
  rows: number,
  maxBaseCell: number,
): LayerPlan {
  const { height, width } = baseSize(shape.height, shape.width);
  const isFull = height === shape.height && width === shape.width;
  // Rows and columns of the panel in which there is no map take no texels.
  const grid = {
    columns: Math.min(columns, shape.channels),
    rows: Math.min(rows, Math.ceil(shape.channels / columns)),
  };
  return {
    layer,
    shape,
    columns,
    rows,
    base: planLevel('base', height, width, grid, maxBaseCell),
    detail: isFull ? null : planLevel('detail', shape.height, shape.width, grid, PAGE_SIZE),
  };
}

function planLevel(
  level: Level,
  height: number,
  width: number,
  grid: { columns: number; rows: number },
  maxCell: number,
): LevelPlan {
  const cell = level === 'base' ? baseCell : detailCell;
  let drop = 0;
  while (Math.max(cell(height, drop), cell(width, drop)) >> drop > maxCell) drop += 1;
  const cellHeight = cell(height, drop) >> drop;
  const cellWidth = cell(width, drop) >> drop;
  const pieces = cut(grid, cellsIn(cellWidth), cellsIn(cellHeight));
  return { level, height, width, cellHeight, cellWidth, drop, pieces };
}

/** Returns the texels of a base cell for `side` values, 1, 4, 8 or 16, before it is halved. */
function baseCell(side: number, drop: number): number {
  let cell = Math.max(side === 1 ? 1 : 4, 2 ** drop);
  while (side > 1 && cell * (1 - GAP) < side) cell *= 2;
  return cell;
}

/** Returns the texels of a detail cell for `side` values, before it is halved `drop` times. */
function detailCell(side: number, drop: number): number {
  const wanted = side / (1 - GAP);
  const multiple = Math.max(wanted > LARGE_CELL ? 16 : 8, 2 ** drop);
  return Math.ceil(wanted / multiple) * multiple;
}

/** How many cells of this size a piece may have in a row. */
export function cellsIn(cell: number): number {
  return Math.max(1, Math.floor(PIECE_SIZE / cell));
}

/** Cuts a grid into pieces of nearly equal size. */
export function cut(
  grid: { columns: number; rows: number },
  maxColumns: number,
  maxRows: number,
): Piece[] {
  const across = Math.ceil(grid.columns / Math.ceil(grid.columns / maxColumns));
  const down = Math.ceil(grid.rows / Math.ceil(grid.rows / maxRows));
  const pieces: Piece[] = [];
  for (let row = 0; row < grid.rows; row += down) {
    for (let column = 0; column < grid.columns; column += across) {
      pieces.push({
        column,
        row,
        columns: Math.min(across, grid.columns - column),
        rows: Math.min(down, grid.rows - row),
      });
    }
  }
  return pieces;
}

/** Texels that a piece covers in its page. */
export function pieceWidth(plan: Pick<LevelPlan, 'cellWidth'>, piece: Piece): number {
  return piece.columns * plan.cellWidth;
}

export function pieceHeight(plan: Pick<LevelPlan, 'cellHeight'>, piece: Piece): number {
  return piece.rows * plan.cellHeight;
}

function at(shape: readonly number[], index: number): number {
  return shape[index] ?? 1;
}
