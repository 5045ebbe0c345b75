/**
 * Feature visualization: asking for a layer's pictures, following how they form, taking them in
 * hand. The server computes; what it tells of its jobs lands in `NetworkState.visualizations`.
 */
import type { Api } from '../net/api';
import { EventStream, type Source } from '../net/events';
import type { ImageInfo, VisualizationMode, Visualization, VisualizationEstimate, VisualizedChannel } from '../net/types';
import { VisualizationRequests } from '../net/visualizations';
import type { Images } from './images';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import type { Held, LayerRef, MapRef, State } from './state';
import { VisualizationJobs } from './visualizationjobs';

/** What one may choose of a layer's pictures. */
export interface Choices {
  /** null: all of the layer. */
  readonly channels: readonly number[] | null;
  /** null: what suits the layer. */
  readonly mode: VisualizationMode | null;
  /** null: as many as the mode takes by itself. */
  readonly steps: number | null;
  readonly seed: number;
  /** Id of the image that the pictures begin with; null for noise. */
  readonly start: string | null;
  /** Whether pictures that are there are made once more. */
  readonly anew: boolean;
}

export const USUAL: Choices = { channels: null, mode: null, steps: null, seed: 0, start: null, anew: false };

/** A picture that this page knows: of which job, and what the network says to it. */
export interface KnownPicture extends MapRef {
  readonly image: ImageInfo;
  readonly job: Visualization;
  readonly facts: VisualizedChannel;
}

export class Visualizations {
  private readonly jobs: VisualizationJobs;
  private readonly stream: EventStream<Visualization>;
  /** By the id of the picture as an image. */
  private readonly pictures = new Map<string, KnownPicture>();

  constructor(
    private readonly state: State,
    private readonly api: Api,
    private readonly notices: Notices,
    private readonly images: Images,
    private readonly take: (held: Held) => void,
    source?: (url: string) => Source,
  ) {
    this.jobs = new VisualizationJobs(state, notices);
    const listener = {
      opened: () => void this.synchronize(),
      message: (job: Visualization) => { this.jobs.take(job); },
    };
    this.stream = new EventStream(VisualizationRequests.events, 'visualization', listener, source);
  }

  /**
   * Follows the jobs that there are already, as after the page was loaded anew.
   *
   * `turned`: the layers whose panels show pictures again, as far as they have a job.
   */
  async arrive(turned: readonly LayerRef[] = []): Promise<void> {
    await this.synchronize();
    for (const { network: id, layer } of turned) {
      const network = this.state.find(id);
      if (network?.visualizations.peek().has(layer) === true) this.show(network, layer, true);
    }
    if (this.jobs.any) this.stream.start();
  }

  /** Nobody looks at the page now, or somebody does again. */
  hide(hidden: boolean): void {
    this.stream.hide(hidden);
  }

  /** Turns a layer's panel from activations to pictures and back; asks for them where there are none. */
  async turn(network: NetworkState, layer: string): Promise<void> {
    const isTurned = network.turned.peek().has(layer);
    this.show(network, layer, !isTurned);
    if (isTurned) return;
    this.open(network, layer);
    if (network.visualizations.peek().has(layer)) return;
    if (!(await this.request(network, layer, USUAL))) this.show(network, layer, false);
  }

  /** Opens the choices and the progress of a layer beside the hall; null closes them. */
  open(network: NetworkState | null, layer = ''): void {
    this.state.visualizing.value = network === null ? null : { network: network.id, layer };
  }

  /** Opens a layer that has pictures, or is to have some, with its panel turned to them. */
  present(network: NetworkState, layer: string): void {
    this.show(network, layer, true);
    this.open(network, layer);
  }

  /** Asks for pictures of a layer and shows them on its panel. */
  async ask(network: NetworkState, layer: string, choices: Choices): Promise<void> {
    if (await this.request(network, layer, choices)) this.show(network, layer, true);
  }

  /** Asks for the pictures of several layers, one after the other; the panels stay as they are. */
  async askAll(network: NetworkState, layers: readonly string[], choices: Choices): Promise<void> {
    for (const layer of layers) if (!(await this.request(network, layer, choices))) return;
  }

  /** Ends all jobs of a network; the pictures that are done stay. */
  async cancelAll(network: NetworkState): Promise<void> {
    const layers = [...network.visualizations.peek()].filter(([, job]) => isUnfinished(job));
    await Promise.all(layers.map(([layer]) => this.cancel(network, layer)));
  }

  async pause(network: NetworkState, layer: string): Promise<void> {
    await this.steer(network, layer, (id) => this.api.visualizations.steer(id, 'pause'));
  }

  async resume(network: NetworkState, layer: string): Promise<void> {
    await this.steer(network, layer, (id) => this.api.visualizations.steer(id, 'resume'));
  }

  /** Ends a layer's job; the pictures that are done stay. */
  async cancel(network: NetworkState, layer: string): Promise<void> {
    await this.steer(network, layer, (id) => this.api.visualizations.cancel(id));
  }

  /** Deletes a layer's pictures for good. */
  async remove(network: NetworkState, layer: string): Promise<void> {
    await this.steer(network, layer, async (id) => {
      await this.api.visualizations.remove(id);
      this.jobs.forget(id);
      this.show(network, layer, false);
    });
  }

  /** How long all channels of these layers take, made so; null when the server does not say. */
  async estimate(
    network: NetworkState,
    layers: readonly string[],
    { mode, steps }: Pick<Choices, 'mode' | 'steps'>,
  ): Promise<VisualizationEstimate | null> {
    let estimate: VisualizationEstimate | null = null;
    await this.notices.attempt(async () => {
      estimate = await this.api.visualizations.estimate(network.id, layers, mode, steps);
    });
    return estimate;
  }

  /** Tells which of a layer's channels are looked at: they come first. */
  async see(network: NetworkState, layer: string, channels: readonly number[]): Promise<void> {
    const job = network.visualizations.peek().get(layer);
    if (job === undefined || !isUnfinished(job) || channels.length === 0) return;
    await this.notices.attempt(async () => {
      await this.api.visualizations.see(job.id, channels);
    });
  }

  /** Takes a channel's finished picture in hand. */
  async hold(network: NetworkState, layer: string, channel: number): Promise<void> {
    const held = await this.find(network, layer, channel);
    if (held !== null) this.take(held);
  }

  /** Shows a channel's finished picture large. */
  async magnify(network: NetworkState, layer: string, channel: number): Promise<void> {
    const held = await this.find(network, layer, channel);
    if (held !== null) this.state.magnified.value = held;
  }

  /** Whose picture an image is; undefined for one that is no picture, or that nobody took here. */
  pictureOf(image: string): KnownPicture | undefined {
    return this.pictures.get(image);
  }

  /** A finished picture and what the network says to it; null for a silent channel. Rejects as `Api` does. */
  async look(job: Visualization, channel: number): Promise<KnownPicture | null> {
    const ask = (): Promise<VisualizedChannel> => this.api.visualizations.channel(job.id, channel);
    const facts = await ask();
    const { image } = facts;
    if (image === null) return null;
    const picture = { network: job.network, layer: job.layer, channel, image, job, facts };
    this.images.remember(image.id, ask);
    this.pictures.set(image.id, picture);
    return picture;
  }

  private async find(network: NetworkState, layer: string, channel: number): Promise<Held | null> {
    const job = network.visualizations.peek().get(layer);
    if (job?.done.includes(channel) !== true) {
      this.notices.tell('info', `The picture of channel ${channel} is not finished yet.`);
      return null;
    }
    let held: Held | null = null;
    await this.notices.attempt(async () => {
      held = await this.bring(network, job, channel);
    });
    return held;
  }

  private async bring(network: NetworkState, job: Visualization, channel: number): Promise<Held | null> {
    const picture = await this.look(job, channel);
    if (picture === null) {
      this.notices.tell('info', `Nothing that was tried makes channel ${channel} respond: it has no picture.`);
      return null;
    }
    const visualization = { network: network.id, layer: job.layer, channel };
    return { kind: 'image', image: picture.image, visualization };
  }

  /** Resolves to whether the server makes them. */
  private async request(network: NetworkState, layer: string, choices: Choices): Promise<boolean> {
    const { channels, ...rest } = choices;
    this.stream.start();
    return this.notices.attempt(async () => {
      const named = channels === null ? null : [...channels];
      this.jobs.prefer(await this.api.visualizations.ask(network.id, { layer, channels: named, ...rest }));
    });
  }

  private async synchronize(): Promise<void> {
    await this.notices.attempt(async () => {
      this.jobs.keepOnly(await this.api.visualizations.all());
    });
  }

  private async steer(
    network: NetworkState,
    layer: string,
    how: (id: string) => Promise<unknown>,
  ): Promise<void> {
    const job = network.visualizations.peek().get(layer);
    if (job === undefined) return;
    await this.notices.attempt(async () => {
      await how(job.id);
    });
  }

  private show(network: NetworkState, layer: string, turned: boolean): void {
    const layers = new Set(network.turned.peek());
    if (turned) layers.add(layer);
    else layers.delete(layer);
    network.turned.value = layers;
  }
}

/** Whether a job still has something to do. */
export function isUnfinished({ state }: Pick<Visualization, 'state'>): boolean {
  return state === 'waiting' || state === 'running' || state === 'paused';
}
