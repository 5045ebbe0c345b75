/** Sheets of pictures: what the page asks its worker for, and how a sheet becomes cells. */
import { PICTURE_MIPS } from './picturecells';
import { cellTexels } from './picturemips';

/** Cells in a row of a sheet, as the server makes it; a shorter sheet has one short row. */
const SHEET_COLUMNS = 16;

/** A sheet that is to be fetched and cut. */
export interface SheetAsked {
  readonly id: number;
  readonly url: string;
  /** Of each cell, in the sheet's order: what it shows, as its alpha. */
  readonly alphas: readonly number[];
  /** Size of a cell in the page. */
  readonly width: number;
  readonly height: number;
}

export type SheetAnswer =
  /** The cells' texels with their mip levels, in the sheet's order; null where it was empty. */
  | { readonly id: number; readonly cells: readonly (Uint8Array<ArrayBuffer> | null)[] }
  | { readonly id: number; readonly problem: string };

/** A part of a picture, in pixels. */
export interface Cut {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** RGBA bytes of a part of a sheet, scaled to a cell's size. */
export type ReadPart = (part: Cut) => Uint8ClampedArray;

/** Where the cells of a sheet of this size lie. */
export function cutsOf(count: number, sheet: { readonly width: number; readonly height: number }): Cut[] {
  const columns = Math.min(SHEET_COLUMNS, count);
  const width = sheet.width / columns;
  const height = sheet.height / Math.ceil(count / SHEET_COLUMNS);
  return Array.from({ length: count }, (_, index) => ({
    x: (index % SHEET_COLUMNS) * width,
    y: Math.floor(index / SHEET_COLUMNS) * height,
    width,
    height,
  }));
}

/** Cuts a sheet into cells; `read` gives its pixels. */
export function cellsOf(
  { alphas, width, height }: SheetAsked,
  sheet: { readonly width: number; readonly height: number },
  read: ReadPart,
): (Uint8Array<ArrayBuffer> | null)[] {
  return cutsOf(alphas.length, sheet).map((part, index) => {
    const pixels = read(part);
    const middle = 4 * (Math.floor(height / 2) * width + Math.floor(width / 2)) + 3;
    if (pixels[middle] === 0) return null;
    return cellTexels(pixels, width, height, PICTURE_MIPS, alphas[index] ?? 0);
  });
}
