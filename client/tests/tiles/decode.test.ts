import { describe, expect, it } from 'vitest';

import type { Scaling } from '../../src/model/state';
import { codesOf, FrameError, FrameParser } from '../../src/net/frames';
import type { LayerHeader } from '../../src/net/types';
import { planLayer, type LayerPlan } from '../../src/tiles/cells';
import { decodeLevel } from '../../src/tiles/decode';
import { golden } from '../golden';
import { randoms } from './halls';

type Encoding = LayerHeader['encoding'];

function headerOf(encoding: Encoding, shape: [number, number, number]): LayerHeader {
  return { type: 'layer', layer: 'l', level: 'base', encoding, shape, statistics: null };
}

function planFor(shape: readonly [number, number, number], columns: number): LayerPlan {
  const [channels, height, width] = shape;
  const rows = Math.ceil(channels / columns);
  return planLayer('l', { channels, height, width }, columns, rows, 16);
}

/** The two bytes of value (x, y) of a channel in the only piece of a base level. */
function texel(piece: Uint8Array, plan: LayerPlan, channel: number, x: number, y: number): number[] {
  const { cellWidth, cellHeight } = plan.base;
  const column = channel % plan.columns;
  const row = Math.floor(channel / plan.columns);
  const at = ((row * cellHeight + y) * plan.columns + column) * cellWidth + x;
  return [piece[2 * at] ?? -1, piece[2 * at + 1] ?? -1];
}

/** Positive and negative part in 0..1 of the display scale; null where not finite. */
function parts(
  encoding: Encoding,
  codes: Uint8Array,
  at: number,
  plane: number,
): [number, number] | null {
  const code = codes[at] ?? 0;
  if (encoding === 'signed') {
    const value = (code - 128) / 127;
    return code === 0 ? null : [Math.max(0, value), Math.max(0, -value)];
  }
  if (code === 255) return null;
  return [code / 254, encoding === 'split' ? (codes[plane + at] ?? 0) / 254 : 0];
}

describe('decoding', () => {
  const shape: [number, number, number] = [7, 9, 6];
  const map = 54;

  for (const encoding of ['unsigned', 'signed', 'split'] as const) {
    for (const scaling of ['layer', 'channel'] as Scaling[]) {
      it(`gives every value of ${encoding} codes by ${scaling} within half a step`, () => {
        const random = randoms(3);
        const plane = shape[0] * map;
        const codes = new Uint8Array((encoding === 'split' ? 2 : 1) * plane);
        for (let at = 0; at < plane; at += 1) {
          codes[at] = Math.floor(random() * 256);
          if (encoding === 'split') codes[plane + at] = codes[at] === 255 ? 255 : random() * 254;
        }
        const scales = Float32Array.from({ length: shape[0] }, () => 0.01 + random() * 5);
        const plan = planFor(shape, 3);
        const [piece] = decodeLevel(plan, plan.base, headerOf(encoding, shape), { scales, codes }, scaling);
        expect(piece).toBeDefined();
        const largest = Math.max(...scales);
        for (let at = 0; at < plane; at += 1) {
          const channel = Math.floor(at / map);
          const ratio = scaling === 'layer' ? (scales[channel] ?? 0) / largest : 1;
          const expected = parts(encoding, codes, at, plane);
          const found = texel(piece ?? new Uint8Array(), plan, channel, at % 6, Math.floor((at % map) / 6));
          if (expected === null) expect(found).toEqual([255, 255]);
          else {
            expect(Math.abs((found[0] ?? 0) - expected[0] * ratio * 255)).toBeLessThanOrEqual(0.501);
            expect(Math.abs((found[1] ?? 0) - expected[1] * ratio * 255)).toBeLessThanOrEqual(0.501);
          }
        }
      });
    }
  }

  it.each(['unsigned_base', 'signed_base', 'split_base'])('reads the golden codes of %s', (name) => {
    const [frame] = new FrameParser().push(golden(name).bytes);
    const [expected] = golden(name).frames;
    if (frame?.header.type !== 'layer' || !expected?.planes || !expected.scales) {
      expect.fail('a layer was expected');
    }
    const { header, payload } = frame;
    const plan = planFor(header.shape, 2);
    const [piece] = decodeLevel(plan, plan.base, header, codesOf(header, payload), 'channel');
    const [positive, negative] = expected.planes;
    (positive ?? []).forEach((value, at) => {
      const channel = Math.floor(at / 6);
      const scale = expected.scales?.[channel] ?? 1;
      const found = texel(piece ?? new Uint8Array(), plan, channel, at % 3, Math.floor((at % 6) / 3));
      if (value === null) {
        expect(found).toEqual([255, 255]);
      } else {
        const below = negative ? (negative[at] ?? 0) : Math.max(0, -value);
        expect(Math.abs((found[0] ?? 0) - (Math.max(0, value) / scale) * 255)).toBeLessThan(0.501);
        expect(Math.abs((found[1] ?? 0) - (below / scale) * 255)).toBeLessThan(0.501);
      }
    });
  });

  it('does not let a channel of zeros, whose scale says 1, dim a layer of small values', () => {
    const codes = new Uint8Array([0, 0, 0, 0, 0, 254, 127, 0]);
    const scales = new Float32Array([1, 0.001]);
    const plan = planFor([2, 2, 2], 2);
    const header = headerOf('unsigned', [2, 2, 2]);
    const [piece] = decodeLevel(plan, plan.base, header, { scales, codes }, 'layer');
    expect(texel(piece ?? new Uint8Array(), plan, 1, 1, 0)).toEqual([255, 0]);
    codes[0] = 1;
    const [dimmed] = decodeLevel(plan, plan.base, header, { scales, codes }, 'layer');
    expect(texel(dimmed ?? new Uint8Array(), plan, 1, 1, 0)).toEqual([0, 0]);
  });

  it('repeats the edge in the gap and leaves empty cells black', () => {
    const codes = Uint8Array.from({ length: 3 * 9 }, (_, at) => 10 + at);
    const scales = new Float32Array([1, 1, 1]);
    const plan = planFor([3, 3, 3], 2);
    const header = headerOf('unsigned', [3, 3, 3]);
    const [piece] = decodeLevel(plan, plan.base, header, { scales, codes }, 'layer');
    const at = (channel: number, x: number, y: number): number[] =>
      texel(piece ?? new Uint8Array(), plan, channel, x, y);
    expect(at(0, 3, 1)).toEqual(at(0, 2, 1));
    expect(at(1, 1, 3)).toEqual(at(1, 1, 2));
    expect(at(2, 3, 3)).toEqual(at(2, 2, 2));
    for (let y = 0; y < 4; y += 1) for (let x = 0; x < 4; x += 1) expect(at(3, x, y)).toEqual([0, 0]);
  });

  it('halves maps that are larger than the page allows', () => {
    const codes = Uint8Array.from({ length: 196 }, (_, at) => 4 * (Math.floor(at / 14) % 14));
    const plan = planLayer('l', { channels: 1, height: 14, width: 14 }, 1, 1, 8);
    const source = { scales: new Float32Array([1]), codes };
    const [piece] = decodeLevel(plan, plan.base, headerOf('unsigned', [1, 14, 14]), source, 'channel');
    expect(plan.base.cellHeight).toBe(8);
    for (let y = 0; y < 7; y += 1) {
      const expected = ((4 * (4 * y + 1)) / 2 / 254) * 255;
      expect(Math.abs((piece?.[y * 8 * 2] ?? 0) - expected)).toBeLessThanOrEqual(1);
    }
  });

  it('spreads a layer over pieces without losing or mixing a channel', () => {
    const channels = 3000;
    const codes = Uint8Array.from({ length: channels }, (_, at) => at % 255);
    const shape = { channels, height: 1, width: 1 };
    const plan = planLayer('l', shape, channels, 1, 16);
    expect(plan.base.pieces.length).toBe(6);
    const source = { scales: new Float32Array(channels).fill(1), codes };
    const pieces = decodeLevel(plan, plan.base, headerOf('unsigned', [channels, 1, 1]), source, 'layer');
    plan.base.pieces.forEach((piece, index) => {
      for (let column = 0; column < piece.columns; column += 1) {
        const code = codes[piece.column + column] ?? 0;
        expect(pieces[index]?.[2 * column]).toBe(Math.round((code / 254) * 255));
      }
    });
  });

  it('refuses codes of another shape than the graph says', () => {
    const plan = planFor([2, 2, 2], 2);
    const source = { scales: new Float32Array(2), codes: new Uint8Array(12) };
    const decode = (): unknown =>
      decodeLevel(plan, plan.base, headerOf('unsigned', [2, 3, 2]), source, 'layer');
    expect(decode).toThrow(FrameError);
    expect(decode).toThrow('2 x 3 x 2');
  });
});
