import { describe, expect, it } from 'vitest';

import { codesOf, FrameError, FrameParser, resultOf, valuesOf, type Frame } from '../src/net/frames';
import { golden, GOLDEN, type GoldenFrame } from './golden';

function parse(...chunks: Uint8Array[]): Frame[] {
  const parser = new FrameParser();
  const frames = chunks.flatMap((chunk) => parser.push(chunk));
  parser.end();
  return frames;
}

/** What a frame holds, in the form of the golden files. */
function contentOf({ header, payload }: Frame): unknown {
  const common = { header, payload_bytes: payload.length };
  if (header.type === 'layer') {
    const { scales, codes } = codesOf(header, payload);
    return { ...common, scales: [...scales], codes: [...codes] };
  }
  if (header.type === 'result') {
    const { places } = resultOf(header, payload);
    return places === null ? common : { ...common, places: [...places] };
  }
  if (header.type !== 'values') return common;
  const values = [...valuesOf(header, payload)];
  return { ...common, values: values.map((v) => (Number.isFinite(v) ? v : String(v))) };
}

function expectedOf(frame: GoldenFrame): unknown {
  const { header, payload_bytes, scales, codes, places, values } = frame;
  if (places) return { header, payload_bytes, places };
  if (scales) return { header, payload_bytes, scales, codes };
  if (!values) return { header, payload_bytes };
  // The file holds the numbers of float64, a frame those of float32.
  const rounded = values.map((v) => (typeof v === 'number' ? Math.fround(v) : v));
  return { header, payload_bytes, values: rounded };
}

describe('frames', () => {
  it('has golden files to read', () => {
    expect(GOLDEN.length).toBeGreaterThan(9);
  });

  it.each(GOLDEN)('reads $name', ({ bytes, frames }) => {
    expect(parse(bytes).map(contentOf)).toEqual(frames.map(expectedOf));
  });

  it('reads a stream cut in two at any byte', () => {
    const { bytes, frames } = golden('stream');
    const whole = JSON.stringify(parse(bytes).map(contentOf));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const found = parse(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(found.length).toBe(frames.length);
      expect(JSON.stringify(found.map(contentOf))).toBe(whole);
    }
  });

  it('reads a stream byte by byte', () => {
    const { bytes, frames } = golden('stream');
    const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(parse(...chunks).map(contentOf)).toEqual(frames.map(expectedOf));
  });

  it('hands a frame on as soon as its last byte is there', () => {
    const { bytes } = golden('signed_base');
    const parser = new FrameParser();
    expect(parser.push(bytes.subarray(0, bytes.length - 1))).toEqual([]);
    expect(parser.push(bytes.subarray(bytes.length - 1))).toHaveLength(1);
  });

  it('says where a stream ends within a frame', () => {
    const { bytes } = golden('stream');
    let whole = 0;
    for (let end = 0; end <= bytes.length; end += 1) {
      const parser = new FrameParser();
      parser.push(bytes.subarray(0, end));
      try {
        parser.end();
        whole += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
        expect((error as Error).message).toContain(`byte ${end}`);
      }
    }
    // Only between two frames, and at both ends, a stream may stop.
    expect(whole).toBe(golden('stream').frames.length + 1);
  });

  it('refuses what is no stream of frames', () => {
    const page = new TextEncoder().encode('<!doctype html><html><body>Hello</body></html>');
    expect(() => parse(page)).toThrow(FrameError);
    const frame = (header: string): Uint8Array => {
      const text = new TextEncoder().encode(header);
      const bytes = new Uint8Array(8 + text.length);
      new DataView(bytes.buffer).setUint32(0, text.length, true);
      bytes.set(text, 8);
      return bytes;
    };
    expect(() => parse(frame('{"type":"unheard of"}   '))).toThrow('unheard of');
    expect(() => parse(frame('null'))).toThrow(FrameError);
    expect(() => parse(frame('{"type'))).toThrow('JSON');
  });

  it('refuses a payload of another length than its header says', () => {
    for (const name of ['split_base', 'segmentation', 'values']) {
      const [frame] = parse(golden(name).bytes);
      if (frame?.header.type === 'layer') {
        const header = { ...frame.header, encoding: 'signed' as const };
        expect(() => codesOf(header, frame.payload)).toThrow(FrameError);
      } else if (frame?.header.type === 'result') {
        const { header, payload } = frame;
        expect(() => resultOf(header, payload.subarray(1))).toThrow('8 bytes; its header says 9');
      } else if (frame?.header.type === 'values') {
        const header = { ...frame.header, shape: [2, 2] as [number, number] };
        expect(() => valuesOf(header, frame.payload)).toThrow('24 bytes');
      } else {
        expect.fail('a layer or values were expected');
      }
    }
  });
});
