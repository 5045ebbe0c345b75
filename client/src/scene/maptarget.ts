/** The feature maps as something to point at: hover tells the value's place, a click takes one. */
import type { Ray } from 'three';

import type { Actions } from '../model/actions';
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
    const same = before?.layer === hit.layer && before.channel === hit.channel;
    if (same && before.x === hit.x && before.y === hit.y) return;
    const { layer, channel, x, y } = hit;
    this.state.hover.value = { layer, channel, x, y };
    if (!same) this.tiles.highlight(hit);
  }

  out(): void {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => {
      this.state.hover.value = null;
      this.tiles.highlight(null);
    }, LEAVING_MS);
  }

  click(button: number): void {
    const image = this.state.inserted.peek();
    if (this.hit === null || image === null) return;
    const { layer, channel } = this.hit;
    if (button === RIGHT_BUTTON) this.actions.magnify({ kind: 'map', map: { layer, channel }, image });
    else if (button === 0) this.actions.holdMap({ layer, channel });
  }
}
