/**
 * How the pictures of a layer become cells of a page. A cell is a whole picture without a gap;
 * its alpha says what it shows, so that this travels with its texels. Plain data, shared by the
 * worker that makes cells and the scene that draws them.
 */
import { cellsIn, cut, GAP, type MapsShape, type Piece } from './cells';

/** Mip levels of the pages of pictures; the cells below go down to 1 to 4 texels a picture. */
export const PICTURE_MIPS = 6;
/** Sides of cells in texels, so that each is whole at every mip level. */
const STEP = 2 ** (PICTURE_MIPS - 1);
const LARGEST = 4 * STEP;
/** Pictures of one layer take at most this many texels, unless they are the smallest already. */
export const MOST_TEXELS = 4 * 2 ** 20;

/** What a cell shows, as its alpha byte; in between is more than what filters mix. */
export const SHOWS = {
  /** No picture yet. */
  waiting: 0,
  /** The channel is silent, there is no picture. */
  dead: 64,
  /** A picture that still forms. */
  forming: 128,
  /** A picture of the channel's value before its activation function. */
  before: 192,
  picture: 255,
} as const;

export type Shows = keyof typeof SHOWS;

export function showsOf(alpha: number): Shows | undefined {
  const entries = Object.entries(SHOWS) as [Shows, number][];
  return entries.find(([, code]) => code === alpha)?.[0];
}

/** Width and height in whatever unit. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** The cells of one layer. */
export interface PicturePlan {
  readonly columns: number;
  readonly channels: number;
  /** The longer side of a picture in pixels, as the server is asked for it. */
  readonly side: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly pieces: readonly Piece[];
}

/**
 * Returns how a layer's pictures are cut into cells.
 *
 * @param grid of its panel
 * @param picture a picture's size in pixels
 * @param texels that they may take
 */
export function planPictures(
  shape: MapsShape,
  grid: { readonly columns: number; readonly rows: number },
  picture: Extent,
  texels: number,
): PicturePlan {
  const longer = Math.max(picture.width, picture.height);
  const room = Math.sqrt(Math.min(texels, MOST_TEXELS) / shape.channels);
  const fitting = Math.floor(room / STEP) * STEP;
  const cell = Math.min(Math.max(STEP, fitting), LARGEST, whole(longer));
  const cellWidth = whole((cell * picture.width) / longer);
  const cellHeight = whole((cell * picture.height) / longer);
  const used = {
    columns: Math.min(grid.columns, shape.channels),
    rows: Math.ceil(shape.channels / grid.columns),
  };
  return {
    columns: grid.columns,
    channels: shape.channels,
    side: Math.min(cell, longer),
    cellWidth,
    cellHeight,
    pieces: cut(used, cellsIn(cellWidth), cellsIn(cellHeight)),
  };
}

/** The share of a panel's cell that a picture takes: as large as fits where the map would be. */
export function shareOfCell(cell: Extent, picture: Extent): Extent {
  const room = { width: cell.width * (1 - GAP), height: cell.height * (1 - GAP) };
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  return {
    width: (picture.width * scale) / cell.width,
    height: (picture.height * scale) / cell.height,
  };
}

/** In which piece a channel's cell lies, and where in it, in texels. */
export function cellIn(plan: PicturePlan, channel: number): { piece: number; x: number; y: number } {
  const column = channel % plan.columns;
  const row = Math.floor(channel / plan.columns);
  const index = plan.pieces.findIndex(
    (piece) =>
      column >= piece.column &&
      column < piece.column + piece.columns &&
      row >= piece.row &&
      row < piece.row + piece.rows,
  );
  const piece = plan.pieces[index];
  if (piece === undefined || channel >= plan.channels) throw new Error(`There is no channel ${channel}.`);
  return {
    piece: index,
    x: (column - piece.column) * plan.cellWidth,
    y: (row - piece.row) * plan.cellHeight,
  };
}

function whole(texels: number): number {
  return Math.max(STEP, Math.round(texels / STEP) * STEP);
}
