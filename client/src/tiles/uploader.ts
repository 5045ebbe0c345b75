/**
 * Brings texels to the pages a little every frame: the base level first, in slices, until
 * the frame's time is spent. What belongs to an earlier run is dropped.
 */
import type { Level } from './cells';
import type { MipSize } from './pyramid';

/** What is written in one go, so that one write does not take the frame. */
export const SLICE_BYTES = 1024 * 1024;
/** What is written in one frame: beyond some megabytes a write waits for the GPU's process. */
export const FRAME_BYTES = 8 * SLICE_BYTES;

export interface Target {
  readonly texelBytes: number;
  write(
    mip: number,
    x: number,
    y: number,
    width: number,
    height: number,
    texels: Uint8Array,
    offset: number,
  ): void;
}

/** One piece on its way to its place. */
export interface Upload {
  readonly run: number;
  readonly target: Target;
  readonly x: number;
  readonly y: number;
  readonly mips: readonly MipSize[];
  readonly texels: Uint8Array;
  /** Called once, with whether everything was written. */
  readonly settled: (isWritten: boolean) => void;
}

/** The uploads of one level, first in, first out; the first one may be written in part. */
class Queue {
  uploads: Upload[] = [];
  private mip = 0;
  private row = 0;

  /** Writes one slice of the first upload and returns its bytes. */
  step(): number {
    const upload = this.uploads[0];
    const mip = upload?.mips[this.mip];
    if (upload === undefined || mip === undefined) return 0;
    const { texelBytes } = upload.target;
    const rowBytes = mip.width * texelBytes;
    const rows = Math.min(mip.height - this.row, Math.max(1, Math.floor(SLICE_BYTES / rowBytes)));
    upload.target.write(
      this.mip,
      upload.x >> this.mip,
      (upload.y >> this.mip) + this.row,
      mip.width,
      rows,
      upload.texels,
      mip.offset * texelBytes + this.row * rowBytes,
    );
    this.advance(upload, mip, rows);
    return rows * rowBytes;
  }

  private advance(upload: Upload, mip: MipSize, rows: number): void {
    this.row += rows;
    if (this.row < mip.height) return;
    this.row = 0;
    this.mip += 1;
    if (this.mip < upload.mips.length) return;
    this.mip = 0;
    this.uploads.shift();
    upload.settled(true);
  }

  drop(isStale: (upload: Upload) => boolean): void {
    const stale = this.uploads.filter(isStale);
    if (stale.length === 0) return;
    if (stale[0] === this.uploads[0]) this.mip = this.row = 0;
    this.uploads = this.uploads.filter((upload) => !isStale(upload));
    for (const upload of stale) upload.settled(false);
  }
}

export class Uploader {
  private readonly queues: Readonly<Record<Level, Queue>> = {
    base: new Queue(),
    detail: new Queue(),
  };

  constructor(private readonly now: () => number = () => performance.now()) {}

  get pending(): number {
    return this.queues.base.uploads.length + this.queues.detail.uploads.length;
  }

  add(level: Level, upload: Upload): void {
    this.queues[level].uploads.push(upload);
  }

  /** Drops the uploads of every other run. */
  keepOnly(run: number): void {
    this.drop((upload) => upload.run !== run);
  }

  drop(isStale: (upload: Upload) => boolean): void {
    this.queues.base.drop(isStale);
    this.queues.detail.drop(isStale);
  }

  /** Writes slices for about `milliseconds`; at least one when there is any. */
  work(milliseconds: number): void {
    if (this.pending === 0) return;
    const end = this.now() + milliseconds;
    let bytes = 0;
    do {
      const queue = this.queues.base.uploads.length > 0 ? this.queues.base : this.queues.detail;
      bytes += queue.step();
    } while (this.pending > 0 && bytes < FRAME_BYTES && this.now() < end);
  }
}
