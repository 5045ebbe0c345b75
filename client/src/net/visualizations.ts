/** The requests of feature visualization. */
import type {
  VisualizationMode,
  Visualization,
  VisualizationAsked,
  VisualizationEstimate,
  VisualizedChannel,
} from './types';

/** Asks for an address and gives the JSON of its answer, as `Api` does. */
export type AskJson = <T>(url: string, init?: RequestInit) => Promise<T>;

/** What is left out is as usual. */
export type Asked = Pick<VisualizationAsked, 'layer'> & Partial<VisualizationAsked>;
export type Steered = 'pause' | 'resume';

/** A piece of a URL's path; ids may hold any character. */
const part = encodeURIComponent;

export class VisualizationRequests {
  /** The server-sent events of all jobs. */
  static readonly events = 'api/visualizations/events';

  constructor(private readonly json: AskJson) {}

  all(): Promise<Visualization[]> {
    return this.json('api/visualizations', { cache: 'no-store' });
  }

  ask(network: string, asked: Asked): Promise<Visualization> {
    return this.json(`api/networks/${part(network)}/visualizations`, post(asked));
  }

  /** How long the pictures of these layers would take; `mode` null: what suits each. */
  /** Of all channels of these layers; null: what suits a layer, and as many steps as that takes. */
  estimate(
    network: string,
    layers: readonly string[],
    mode: VisualizationMode | null,
    steps: number | null,
  ): Promise<VisualizationEstimate> {
    const query = layers.map((layer) => `layer=${part(layer)}`);
    if (mode !== null) query.push(`mode=${mode}`);
    if (steps !== null) query.push(`steps=${steps}`);
    const url = `api/networks/${part(network)}/visualizations/estimate?${query.join('&')}`;
    return this.json(url, { cache: 'no-store' });
  }

  steer(id: string, to: Steered): Promise<Visualization> {
    return this.json(`api/visualizations/${part(id)}/${to}`, { method: 'POST' });
  }

  /** These channels are looked at: they come first. */
  see(id: string, channels: readonly number[]): Promise<Visualization> {
    return this.json(`api/visualizations/${part(id)}/see`, post({ channels }));
  }

  /** What is done stays. */
  cancel(id: string): Promise<Visualization> {
    return this.json(`api/visualizations/${part(id)}`, { method: 'DELETE' });
  }

  /** Cancels, and deletes the pictures. */
  remove(id: string): Promise<unknown> {
    return this.json(`api/visualizations/${part(id)}/pictures`, { method: 'DELETE' });
  }

  /** A finished picture; with it the server knows it as an image. */
  channel(id: string, channel: number): Promise<VisualizedChannel> {
    return this.json(this.channelUrl(id, channel), { cache: 'no-store' });
  }

  /** The picture as a file, with its parameters in it. */
  pngUrl(id: string, channel: number): string {
    return `${this.channelUrl(id, channel)}/png`;
  }

  /** All pictures of the layer on one sheet, as a file. */
  sheetUrl(id: string): string {
    return `api/visualizations/${part(id)}/sheet`;
  }

  private channelUrl(id: string, channel: number): string {
    return `api/visualizations/${part(id)}/channels/${channel}`;
  }
}

function post(body: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
