/** The images of all networks: what goes into which of them, and what that takes back. */
import type { ImageInfo } from '../net/types';
import type { History } from './history';
import { Insertion } from './insertion';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import type { Scaling, State } from './state';

export class Insertions {
  private readonly byNetwork = new Map<string, Insertion>();

  constructor(
    private readonly state: State,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  of(network: NetworkState): Insertion {
    const known = this.byNetwork.get(network.id);
    if (known !== undefined) return known;
    const made = new Insertion(network, this.state, this.notices, this.history);
    this.byNetwork.set(network.id, made);
    return made;
  }

  /** The networks that an image goes into where one of them is pointed at. */
  meant(network: NetworkState | null): readonly NetworkState[] {
    if (network === null) return [];
    return this.state.together.peek() ? this.state.networks.peek() : [network];
  }

  /** Inserts an image into several networks, in one step. */
  insert(networks: readonly NetworkState[], image: ImageInfo, gesture?: object): void {
    for (const network of networks) this.of(network).insert(image, gesture);
  }

  /** Inserts an image when it is there, unless another one went in meanwhile. */
  async insertLater(networks: readonly NetworkState[], image: Promise<ImageInfo | null>): Promise<void> {
    const gesture = {};
    await Promise.all(networks.map((network) => this.of(network).insertLater(() => image, gesture)));
  }

  /** Starts all passes anew that have failed. */
  againWhereFailed(): void {
    for (const network of this.state.networks.peek()) {
      if (network.progress.peek().stage === 'failed') this.of(network).again();
    }
  }

  rescale(scaling: Scaling): void {
    for (const insertion of this.byNetwork.values()) insertion.rescale(scaling);
  }
}
