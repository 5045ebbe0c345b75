/**
 * The feature maps as something to point at: hover tells the value's place, a click takes one;
 * on a panel that is turned the picture that is shown in its place.
 */
import type { Ray } from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import { peek } from '../model/peek';
import type { LayerPlace } from '../model/pointed';
import type { MapHit, State } from '../model/state';
import type { Tiles } from '../tiles/tiles';
import type { Pickable, Reach } from './pointing';

const RIGHT_BUTTON = 2;
/** Gaps between maps are crossed this fast, so that the figures do not flicker. */
const LEAVING_MS = 150;
/** A panel is scrolled by one row for this much of the wheel. */
const ROW_PIXELS = 90;

export class MapTarget implements Pickable {
  /** Of the panel that is hit; its channel is -1 between the maps. */
  private hit: MapHit | null = null;
  /** The map that is highlighted, in words. */
  private named = '';
  private leaving: ReturnType<typeof setTimeout> | undefined;
  /** Of the wheel, what has not made a row yet. */
  private turned = 0;

  constructor(
    private readonly tiles: Tiles,
    private readonly network: NetworkState,
    private readonly state: State,
    private readonly actions: Actions,
  ) {}

  get cursor(): string {
    return this.hitMap === null ? 'default' : 'pointer';
  }

  /** In the headset; at the desk a card says more. */
  get hint(): string | null {
    return this.hitMap === null || !peek(this.state.immersed) ? null : this.named;
  }

  pick(ray: Ray, reach: Reach): boolean {
    const found = this.tiles.pick(ray);
    this.hit = found;
    if (found !== null) reach.metres = found.distance;
    return found !== null;
  }

  over(): void {
    const { hitMap } = this;
    if (hitMap === null) {
      this.out();
      return;
    }
    this.stay();
    const before = peek(this.state.hover);
    const { network, layer, channel, x, y } = hitMap;
    const same = before?.network === network && before.layer === layer && before.channel === channel;
    if (same && before.x === x && before.y === y) return;
    this.state.hover.value = { network, layer, channel, x, y };
    if (same) return;
    this.named = `channel ${channel}`;
    this.tiles.highlight({ layer, channel });
  }

  out(): void {
    this.leaving ??= setTimeout(() => {
      this.leaving = undefined;
      if (this.state.hover.peek()?.network === this.network.id) this.state.hover.value = null;
      this.tiles.highlight(null);
    }, LEAVING_MS);
  }

  /** Scrolls a panel that does not show all of its rows. */
  wheel(pixels: number): boolean {
    if (this.hit === null) return false;
    const { layer } = this.hit;
    const { shown, total } = this.tiles.rowsOf(layer);
    if (total <= shown) return false;
    const turned = this.turned + pixels;
    const rows = Math.trunc(turned / ROW_PIXELS);
    this.turned = turned - rows * ROW_PIXELS;
    if (rows !== 0) this.actions.pagings.page(this.network, layer, rows);
    return true;
  }

  /** Its hall stands no more: nothing of it is pointed at. */
  dispose(): void {
    this.stay();
    if (this.state.hover.peek()?.network === this.network.id) this.state.hover.value = null;
  }

  grip(): LayerPlace | null {
    return this.hit === null ? null : { network: this.network, layer: this.hit.layer };
  }

  click(button: number): void {
    const { hitMap } = this;
    if (hitMap === null) return;
    if (this.network.turned.peek().has(hitMap.layer)) this.clickPicture(hitMap, button);
    else this.clickMap(hitMap, button);
  }

  private get hitMap(): MapHit | null {
    return this.hit === null || this.hit.channel < 0 ? null : this.hit;
  }

  private stay(): void {
    clearTimeout(this.leaving);
    this.leaving = undefined;
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
