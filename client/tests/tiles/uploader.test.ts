import { describe, expect, it } from 'vitest';

import type { Level } from '../../src/tiles/cells';
import { mipSizes, totalTexels } from '../../src/tiles/pyramid';
import { FRAME_BYTES, SLICE_BYTES, Uploader, type Target, type Upload } from '../../src/tiles/uploader';

const SIDE = 2048;

/** A texture in memory, and how often each texel of a level was written. */
class Memory implements Target {
  readonly texelBytes = 2;
  readonly texels = [0, 1, 2].map((mip) => new Uint16Array((SIDE >> mip) ** 2));
  readonly times = [0, 1, 2].map((mip) => new Uint8Array((SIDE >> mip) ** 2));
  readonly slices: number[] = [];

  write(
    mip: number,
    x: number,
    y: number,
    width: number,
    height: number,
    texels: Uint8Array,
    offset: number,
  ): void {
    this.slices.push(2 * width * height);
    for (let row = 0; row < height; row += 1) {
      const to = (y + row) * (SIDE >> mip) + x;
      const from = offset / 2 + row * width;
      const source = new Uint16Array(texels.buffer).subarray(from, from + width);
      this.texels[mip]?.set(source, to);
      const times = this.times[mip]?.subarray(to, to + width);
      times?.forEach((count, at) => (times[at] = count + 1));
    }
  }

  /** Texels of a level that were written once; fails when any was written twice. */
  written(mip: number): number {
    const times = this.times[mip] ?? new Uint8Array();
    expect(Math.max(...new Set(times))).toBeLessThanOrEqual(1);
    return times.reduce((sum, count) => sum + count, 0);
  }
}

function uploadOf(target: Memory, size: number, run = 0): Upload & { results: boolean[] } {
  const mips = mipSizes(size, size, 3);
  const texels = new Uint16Array(totalTexels(mips)).map((_, at) => at);
  const results: boolean[] = [];
  return {
    run,
    target,
    x: 64,
    y: 32,
    mips,
    texels: new Uint8Array(texels.buffer),
    settled: (isWritten) => results.push(isWritten),
    results,
  };
}

/** A clock that advances 1 ms every time it is read. */
function ticking(): () => number {
  let time = 0;
  return () => time++;
}

describe('the uploader', () => {
  it('writes every texel of every level to its place once, in slices', () => {
    const target = new Memory();
    const uploader = new Uploader();
    const upload = uploadOf(target, 1024);
    uploader.add('base', upload);
    let frames = 0;
    while (uploader.pending > 0) {
      uploader.work(0);
      frames += 1;
    }
    // 2 MB, 0.5 MB, 0.125 MB.
    expect(frames).toBe(4);
    expect(Math.max(...target.slices)).toBeLessThanOrEqual(SLICE_BYTES);
    upload.mips.forEach(({ width, height, offset }, mip) => {
      expect(target.written(mip)).toBe(width * height);
      for (let y = 0; y < height; y += 1) {
        const at = ((32 >> mip) + y) * (SIDE >> mip) + (64 >> mip);
        expect(target.texels[mip]?.[at]).toBe((offset + y * width) % 65536);
      }
    });
    expect(upload.results).toEqual([true]);
  });

  it('stops when its time is spent, but always goes on a little', () => {
    const target = new Memory();
    const uploader = new Uploader(ticking());
    for (let count = 0; count < 10; count += 1) uploader.add('base', uploadOf(new Memory(), 16));
    uploader.add('base', uploadOf(target, 16));
    uploader.work(0);
    expect(uploader.pending).toBe(11);
    uploader.work(9);
    expect(uploader.pending).toBe(8);
    uploader.work(1000);
    expect(uploader.pending).toBe(0);
  });

  it('writes no more in a frame than the GPU takes at once', () => {
    const uploader = new Uploader(() => 0);
    const targets = [0, 1, 2, 3, 4].map(() => new Memory());
    for (const target of targets) uploader.add('base', uploadOf(target, 1024));
    uploader.work(1000);
    const bytes = targets.flatMap(({ slices }) => slices).reduce((sum, slice) => sum + slice, 0);
    expect(uploader.pending).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual(FRAME_BYTES);
    expect(bytes).toBeLessThan(FRAME_BYTES + SLICE_BYTES);
  });

  it('writes the base level first, even after a detail level has begun', () => {
    const done: Level[] = [];
    const uploader = new Uploader();
    const add = (level: Level): void => {
      uploader.add(level, { ...uploadOf(new Memory(), 16), settled: () => done.push(level) });
    };
    add('detail');
    uploader.work(0);
    add('base');
    add('base');
    uploader.work(1000);
    expect(done).toEqual(['base', 'base', 'detail']);
  });

  it('drops what belongs to another run and begins the next one at its start', () => {
    const uploader = new Uploader();
    const stale = uploadOf(new Memory(), 16, 1);
    const freshTarget = new Memory();
    const fresh = uploadOf(freshTarget, 16, 2);
    uploader.add('base', stale);
    uploader.work(0);
    uploader.add('base', fresh);
    uploader.keepOnly(2);
    expect([stale.results, fresh.results]).toEqual([[false], []]);
    uploader.work(1000);
    expect(fresh.results).toEqual([true]);
    expect(freshTarget.written(0)).toBe(256);
  });
});
