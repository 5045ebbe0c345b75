/** Where pictures come from: the datasets' draws, noise, files; and bringing them once more. */
import type { Api } from '../net/api';
import type { Draw, ImageInfo } from '../net/types';
import type { Notices } from './notices';
import { Sources, type Again } from './sources';
import type { State } from './state';

/** Images on one page of the dataset panel. */
export const DRAW_COUNT = 8;

export class Images {
  private readonly sources = new Sources();

  constructor(
    private readonly state: State,
    private readonly api: Api,
    private readonly notices: Notices,
  ) {}

  async drawAgain(): Promise<void> {
    await this.show(randomSeed(), 0);
  }

  /** Leafs through the draw by `step` pages; stops at both ends. */
  async page(step: number): Promise<void> {
    const draw = this.state.draw.peek();
    if (draw === null) return;
    const last = Math.max(0, Math.ceil(draw.total / DRAW_COUNT) - 1);
    const at = Math.round(draw.offset / DRAW_COUNT);
    const next = Math.min(last, Math.max(0, at + step));
    if (next !== at) await this.show(draw.seed, next * DRAW_COUNT);
  }

  async chooseDataset(id: string): Promise<void> {
    const dataset = this.state.walk.peek()?.datasets.find((one) => one.id === id);
    if (dataset === undefined) return;
    this.state.dataset.value = dataset;
    await this.show(randomSeed(), 0);
  }

  /** Makes a noise image of the size that a network takes; null when that fails. */
  async noise(network: string, kind: string): Promise<ImageInfo | null> {
    const seed = randomSeed();
    return this.make(() => this.api.noise(network, kind, seed));
  }

  /** Brings a picture to the server; null when it takes none. */
  async upload(file: File): Promise<ImageInfo | null> {
    return this.make(() => this.api.upload(file, file.name));
  }

  /** Shows the same page once more, from a server that was started anew. */
  async refresh(): Promise<void> {
    const draw = this.state.draw.peek();
    if (draw !== null) await this.show(draw.seed, draw.offset);
  }

  /** Makes sure that the server has an image that this page brought or drew. */
  async ensure(image: string): Promise<void> {
    if (!(await this.api.hasImage(image))) await this.sources.bring(image);
  }

  /** Notes how an image comes to the server, for when that has forgotten it. */
  remember(image: string, again: Again): void {
    this.sources.remember(image, again);
  }

  /** Notes that `again` makes an image of another one, once the server has that. */
  rememberMade(image: string, of: string, again: Again): void {
    // Taken now: it may be forgotten before what is made of it.
    const way = this.sources.wayTo(of);
    this.sources.remember(image, async () => {
      if (!(await this.api.hasImage(of))) await way?.();
      await again();
    });
  }

  /** Nobody will ask for an image any more. */
  forget(image: string): void {
    this.sources.forget(image);
  }

  private async show(seed: number, offset: number): Promise<void> {
    const dataset = this.state.dataset.peek();
    if (dataset === null) return;
    const ask = (): Promise<Draw> => this.api.draw(dataset.id, seed, offset, DRAW_COUNT);
    await this.notices.attempt(async () => {
      const draw = await ask();
      for (const image of draw.images) this.sources.remember(image.id, ask);
      this.state.draw.value = draw;
      this.tellSkipped(draw);
    });
  }

  /** Says once a page why some of its places stay empty. */
  private tellSkipped({ skipped }: Draw): void {
    const [first] = skipped;
    if (first === undefined) return;
    const count = skipped.length === 1 ? 'One image was' : `${skipped.length} images were`;
    this.notices.tell('error', `${count} left out. ${first}`);
  }

  private async make(ask: () => Promise<ImageInfo>): Promise<ImageInfo | null> {
    let image: ImageInfo | null = null;
    await this.notices.attempt(async () => {
      image = await ask();
      this.sources.remember(image.id, ask);
    });
    return image;
  }
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
