/**
 * Reads the streams of one run: fetches, parses, decodes and hands on. Runs in the worker;
 * free of worker globals, so that tests can drive it.
 */
import type { Scaling } from '../model/state';
import { ConnectionError, sentence, type Fetch } from '../net/api';
import { codesOf, FrameError, FrameParser, resultOf, type Frame } from '../net/frames';
import type { LayerPlan, Level } from './cells';
import { blankLevel, decodeLevel } from './decode';
import { tileBytes, type DecodedTile, type FromWorker, type ToWorker } from './messages';

/** Bytes of tiles that may wait in the page before the streams pause. */
const WINDOW_BYTES = 48 * 1024 * 1024;

export class Streams {
  private readonly plans = new Map<string, LayerPlan>();
  private run = -1;
  private scaling: Scaling = 'layer';
  private abort = new AbortController();
  private waiting = 0;
  private resume: (() => void)[] = [];

  constructor(
    private readonly fetch: Fetch,
    private readonly post: (message: FromWorker, transfer: Transferable[]) => void,
    private readonly windowBytes = WINDOW_BYTES,
  ) {}

  /** Does what the page asks; resolves when a fetch that was asked for has ended. */
  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'plans':
        for (const plan of message.plans) this.plans.set(plan.layer, plan);
        break;
      case 'run':
        this.abort.abort();
        this.abort = new AbortController();
        this.run = message.run;
        this.scaling = message.scaling;
        this.goOn();
        break;
      case 'settled':
        this.waiting -= message.bytes;
        this.goOn();
        break;
      case 'fetch':
        if (message.run === this.run) await this.read(message.level, message.url);
        break;
    }
  }

  private async read(level: Level, url: string): Promise<void> {
    const { run } = this;
    const { signal } = this.abort;
    try {
      const isComplete = await this.readStream(url, run, signal);
      if (isComplete) this.post({ type: 'end', run, level }, []);
    } catch (error) {
      if (signal.aborted) return;
      this.abort.abort();
      this.post({ type: 'problem', run, detail: problemOf(error) }, []);
    }
  }

  /** Resolves to false when the run was ended or stopped by a problem. */
  private async readStream(url: string, run: number, signal: AbortSignal): Promise<boolean> {
    const response = await this.fetch(url, { signal, credentials: 'same-origin' });
    if (!response.ok) throw new RefusedError(await sentence(response));
    const parser = new FrameParser();
    const reader = response.body?.getReader();
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) break;
      for (const frame of parser.push(part.value)) {
        this.handle(frame, run);
        while (this.waiting > this.windowBytes && !signal.aborted) await this.settling();
        if (signal.aborted) return false;
      }
    }
    parser.end();
    return true;
  }

  private settling(): Promise<void> {
    return new Promise((resolve) => this.resume.push(resolve));
  }

  private goOn(): void {
    for (const resume of this.resume.splice(0)) resume();
  }

  private handle({ header, payload }: Frame, run: number): void {
    switch (header.type) {
      case 'layer': {
        const layer = this.plans.get(header.layer);
        // A layer within a collapsed block comes, but does not stand.
        if (layer === undefined) break;
        const plan = layer[header.level];
        if (plan === null) {
          throw new FrameError(`The graph has no ${header.level} level of ${header.layer}.`);
        }
        const codes = codesOf(header, payload);
        const pieces = decodeLevel(layer, plan, header, codes, this.scaling);
        const { level, statistics } = header;
        this.send({ run, layer: header.layer, level, pieces, statistics });
        break;
      }
      case 'result': {
        for (const layer of header.partial?.layers ?? []) this.blank(layer, run);
        const result = resultOf(header, payload);
        this.post({ type: 'result', run, result }, result.places ? [result.places.buffer] : []);
        break;
      }
      case 'problem':
        throw new RefusedError(header.detail);
      case 'values':
        throw new FrameError('A pass has no frame of single values.');
    }
  }

  /** A layer that did not happen in this pass must not go on showing the image before. */
  private blank(layer: string, run: number): void {
    const plan = this.plans.get(layer)?.base;
    if (plan === undefined) return;
    this.send({ run, layer, level: 'base', pieces: blankLevel(plan), statistics: null });
  }

  private send(tile: DecodedTile): void {
    this.waiting += tileBytes(tile);
    this.post({ type: 'tile', tile }, tile.pieces.map((piece) => piece.buffer));
  }
}

/** The server said no, in a sentence of its own. */
class RefusedError extends Error {}

function problemOf(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  if (error instanceof FrameError) {
    return `${error.message} Insert the image again; reload the page if that does not help.`;
  }
  // fetch() and its reader report every failure of the network as a TypeError.
  if (error instanceof TypeError) return new ConnectionError().message;
  return `The maps could not be read (${String(error)}). Reload the page.`;
}
