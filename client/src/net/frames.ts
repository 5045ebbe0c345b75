/**
 * Reads the stream of frames in which activations and results travel; the format is described
 * in `src/cnnwalk/wire/frames.py`. Pure: bytes in, frames out.
 */
import type { FrameHeader, LayerHeader, PassResult, ResultHeader, ValuesHeader } from './types';

/** A header and its payload; the payload begins at a multiple of 8 of its own buffer. */
export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The scales (C,) and codes (C, h, w), or (2, C, h, w) where split, of one layer. */
export interface Codes {
  readonly scales: Float32Array;
  readonly codes: Uint8Array;
}

/** The stream is not what the format says; `message` says where. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const LENGTHS_BYTES = 8;
const ALIGNMENT = 4;
/** No header comes near; a length above it means that these are not frames. */
const MAX_HEADER_BYTES = 1 << 24;

const TYPES: ReadonlySet<string> = new Set<FrameHeader['type']>([
  'layer',
  'values',
  'result',
  'problem',
]);

/** Collects the chunks of one stream, cut anywhere, into frames. */
export class FrameParser {
  private readonly lengths = new Uint8Array(LENGTHS_BYTES);
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private header: FrameHeader | null = null;
  private payloadBytes = 0;
  /** What is being filled: the lengths, then the header, then the payload with its padding. */
  private part: Uint8Array<ArrayBuffer> = this.lengths;
  private filled = 0;
  private position = 0;
  private frameStart = 0;

  /** Returns the frames that `chunk` completes; raises `FrameError`. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      const bytes = Math.min(this.part.length - this.filled, chunk.length - at);
      this.part.set(chunk.subarray(at, at + bytes), this.filled);
      this.filled += bytes;
      at += bytes;
      this.position += bytes;
      while (this.filled === this.part.length) {
        const frame = this.complete();
        if (frame !== null) frames.push(frame);
      }
    }
    return frames;
  }

  /** Call when the stream ended; raises `FrameError` when it ended within a frame. */
  end(): void {
    if (this.part === this.lengths && this.filled === 0) return;
    throw new FrameError(
      `The stream ended at byte ${this.position}, within the frame that began at byte ${this.frameStart}.`,
    );
  }

  /** Goes on to the next part; returns a frame when its last part is there. */
  private complete(): Frame | null {
    if (this.part === this.lengths) {
      const view = new DataView(this.lengths.buffer);
      const headerBytes = view.getUint32(0, true);
      this.payloadBytes = view.getUint32(4, true);
      if (headerBytes === 0 || headerBytes > MAX_HEADER_BYTES) {
        throw new FrameError(
          `A frame's header of ${headerBytes} bytes at byte ${this.frameStart}: these are not frames.`,
        );
      }
      this.fill(new Uint8Array(headerBytes));
      return null;
    }
    if (this.header === null) {
      this.header = this.parse(this.part);
      const padded = Math.ceil(this.payloadBytes / ALIGNMENT) * ALIGNMENT;
      this.fill(new Uint8Array(padded));
      return null;
    }
    const frame = { header: this.header, payload: this.part.subarray(0, this.payloadBytes) };
    this.header = null;
    this.frameStart = this.position;
    this.fill(this.lengths);
    return frame;
  }

  private fill(part: Uint8Array<ArrayBuffer>): void {
    this.part = part;
    this.filled = 0;
  }

  private parse(text: Uint8Array): FrameHeader {
    let header: unknown;
    try {
      header = JSON.parse(this.decoder.decode(text));
    } catch {
      throw new FrameError(`The header of the frame at byte ${this.frameStart} is not JSON.`);
    }
    const { type } = (header ?? {}) as { type?: unknown };
    if (typeof type !== 'string' || !TYPES.has(type)) {
      throw new FrameError(
        `The frame at byte ${this.frameStart} has the unknown type ${JSON.stringify(type)}.`,
      );
    }
    return header as FrameHeader;
  }
}

/** Returns what a layer's payload holds, without copying; raises `FrameError` on a wrong length. */
export function codesOf(header: LayerHeader, payload: Uint8Array): Codes {
  const [channels, height, width] = header.shape;
  const planes = header.encoding === 'split' ? 2 : 1;
  const scaleBytes = channels * Float32Array.BYTES_PER_ELEMENT;
  expectBytes(header.layer, payload, scaleBytes + planes * channels * height * width);
  return {
    scales: new Float32Array(payload.buffer, payload.byteOffset, channels),
    codes: payload.subarray(scaleBytes),
  };
}

/** Returns the (h, w) values of one map, without copying; raises `FrameError` on a wrong length. */
export function valuesOf(header: ValuesHeader, payload: Uint8Array): Float32Array {
  const [height, width] = header.shape;
  expectBytes(header.layer, payload, height * width * Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(payload.buffer, payload.byteOffset, height * width);
}

/** Returns the end of a pass with its payload copied; raises `FrameError` on a wrong length. */
export function resultOf(header: ResultHeader, payload: Uint8Array): PassResult {
  const [height, width] = header.segmentation?.shape ?? [0, 0];
  expectBytes('the result', payload, height * width);
  return { ...header, places: header.segmentation ? new Uint8Array(payload) : null };
}

function expectBytes(layer: string, payload: Uint8Array, expected: number): void {
  if (payload.length !== expected) {
    throw new FrameError(
      `The payload of ${layer} has ${payload.length} bytes; its header says ${expected}.`,
    );
  }
}
