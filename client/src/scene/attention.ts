/**
 * Which pictures the visitor looks at. While those of the panel in view are being made, the
 * server is told, so that these channels come first.
 */
import { Vector3, type Camera } from 'three';

import type { NetworkState } from '../model/networkstate';
import { isUnfinished, type Visualizations } from '../model/visualizations';
import type { Poses } from '../tiles/poses';

/** Farther away one does not look at single pictures, in m. */
const REACH = 10;
/** The server is told this often at most, in s. */
const EVERY = 1;
/** What lies at the very rim of the view does not count. */
const RIM = 0.95;

const NONE: ReadonlySet<number> = new Set();

export class Attention {
  private layer = '';
  private channels = NONE;
  private told = '';
  private toldAt = -Infinity;

  /** `panels`: their indices in `poses`, by layer. */
  constructor(
    private readonly poses: Poses,
    private readonly panels: ReadonlyMap<string, number>,
    private readonly network: NetworkState,
    private readonly visualizations: Pick<Visualizations, 'see'>,
  ) {}

  /** The channels of a layer that are in view; none of all other layers. */
  readonly seen = (layer: string): ReadonlySet<number> => (layer === this.layer ? this.channels : NONE);

  /**
   * Looks which pictures are in view, and tells the server where that has changed.
   *
   * @param layers that are turned, nearest first
   * @param seconds the clock's
   */
  update(camera: Camera, layers: readonly string[], seconds: number): void {
    this.layer = '';
    this.channels = NONE;
    for (const layer of layers) {
      const job = this.network.visualizations.peek().get(layer);
      const panel = this.panels.get(layer);
      if (job === undefined || panel === undefined) continue;
      const channels = channelsInView(this.poses, panel, camera);
      if (channels.length === 0) continue;
      this.layer = layer;
      this.channels = new Set(channels);
      if (isUnfinished(job) && channels.length < job.channels) this.tell(layer, channels, seconds);
      return;
    }
  }

  private tell(layer: string, channels: readonly number[], seconds: number): void {
    const telling = JSON.stringify([layer, channels]);
    if (telling === this.told || seconds - this.toldAt < EVERY) return;
    this.told = telling;
    this.toldAt = seconds;
    void this.visualizations.see(this.network, layer, channels);
  }
}

const eye = new Vector3();
const middle = new Vector3();

/** The channels whose cell's middle is in view from before the panel, nearest to the view's middle first. */
export function channelsInView(poses: Poses, panel: number, camera: Camera): number[] {
  eye.setFromMatrixPosition(camera.matrixWorld);
  if (!poses.faces(panel, eye) || poses.distance(panel, eye) > REACH) return [];
  const grid = poses.grid(panel);
  const found: { channel: number; aside: number }[] = [];
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) {
      const channel = grid.channelAt(column, row);
      const { x, y, z } = poses.point(panel, column + 0.5, row + 0.5, middle).project(camera);
      const isSeen = channel >= 0 && z < 1 && Math.abs(x) < RIM && Math.abs(y) < RIM;
      if (isSeen) found.push({ channel, aside: Math.hypot(x, y) });
    }
  }
  return found.sort((a, b) => a.aside - b.aside).map(({ channel }) => channel);
}
