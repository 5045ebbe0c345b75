/** In which order panels show their channels: by index, or by what the image makes of them. */
import { effect } from '@preact/signals-core';

import type { Api } from '../net/api';
import type { ChannelFigures } from '../net/types';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';

export type OrderBy = 'index' | 'mean' | 'maximum';

export class Orders {
  /** What each layer is asked to be ordered by; the last one wins, whichever figures arrive last. */
  private readonly asked = new Map<NetworkState, Map<string, 'mean' | 'maximum'>>();

  constructor(
    private readonly api: Pick<Api, 'channelFigures'>,
    private readonly notices: Notices,
  ) {}

  /** Orders a layer's channels: the largest figures first. */
  async set(network: NetworkState, layer: string, by: OrderBy): Promise<void> {
    if (by === 'index') {
      this.askedOf(network).delete(layer);
      const orders = new Map(network.orders.peek());
      orders.delete(layer);
      network.orders.value = orders;
      return;
    }
    this.askedOf(network).set(layer, by);
    await this.ask(network, layer, by);
  }

  /** Orders follow the image from now on; returns what ends that. */
  follow(network: NetworkState): () => void {
    let shown = '';
    return effect(() => {
      const image = network.inserted.value?.id ?? '';
      // Not before: figures take a forward pass, which would hold up the one that is shown.
      if (network.progress.value.stage !== 'done' || image === shown) return;
      shown = image;
      for (const [layer, by] of this.askedOf(network)) void this.ask(network, layer, by);
    });
  }

  private askedOf(network: NetworkState): Map<string, 'mean' | 'maximum'> {
    const asked = this.asked.get(network) ?? new Map<string, 'mean' | 'maximum'>();
    this.asked.set(network, asked);
    return asked;
  }

  private async ask(network: NetworkState, layer: string, by: 'mean' | 'maximum'): Promise<void> {
    const image = network.inserted.peek();
    if (image === null) {
      this.notices.tell('info', `Channels are ordered by their ${by} as soon as an image is inserted.`);
      return;
    }
    const isMeant = (): boolean =>
      this.askedOf(network).get(layer) === by && network.inserted.peek()?.id === image.id;
    await this.notices.attempt(async () => {
      const figures = await this.api.channelFigures(network.id, image.id, layer);
      if (!isMeant()) return;
      network.orders.value = new Map(network.orders.peek()).set(layer, { by, channels: ordered(figures[by]) });
    });
  }
}

/** The channels with the largest figures first; those without one last, all else by index. */
function ordered(figures: ChannelFigures['mean']): number[] {
  const of = (channel: number): number => figures[channel] ?? -Infinity;
  return figures.map((_, channel) => channel).sort((one, other) => of(other) - of(one) || one - other);
}
