/**
 * Noise on the images that are in the networks: as strong in each network, and the same noise where
 * they have the same image. A moving slider asks for one pass after the other, always for where it
 * is by then.
 */
import { computed, effect, signal } from '@preact/signals-core';

import type { Api } from '../net/api';
import type { ImageInfo } from '../net/types';
import type { Images } from './images';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import type { State } from './state';

/** Its standard deviation, where 1 is the way from black to white. */
export const SIGMA = { name: 'Noise on the input', least: 0, most: 0.5, step: 0.01 } as const;

/** An image with noise on it; what it was without is put in again, as it was, where there is none. */
export interface NoisyImage extends ImageInfo {
  readonly clean: ImageInfo;
  readonly sigma: number;
}

/** What a slider asks for. */
interface Asked {
  readonly sigma: number;
  readonly gesture: object;
}

/** Puts in another form of the image that is in a network. */
type Adjust = (network: NetworkState, image: ImageInfo, gesture: object) => void;

export class InputNoise {
  /** Where a slider stands: at what is asked for, until it is there. */
  readonly sigma = computed(() => {
    const asked = this.newest.value;
    if (asked !== null) return asked.sigma;
    const image = this.state.current.value?.inserted.value ?? null;
    return image === null ? 0 : sigmaOf(image);
  });

  private readonly newest = signal<Asked | null>(null);
  private gesture: object | null = null;
  private isFollowing = false;
  /** Where the slider stopped last: which images that left, and in which gesture. */
  private stop: { readonly gesture: object; readonly images: readonly string[] } | null = null;

  constructor(
    private readonly state: State,
    private readonly api: Pick<Api, 'noisy'>,
    private readonly images: Pick<Images, 'rememberMade' | 'forget'>,
    private readonly notices: Notices,
    private readonly adjust: Adjust,
  ) {}

  /** A slider is moved; all that comes before it is let go is taken back in one step. */
  slide(sigma: number): void {
    this.gesture ??= {};
    this.newest.value = { sigma, gesture: this.gesture };
    if (!this.isFollowing) void this.follow();
  }

  release(): void {
    this.gesture = null;
  }

  /** Until the networks show what is asked for. */
  private async follow(): Promise<void> {
    this.isFollowing = true;
    let done: Asked | null = null;
    while (this.newest.peek() !== done) {
      const asked = this.newest.peek();
      if (asked === null || !(await this.notices.attempt(() => this.show(asked)))) break;
      done = asked;
    }
    this.isFollowing = false;
    this.newest.value = null;
    if (done !== null) this.remember(done.gesture);
  }

  private async show({ sigma, gesture }: Asked): Promise<void> {
    const made = new Map<string, Promise<ImageInfo>>();
    const brought = this.state.networks.peek().map(async (network) => {
      const inserted = network.inserted.peek();
      if (inserted === null) return;
      const clean = cleanOf(inserted);
      const making = made.get(clean.id) ?? this.make(clean, sigma);
      made.set(clean.id, making);
      const image = await making;
      // Meanwhile another one may have gone in.
      const now = network.inserted.peek();
      if (now !== null && cleanOf(now).id === clean.id) this.adjust(network, image, gesture);
    });
    await Promise.all(brought);
    await Promise.all(this.state.networks.peek().map(settled));
  }

  private async make(clean: ImageInfo, sigma: number): Promise<ImageInfo> {
    if (sigma === 0) return clean;
    const image: NoisyImage = { ...(await this.api.noisy(clean.id, sigma)), clean, sigma };
    return image;
  }

  /** Of a gesture only its last stop: it passes by more images than are remembered. */
  private remember(gesture: object): void {
    if (this.stop?.gesture === gesture) for (const image of this.stop.images) this.images.forget(image);
    const inserted = this.state.networks.peek().map((network) => network.inserted.peek());
    const noisy = inserted.filter((image): image is NoisyImage => image !== null && isNoisy(image));
    for (const { id, clean, sigma } of noisy) {
      this.images.rememberMade(id, clean.id, () => this.api.noisy(clean.id, sigma));
    }
    this.stop = { gesture, images: noisy.map(({ id }) => id) };
  }
}

/** How strong the noise on an image is; 0 where there is none. */
export function sigmaOf(image: ImageInfo): number {
  return isNoisy(image) ? image.sigma : 0;
}

/** The image without the noise that was put on it here. */
export function cleanOf(image: ImageInfo): ImageInfo {
  return isNoisy(image) ? image.clean : image;
}

/** What an image is called: its class where it has one, and how strong the noise on it is. */
export function imageText(image: ImageInfo): string {
  const sigma = sigmaOf(image);
  return sigma === 0 ? cleanText(image) : `${cleanText(image)} · noise ${sigmaText(sigma)}`;
}

/** What it is called without that. */
export function cleanText(image: ImageInfo): string {
  const { label, name } = cleanOf(image);
  return label ?? name;
}

export function sigmaText(sigma: number): string {
  return sigma === 0 ? 'none' : sigma.toFixed(2);
}

function isNoisy(image: ImageInfo): image is NoisyImage {
  return 'clean' in image;
}

/** Resolves once no pass runs in a network. */
async function settled({ progress }: NetworkState): Promise<void> {
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    stop = effect(() => {
      if (progress.value.stage !== 'running') resolve();
    });
  });
  stop();
}
