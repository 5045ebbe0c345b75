/** How strongly a channel responds to its own picture, and to the image that was in before. */
import { effect } from '@preact/signals-core';

import type { ImageInfo } from '../net/types';
import { formatCount } from './format';
import type { NetworkState } from './networkstate';
import { summarize, type ValueCache } from './values';
import type { KnownPicture } from './visualizations';

/** Means of the channel's feature map, true values, in the pass of each image. */
export interface ChannelResponse {
  readonly picture: KnownPicture;
  /** The image that was in the network before; null where there was none. */
  readonly earlier: ImageInfo | null;
  readonly before: number | null;
  readonly after: number;
}

/** Keeps `network.response` at what is inserted. `pictureOf`: whose picture an image is, if of any. */
export function followResponse(
  network: NetworkState,
  cache: ValueCache,
  pictureOf: (image: string) => KnownPicture | undefined,
): () => void {
  return effect(() => {
    const inserted = network.inserted.value;
    const isDone = network.progress.value.stage === 'done';
    const picture = inserted === null ? undefined : pictureOf(inserted.id);
    const shown = network.response.peek();
    if (shown !== null && shown.picture !== picture) network.response.value = null;
    if (inserted === null || picture === undefined || !isDone || picture.network !== network.id) return;
    const earlier = network.earlier.peek().at(-1) ?? null;
    compare(cache, picture, inserted, earlier).then(
      (response) => {
        if (network.inserted.peek() === inserted) network.response.value = response;
      },
      // The card goes without the values; the connection is watched elsewhere.
      () => undefined,
    );
  });
}

async function compare(
  cache: ValueCache,
  picture: KnownPicture,
  inserted: ImageInfo,
  earlier: ImageInfo | null,
): Promise<ChannelResponse> {
  const mean = async ({ id }: ImageInfo): Promise<number> => summarize((await cache.get(id, picture)).values).mean;
  const after = await mean(inserted);
  const before = earlier === null ? null : await mean(earlier);
  return { picture, earlier, before, after };
}

/** The growth in words; empty where a factor says nothing, as from 0 or between signs. */
export function growth(before: number, after: number): string {
  if (!(before > 0 && after > 0)) return '';
  const factor = after / before;
  if (factor >= 1.05) return `${formatCount(Number(factor.toFixed(factor < 10 ? 1 : 0)))} times as strong`;
  return factor > 0.95 ? 'as strong as before' : 'weaker than before';
}
