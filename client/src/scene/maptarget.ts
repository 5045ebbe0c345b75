/**
 * The feature maps as something to point at: hover tells the value's place, a click takes one;
 * on a panel that is turned the picture that is shown in its place.
 */
import type { Ray } from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import type { MapHit, State } from '../model/state';
import type { Tiles } from '../tiles/tiles';
import type { Pickable } from './pointing';

const RIGHT_BUTTON = 2;
/** Gaps between maps are crossed this fast, so that the figures do not flicker. */
const LEAVING_MS = 150;

export class MapTarget implements Pickable {
  readonly cursor = 'pointer';
  private hit: MapHit | null = null;
  private leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tiles: Tiles,
    private readonly network: NetworkState,
    private readonly state: State,
    private readonly actions: Actions,
  ) {}

  pick(ray: Ray): number | null {
    const found = this.tiles.pick(ray);
    this.hit = found;
    return found?.distance ?? null;
  }

  over(): void {
    const { hit } = this;
    const before = this.state.hover.peek();
    if (hit === null) return;
    clearTimeout(this.leaving);
    const { network, layer, channel, x, y } = hit;
    const same = before?.network === network && before.layer === layer && before.channel === channel;
    if (same && before.x === x && before.y === y) return;
    this.state.hover.value = { network, layer, channel, x, y };
    if (!same) this.tiles.highlight(hit);
  }

  out(): void {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => {
      if (this.state.hover.peek()?.network === this.network.id) this.state.hover.value = null;
      this.tiles.highlight(null);
    }, LEAVING_MS);
  }

  /** Its hall stands no more: nothing of it is pointed at. */
  dispose(): void {
    clearTimeout(this.leaving);
    if (this.state.hover.peek()?.network === this.network.id) this.state.hover.value = null;
  }

  click(button: number): void {
    if (this.hit === null) return;
    if (this.network.turned.peek().has(this.hit.layer)) this.clickPicture(this.hit, button);
    else this.clickMap(this.hit, button);
  }

  private clickMap({ network, layer, channel }: MapHit, button: number): void {
    const image = this.network.inserted.peek();
    if (image === null) return;
    const map = { network, layer, channel };
    if (button === RIGHT_BUTTON) this.actions.magnify({ kind: 'map', map, image });
    else if (button === 0) this.actions.holdMap(map);
  }

  private clickPicture({ layer, channel }: MapHit, button: number): void {
    const { visualizations } = this.actions;
    if (button === RIGHT_BUTTON) void visualizations.magnify(this.network, layer, channel);
    else if (button === 0) void visualizations.hold(this.network, layer, channel);
  }
}
