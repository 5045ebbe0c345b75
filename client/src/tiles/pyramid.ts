/**
 * Mip levels of a rectangle of cells. A texel is 16 bits: the positive part in the low byte,
 * the negative part in the high byte (RG8 in memory on the little-endian machines that run
 * WebGL).
 *
 * While a cell is even it is halved by itself: a texel is the mean of its map's own values
 * under it, the gap repeats the map's last column and row. Below that the rectangle is halved
 * as a whole.
 */

/** A NaN or infinite value; it stays visible at every distance. */
export const NON_FINITE = 0xffff;

/** Cells side by side, and how much of each is map. */
export interface CellGrid {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Values of one map; the rest of the cell is gap. */
  readonly width: number;
  readonly height: number;
}

/** The size of one mip level, and where it begins, in texels. */
export interface MipSize {
  readonly width: number;
  readonly height: number;
  readonly offset: number;
}

/** Returns `count` mip levels of a rectangle of width x height texels, one after the other. */
export function mipSizes(width: number, height: number, count: number): MipSize[] {
  const sizes: MipSize[] = [];
  let offset = 0;
  for (let level = 0; level < count; level += 1) {
    const size = { width: halved(width, level), height: halved(height, level), offset };
    sizes.push(size);
    offset += size.width * size.height;
  }
  return sizes;
}

/** Texels that these levels take together. */
export function totalTexels(sizes: readonly MipSize[]): number {
  const last = sizes[sizes.length - 1];
  return last === undefined ? 0 : last.offset + last.width * last.height;
}

/** Fills all levels of `texels` after the first one, which is there. */
export function fillMips(texels: Uint16Array, sizes: readonly MipSize[], grid: CellGrid): void {
  for (let level = 1; level < sizes.length; level += 1) {
    const from = sizes[level - 1];
    const to = sizes[level];
    if (from === undefined || to === undefined) return;
    const source = texels.subarray(from.offset, from.offset + from.width * from.height);
    const target = texels.subarray(to.offset, to.offset + to.width * to.height);
    const block = 2 ** level;
    if (grid.cellWidth % block === 0 && grid.cellHeight % block === 0) {
      halveCells(source, target, grid, level - 1);
    } else {
      halveWhole(source, from, target, to);
    }
  }
}

/** Repeats the last column and row of a map of width x height texels over the rest of its cell. */
export function fillGap(
  texels: Uint16Array,
  stride: number,
  start: number,
  width: number,
  height: number,
  cellWidth: number,
  cellHeight: number,
): void {
  for (let y = 0; y < height && width < cellWidth; y += 1) {
    const row = start + y * stride;
    texels.fill(texels[row + width - 1] ?? 0, row + width, row + cellWidth);
  }
  const last = start + (height - 1) * stride;
  for (let y = height; y < cellHeight; y += 1) {
    texels.copyWithin(start + y * stride, last, last + cellWidth);
  }
}

/** Halves every cell of `level` by itself. */
function halveCells(
  source: Uint16Array,
  target: Uint16Array,
  grid: CellGrid,
  level: number,
): void {
  const cellWidth = grid.cellWidth >> (level + 1);
  const cellHeight = grid.cellHeight >> (level + 1);
  const stride = grid.columns * cellWidth;
  const across = axis(grid.width, level);
  const down = axis(grid.height, level);
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) {
      const start = row * cellHeight * stride + column * cellWidth;
      const sourceStart = 4 * row * cellHeight * stride + 2 * column * cellWidth;
      halveMap(source, 2 * stride, sourceStart, target, stride, start, across, down);
      fillGap(target, stride, start, across.length, down.length, cellWidth, cellHeight);
    }
  }
}

/** How values of one axis are paired: texel i is the mean of 2i and 2i + 1. */
interface Axis {
  /** Texels of the halved map. */
  readonly length: number;
  /** Texels before `even` are means of two whole ones. */
  readonly even: number;
  /** Values under the two texels that make the last one. */
  readonly first: number;
  readonly second: number;
}

function axis(side: number, level: number): Axis {
  const length = halved(side, level + 1);
  const block = 2 ** level;
  const rest = side - (length - 1) * 2 * block;
  const first = Math.min(block, rest);
  return { length, even: rest === 2 * block ? length : length - 1, first, second: rest - first };
}

function halveMap(
  source: Uint16Array,
  sourceStride: number,
  sourceStart: number,
  target: Uint16Array,
  stride: number,
  start: number,
  across: Axis,
  down: Axis,
): void {
  for (let y = 0; y < down.length; y += 1) {
    const upper = sourceStart + 2 * y * sourceStride;
    const to = start + y * stride;
    const isWholeRow = y < down.even;
    const even = isWholeRow ? across.even : 0;
    for (let x = 0; x < even; x += 1) {
      target[to + x] = meanOfFour(source, upper + 2 * x, sourceStride);
    }
    for (let x = even; x < across.length; x += 1) {
      const isWhole = x < across.even;
      target[to + x] = weightedMean(
        source,
        upper + 2 * x,
        sourceStride,
        isWhole ? 1 : across.first,
        isWhole ? 1 : across.second,
        isWholeRow ? 1 : down.first,
        isWholeRow ? 1 : down.second,
      );
    }
  }
}

function meanOfFour(texels: Uint16Array, at: number, stride: number): number {
  const a = texels[at] ?? 0;
  const b = texels[at + 1] ?? 0;
  const c = texels[at + stride] ?? 0;
  const d = texels[at + stride + 1] ?? 0;
  if ((a | b | c | d) === 0) return 0;
  if (a === NON_FINITE || b === NON_FINITE || c === NON_FINITE || d === NON_FINITE) {
    return NON_FINITE;
  }
  const low = (a & 255) + (b & 255) + (c & 255) + (d & 255);
  const high = (a >> 8) + (b >> 8) + (c >> 8) + (d >> 8);
  return ((low + 2) >> 2) | (((high + 2) >> 2) << 8);
}

/** The mean of 2 x 2 texels with weights of columns and of rows; weight 0 is not looked at. */
function weightedMean(
  texels: Uint16Array,
  at: number,
  stride: number,
  left: number,
  right: number,
  upper: number,
  lower: number,
): number {
  let low = 0;
  let high = 0;
  for (let y = 0; y < 2; y += 1) {
    for (let x = 0; x < 2; x += 1) {
      const weight = (x === 0 ? left : right) * (y === 0 ? upper : lower);
      if (weight === 0) continue;
      const texel = texels[at + y * stride + x] ?? 0;
      if (texel === NON_FINITE) return NON_FINITE;
      low += weight * (texel & 255);
      high += weight * (texel >> 8);
    }
  }
  const total = (left + right) * (upper + lower);
  return Math.floor(low / total + 0.5) | (Math.floor(high / total + 0.5) << 8);
}

/** Halves a rectangle whose cells are too small to be halved by themselves. */
function halveWhole(
  source: Uint16Array,
  from: MipSize,
  target: Uint16Array,
  to: MipSize,
): void {
  for (let y = 0; y < to.height; y += 1) {
    const lower = 2 * y + 1 < from.height ? 1 : 0;
    for (let x = 0; x < to.width; x += 1) {
      const right = 2 * x + 1 < from.width ? 1 : 0;
      const at = 2 * y * from.width + 2 * x;
      target[y * to.width + x] = weightedMean(source, at, from.width, 1, right, 1, lower);
    }
  }
}

function halved(side: number, times: number): number {
  return Math.ceil(side / 2 ** times);
}
