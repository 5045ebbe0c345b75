/**
 * Turns codes into the texels that are drawn. Runs in the worker; pure.
 *
 * A texel is (positive part, negative part), each 0..255 for 0..1 of the display scale. The
 * display scale is the layer's or the channel's largest finite magnitude.
 */
import type { Scaling } from '../model/state';
import { FrameError, type Codes } from '../net/frames';
import type { LayerHeader } from '../net/types';
import {
  MIPS,
  pieceHeight,
  pieceWidth,
  type LayerPlan,
  type LevelPlan,
  type Piece,
} from './cells';
import { fillGap, fillMips, mipSizes, NON_FINITE, totalTexels } from './pyramid';

type Encoding = LayerHeader['encoding'];

const UNSIGNED_STEPS = 254;
const SIGNED_STEPS = 127;
const SIGNED_ZERO = 128;
const CODES = 256;

/**
 * Returns the texels of every piece of a level's plan, each with all its mip levels in the
 * order of `mipSizes`; raises `FrameError` when the codes are not those of the plan.
 */
export function decodeLevel(
  layer: LayerPlan,
  plan: LevelPlan,
  header: LayerHeader,
  codes: Codes,
  scaling: Scaling,
): Uint8Array<ArrayBuffer>[] {
  const [channels, height, width] = header.shape;
  if (channels !== layer.shape.channels || height !== plan.height || width !== plan.width) {
    const expected = [layer.shape.channels, plan.height, plan.width].join(' x ');
    throw new FrameError(
      `The ${plan.level} level of ${layer.layer} has ${header.shape.join(' x ')} values; its graph says ${expected}.`,
    );
  }
  const maps = new Maps(header, codes, scaling);
  return plan.pieces.map((piece) => decodePiece(layer, plan, piece, maps));
}

/** The texels of a level whose maps are all 0, as `decodeLevel` returns them. */
export function blankLevel(plan: LevelPlan): Uint8Array<ArrayBuffer>[] {
  return plan.pieces.map((piece) => {
    const sizes = mipSizes(pieceWidth(plan, piece), pieceHeight(plan, piece), MIPS[plan.level]);
    return new Uint8Array(totalTexels(sizes) * Uint16Array.BYTES_PER_ELEMENT);
  });
}

/** The texels of every map of a layer. */
class Maps {
  readonly channels: number;
  private readonly height: number;
  private readonly width: number;
  private readonly table = new Uint16Array(CODES);
  private readonly scale: number;

  constructor(
    private readonly header: LayerHeader,
    private readonly source: Codes,
    scaling: Scaling,
  ) {
    [this.channels, this.height, this.width] = header.shape;
    this.scale = scaling === 'layer' ? layerScale(header, source) : 0;
  }

  /** Writes the texels of one map, row by row. */
  write(channel: number, texels: Uint16Array, stride: number, start: number): void {
    const { codes } = this.source;
    const { table, width, height } = this;
    const isSplit = this.header.encoding === 'split';
    const own = this.source.scales[channel] ?? 1;
    fillTable(table, this.header.encoding, this.scale === 0 ? 1 : own / this.scale);
    const plane = this.channels * height * width;
    let from = channel * height * width;
    for (let y = 0; y < height; y += 1) {
      const row = start + y * stride;
      for (let x = 0; x < width; x += 1, from += 1) {
        let texel = table[codes[from] ?? 0] ?? 0;
        if (isSplit) texel |= (table[codes[plane + from] ?? 0] ?? 0) << 8;
        texels[row + x] = texel;
      }
    }
  }
}

function decodePiece(
  layer: LayerPlan,
  plan: LevelPlan,
  piece: Piece,
  maps: Maps,
): Uint8Array<ArrayBuffer> {
  const full = {
    columns: piece.columns,
    rows: piece.rows,
    cellWidth: plan.cellWidth << plan.drop,
    cellHeight: plan.cellHeight << plan.drop,
    width: plan.width,
    height: plan.height,
  };
  const sizes = mipSizes(
    pieceWidth(plan, piece) << plan.drop,
    pieceHeight(plan, piece) << plan.drop,
    plan.drop + MIPS[plan.level],
  );
  const texels = new Uint16Array(totalTexels(sizes));
  const { cellWidth, cellHeight } = full;
  const stride = piece.columns * cellWidth;
  for (let row = 0; row < piece.rows; row += 1) {
    for (let column = 0; column < piece.columns; column += 1) {
      const channel = (piece.row + row) * layer.columns + piece.column + column;
      if (channel >= maps.channels) break;
      const start = row * cellHeight * stride + column * cellWidth;
      maps.write(channel, texels, stride, start);
      fillGap(texels, stride, start, plan.width, plan.height, cellWidth, cellHeight);
    }
  }
  fillMips(texels, sizes, full);
  const kept = texels.slice(sizes[plan.drop]?.offset ?? 0);
  return new Uint8Array(kept.buffer);
}

/** Fills what each code is as a texel; of a split plane, what it is as one byte of the texel. */
function fillTable(table: Uint16Array, encoding: Encoding, ratio: number): void {
  if (encoding === 'signed') {
    for (let code = 1; code < CODES; code += 1) {
      const value = Math.round((Math.abs(code - SIGNED_ZERO) / SIGNED_STEPS) * ratio * 255);
      table[code] = code < SIGNED_ZERO ? value << 8 : value;
    }
    table[0] = NON_FINITE;
    return;
  }
  for (let code = 0; code <= UNSIGNED_STEPS; code += 1) {
    table[code] = Math.round((code / UNSIGNED_STEPS) * ratio * 255);
  }
  table[CODES - 1] = encoding === 'split' ? 255 : NON_FINITE;
}

/** The largest scale of the channels that have a value other than 0; 1 when there is none. */
function layerScale(header: LayerHeader, { scales, codes }: Codes): number {
  const planes = header.encoding === 'split' ? 2 : 1;
  const map = codes.length / planes / scales.length;
  let largest = 0;
  for (let channel = 0; channel < scales.length; channel += 1) {
    const scale = scales[channel] ?? 0;
    if (scale <= largest) continue;
    // A channel of zeros says 1, which is no magnitude of it.
    let isUsed = scale !== 1;
    for (let plane = 0; plane < planes && !isUsed; plane += 1) {
      const start = (plane * scales.length + channel) * map;
      isUsed = hasValue(header.encoding, codes, start, start + map);
    }
    if (isUsed) largest = scale;
  }
  return largest === 0 ? 1 : largest;
}

function hasValue(encoding: Encoding, codes: Uint8Array, start: number, end: number): boolean {
  const zero = encoding === 'signed' ? SIGNED_ZERO : 0;
  const nonFinite = encoding === 'signed' ? 0 : CODES - 1;
  for (let at = start; at < end; at += 1) {
    const code = codes[at];
    if (code !== zero && code !== nonFinite) return true;
  }
  return false;
}
