import { describe, expect, it } from 'vitest';

import type { Fetch } from '../../src/net/api';
import { planLayer } from '../../src/tiles/cells';
import { tileBytes, type FromWorker } from '../../src/tiles/messages';
import { Streams } from '../../src/tiles/streams';
import { golden } from '../golden';

const PLAN = planLayer('layer1.0', { channels: 3, height: 2, width: 3 }, 2, 2, 16);

type Bytes = Uint8Array<ArrayBuffer>;

function answering(...chunks: Bytes[]): Fetch {
  return () => {
    const body = new ReadableStream<Bytes>({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    return Promise.resolve(new Response(body));
  };
}

/** Reads one stream and returns what was posted. */
async function read(fetch: Fetch): Promise<FromWorker[]> {
  const posted: FromWorker[] = [];
  const streams = new Streams(fetch, (message) => posted.push(message));
  await streams.receive({ type: 'plans', plans: [PLAN] });
  await streams.receive({ type: 'run', run: 5, scaling: 'layer' });
  await streams.receive({ type: 'fetch', run: 5, level: 'base', url: 'http://page/passes/x' });
  return posted;
}

describe('the streams', () => {
  it('hand on tiles with their statistics, the result and the end', async () => {
    const { bytes } = golden('split_base');
    const posted = await read(answering(bytes, golden('result').bytes));
    expect(posted.map(({ type }) => type)).toEqual(['tile', 'result', 'end']);
    const [tile, result] = posted;
    if (tile?.type !== 'tile' || result?.type !== 'result') expect.fail();
    expect(tile.tile).toMatchObject({ run: 5, layer: 'layer1.0', level: 'base' });
    expect(tile.tile.statistics?.nan).toBe(2);
    expect(tile.tile.pieces).toHaveLength(1);
    expect(result.result.predictions[0]?.label).toBe('coffee mug');
  });

  it('pass over layers that do not stand, as within a collapsed block', async () => {
    const { bytes } = golden('split_base');
    const posted: FromWorker[] = [];
    const streams = new Streams(answering(bytes, golden('result').bytes), (message) => posted.push(message));
    await streams.receive({ type: 'plans', plans: [{ ...PLAN, layer: 'layer1.0 collapsed' }] });
    await streams.receive({ type: 'run', run: 5, scaling: 'layer' });
    await streams.receive({ type: 'fetch', run: 5, level: 'base', url: 'http://page/passes/x' });
    expect(posted.map(({ type }) => type)).toEqual(['result', 'end']);
  });

  it('hand on what the network says about each pixel', async () => {
    const { bytes, frames } = golden('segmentation');
    const [result] = await read(answering(bytes));
    if (result?.type !== 'result') expect.fail();
    expect([...(result.result.places ?? [])]).toEqual(frames[0]?.places);
    expect(result.result.segmentation?.segments[1]?.label).toBe('dog');
  });

  it('blank the layers that did not happen in a pass, if they stand', async () => {
    const { bytes } = golden('partial'); // lacks roi_heads.fc6 and add.2
    const posted: FromWorker[] = [];
    const streams = new Streams(answering(bytes), (message) => posted.push(message));
    await streams.receive({ type: 'plans', plans: [PLAN, { ...PLAN, layer: 'add.2' }] });
    await streams.receive({ type: 'run', run: 5, scaling: 'layer' });
    await streams.receive({ type: 'fetch', run: 5, level: 'base', url: 'http://page/passes/x' });
    expect(posted.map(({ type }) => type)).toEqual(['tile', 'result', 'end']);
    const [blank] = posted;
    const [whole] = await read(answering(golden('split_base').bytes));
    if (blank?.type !== 'tile' || whole?.type !== 'tile') expect.fail();
    expect(blank.tile).toMatchObject({ run: 5, layer: 'add.2', level: 'base', statistics: null });
    const sizes = (tile: typeof blank.tile): number[] => tile.pieces.map(({ length }) => length);
    expect(sizes(blank.tile)).toEqual(sizes(whole.tile));
    expect(blank.tile.pieces.every((piece) => piece.every((byte) => byte === 0))).toBe(true);
  });

  it('hand on the sentence of a pass that failed, and nothing after it', async () => {
    const posted = await read(answering(golden('problem').bytes, golden('split_base').bytes));
    expect(posted).toEqual([
      {
        type: 'problem',
        run: 5,
        detail: 'Layer conv1: 3 channels were expected – the image has 4.',
      },
    ]);
  });

  it.each([
    ['gone', () => Promise.reject(new TypeError('Failed to fetch')), 'does not answer'],
    [
      'refusing',
      () =>
        Promise.resolve(
          new Response('{"detail":"There is no image x; draw again."}', {
            status: 404,
            headers: { 'Content-Type': 'application/problem+json' },
          }),
        ),
      'There is no image x; draw again.',
    ],
    ['cut off', answering(golden('result').bytes.slice(0, 40)), 'ended at byte 40'],
    ['of another layer', answering(golden('signed_detail').bytes), 'no detail level of layer1.0'],
    ['of single values', answering(golden('values').bytes), 'single values'],
  ] as [string, Fetch, string][])('say in words when the answer is %s', async (_, fetch, words) => {
    const posted = await read(fetch);
    expect(posted).toHaveLength(1);
    expect(posted[0]).toMatchObject({ type: 'problem', run: 5 });
    expect(posted[0]?.type === 'problem' && posted[0].detail).toContain(words);
  });

  it('end silently when another run begins, and ignore fetches of runs that ended', async () => {
    const posted: FromWorker[] = [];
    const asked: string[] = [];
    const fetch: Fetch = (url, init) => {
      asked.push(url);
      return new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new DOMException('aborted', 'AbortError'));
        });
      });
    };
    const streams = new Streams(fetch, (message) => posted.push(message));
    await streams.receive({ type: 'run', run: 1, scaling: 'layer' });
    const first = streams.receive({ type: 'fetch', run: 1, level: 'base', url: 'first' });
    await streams.receive({ type: 'run', run: 2, scaling: 'layer' });
    await first;
    await streams.receive({ type: 'fetch', run: 1, level: 'base', url: 'late' });
    expect(posted).toEqual([]);
    expect(asked).toEqual(['first']);
  });

  it('pause while the page has not yet taken what they sent', async () => {
    const { bytes } = golden('signed_base');
    const windowBytes = 5000;
    const held: number[] = [];
    let waiting = 0;
    let most = 0;
    let tiles = 0;
    const post = (message: FromWorker): void => {
      if (message.type !== 'tile') return;
      const size = tileBytes(message.tile);
      held.push(size);
      tiles += 1;
      waiting += size;
      most = Math.max(most, waiting);
    };
    const streams = new Streams(answering(...new Array<Bytes>(100).fill(bytes)), post, windowBytes);
    await streams.receive({ type: 'plans', plans: [PLAN] });
    await streams.receive({ type: 'run', run: 1, scaling: 'layer' });
    const reading = streams.receive({ type: 'fetch', run: 1, level: 'base', url: 'x' });
    while (tiles < 100) {
      const before = tiles;
      await new Promise((resolve) => setTimeout(resolve));
      const size = tiles === before ? held.shift() : undefined;
      if (size === undefined) continue;
      waiting -= size;
      await streams.receive({ type: 'settled', bytes: size });
    }
    for (const size of held.slice(0, -1)) await streams.receive({ type: 'settled', bytes: size });
    await reading;
    expect(most).toBeGreaterThan(windowBytes);
    expect(most).toBeLessThanOrEqual(windowBytes + (held.at(-1) ?? 0));
  });
});
