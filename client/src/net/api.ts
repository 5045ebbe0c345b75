/** The server's HTTP interface, typed; every failure is one of two errors with a sentence. */
import { FrameParser, valuesOf } from './frames';
import type {
  ChannelFigures,
  Classes,
  Course,
  Draw,
  Hall,
  Health,
  ImageInfo,
  Placements,
  Problem,
  WalkInfo,
  WeightStatistics,
} from './types';
import { VisualizationRequests } from './visualizations';

/** The server answered, and said no; `message` is its sentence for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** No answer: the server is gone, or the network between is. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor() {
    super('The server does not answer.');
  }
}

/** One feature map in its true values, row by row from the upper left. */
export interface MapValues {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** How a hall is to be shown; what is left out: nothing collapsed, straight. */
export interface View {
  /** Ids of the blocks that are collapsed. */
  readonly collapsed?: readonly string[];
  /** Instead of `collapsed`: how many levels of blocks are open. */
  readonly depth?: number;
  readonly course?: Course;
}

/** Browsers finish a request of at most this many bytes after its page was closed: Fetch Standard, 64 KiB. */
const LARGEST_KEPT_ALIVE = 65_536;

/** A server that takes longer to say that it lives counts as gone. */
const HEALTH_TIMEOUT_MS = 10_000;

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A piece of a URL's path; ids may hold any character. */
const part = encodeURIComponent;

/** How feature maps are shown: what is brightest, and in which colours. */
export interface MapLook {
  readonly scaling: 'layer' | 'channel';
  readonly colors: 'paper' | 'safe';
}

export class Api {
  readonly visualizations = new VisualizationRequests((url, init) => this.json(url, init));

  constructor(private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init)) {}

  walk(): Promise<WalkInfo> {
    return this.json('api/walk', { cache: 'no-store' });
  }

  hall(network: string, view: View = {}): Promise<Hall> {
    return this.json(`api/networks/${part(network)}/hall${queryOf(view)}`);
  }

  classes(network: string): Promise<Classes> {
    return this.json(`api/networks/${part(network)}/classes`);
  }

  weights(network: string): Promise<WeightStatistics> {
    return this.json(`api/networks/${part(network)}/weights`);
  }

  /** Where visitors have put the panels of a view. */
  placements(network: string, view: View): Promise<Placements> {
    return this.json(placementsUrl(network, view), { cache: 'no-store' });
  }

  /** Keeps where the panels of a view are; `kept.revision` is the one that was changed. */
  keepPlacements(network: string, view: View, kept: Placements): Promise<Placements> {
    const body = JSON.stringify(kept);
    return this.json(placementsUrl(network, view), {
      method: 'PUT',
      body,
      headers: { 'Content-Type': 'application/json' },
      keepalive: body.length < LARGEST_KEPT_ALIVE,
    });
  }

  /** What a layer's channels are like in the pass of an image. */
  channelFigures(network: string, image: string, layer: string): Promise<ChannelFigures> {
    return this.json(`${layerUrl(network, image, layer)}/figures`);
  }

  noise(network: string, kind: string, seed: number): Promise<ImageInfo> {
    return this.json(`api/networks/${part(network)}/noise/${part(kind)}/${seed}`);
  }

  /** The image with Gaussian noise of this standard deviation on it. */
  noisy(image: string, sigma: number): Promise<ImageInfo> {
    return this.json(`api/images/${part(image)}/noisy?sigma=${sigma}`);
  }

  draw(dataset: string, seed: number, offset: number, count: number): Promise<Draw> {
    return this.json(`api/datasets/${part(dataset)}/draws/${seed}?offset=${offset}&count=${count}`);
  }

  /** Brings a picture to the server as it is; the server decodes it and names its pixels. */
  upload(picture: Blob, name: string): Promise<ImageInfo> {
    return this.json(`api/images?name=${part(name)}`, {
      method: 'POST',
      body: picture,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
  }

  /** The server's instance: a new one with every start. */
  async health(): Promise<string> {
    const { instance } = await this.json<Health>('api/health', {
      cache: 'no-store',
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    return instance;
  }

  /** Whether the server still has an image. */
  async hasImage(image: string): Promise<boolean> {
    try {
      await this.ask(this.thumbnailUrl(image), { cache: 'no-store' });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** The pass's exact values of one feature map; recomputed by the server where needed. */
  async mapValues(network: string, image: string, layer: string, channel: number): Promise<MapValues> {
    const url = `${layerUrl(network, image, layer)}/maps/${channel}`;
    const parser = new FrameParser();
    const bytes = new Uint8Array(await (await this.ask(url)).arrayBuffer());
    const [frame] = parser.push(bytes);
    parser.end();
    if (frame?.header.type === 'problem') throw new Error(frame.header.detail);
    if (frame?.header.type !== 'values') throw new Error(`The answer to ${url} has no values.`);
    const [height, width] = frame.header.shape;
    return { width, height, values: valuesOf(frame.header, frame.payload) };
  }

  /** The image's pixels as they are stored, without any change of colours. */
  async picture(image: string): Promise<ImageData> {
    const blob = await (await this.ask(this.pictureUrl(image))).blob();
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (context === null) throw new Error('This browser draws no pictures.');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  }

  /** A layer's true values as a file for numpy. */
  valuesUrl(network: string, image: string, layer: string): string {
    return `${layerUrl(network, image, layer)}/values.npz`;
  }

  /** All feature maps of a layer in one picture. */
  sheetUrl(network: string, image: string, layer: string, { scaling, colors }: MapLook): string {
    return `${layerUrl(network, image, layer)}/maps.png?${new URLSearchParams({ scaling, colors }).toString()}`;
  }

  pictureUrl(image: string): string {
    return `api/images/${part(image)}`;
  }

  thumbnailUrl(image: string): string {
    return `api/images/${part(image)}/thumbnail`;
  }

  private async json<T>(url: string, init?: RequestInit): Promise<T> {
    return (await (await this.ask(url, init)).json()) as T;
  }

  /** Raises `ConnectionError` without an answer, `ApiError` with one that is not a success. */
  private async ask(url: string, init?: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(url, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ConnectionError();
    }
    if (!response.ok) throw new ApiError(response.status, await sentence(response));
    return response;
  }
}

function placementsUrl(network: string, view: View): string {
  return `api/networks/${part(network)}/placements${queryOf(view)}`;
}

function layerUrl(network: string, image: string, layer: string): string {
  return `api/networks/${part(network)}/passes/${part(image)}/layers/${part(layer)}`;
}

/** The same view is always the same address, so that the browser's cache knows it. */
function queryOf({ collapsed = [], depth, course }: View): string {
  const query = [...collapsed].sort().map((block) => `collapsed=${part(block)}`);
  if (depth !== undefined) query.push(`depth=${depth}`);
  if (course !== undefined && course !== 'straight') query.push(`course=${course}`);
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

/** Returns the sentence for people of an answer that is not a success. */
export async function sentence(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status} to ${new URL(response.url, 'http://page').pathname}.`;
  if (!(response.headers.get('Content-Type') ?? '').startsWith('application/problem+json')) {
    return fallback;
  }
  const problem = (await response.json()) as Partial<Problem>;
  return problem.detail ?? fallback;
}
