/** Panels that come along with the visitor: one in the hand without the tool, one beside them. */
import { signal } from '@preact/signals-core';

import type { LayerRef } from './state';

export type PinSpot = 'hand' | 'beside';

export class Pins {
  readonly hand = signal<LayerRef | null>(null);
  readonly beside = signal<LayerRef | null>(null);

  /** Takes a panel along; the one that was pinned there goes back to its place. */
  pin(layer: LayerRef, to: PinSpot): void {
    this.unpin(layer);
    this[to].value = layer;
  }

  /** The panel stands where it stood; nothing happens to one that is not pinned. */
  unpin(layer: LayerRef): void {
    for (const spot of ['hand', 'beside'] as const) {
      if (isSame(this[spot].peek(), layer)) this[spot].value = null;
    }
  }

  /** Where a panel is pinned to; null where it stands in its hall. */
  of(layer: LayerRef): PinSpot | null {
    const { hand, beside } = this;
    const inHand = isSame(hand.value, layer);
    const isBeside = isSame(beside.value, layer);
    return inHand ? 'hand' : isBeside ? 'beside' : null;
  }
}

function isSame(one: LayerRef | null, { network, layer }: LayerRef): boolean {
  return one !== null && one.network === network && one.layer === layer;
}
