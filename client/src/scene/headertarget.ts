/**
 * The panels' headers as something to point at: one drags a panel by it, and a click opens the
 * layer's card, or expands the block that is shown as one layer.
 */
import type { Ray, Vector3 } from 'three';

import type { NetworkState } from '../model/networkstate';
import type { LayerPlace } from '../model/pointed';
import type { Layer } from '../net/types';
import { nearestOf, PanelBoard } from './boards';
import { MARGIN, type Exhibit } from './exhibit';
import type { Moves } from './moves';
import { at } from './place';
import type { Pickable, Reach } from './pointing';

/** What a click on a header does. */
export interface HeaderActions {
  expand(block: string): void;
  open(layer: string): void;
}

/** `block`: that the layer stands for; null for a layer of its own. `hint`: what a drag and a click do. */
class Header extends PanelBoard {
  block: string | null = null;
  hint = '';
}

export class HeaderTarget implements Pickable {
  readonly cursor = 'grab';
  readonly drags = true;
  private readonly headers: readonly Header[];
  private readonly byLayer: ReadonlyMap<string, Header>;
  private hit: Header | null = null;

  constructor(
    layers: readonly Layer[],
    exhibits: ReadonlyMap<string, Exhibit>,
    private readonly network: NetworkState,
    private readonly actions: HeaderActions,
  ) {
    this.headers = layers.flatMap((layer) => headerOf(layer, exhibits));
    this.byLayer = new Map(this.headers.map((header) => [header.layer, header]));
  }

  /** What a drag and a click do; null where the pointer is elsewhere. */
  get hint(): string | null {
    return this.hit === null ? null : this.hit.hint;
  }

  pick(ray: Ray, reach: Reach): boolean {
    this.hit = nearestOf(ray, this.headers, reach);
    return this.hit !== null;
  }

  over(): void {
    // The cursor and the hint say it.
  }

  out(): void {
    // As above.
  }

  click(button: number): void {
    if (this.hit === null || button !== 0) return;
    const { layer, block } = this.hit;
    if (block === null) this.actions.open(layer);
    else this.actions.expand(block);
  }

  grip(): LayerPlace | null {
    return this.hit === null ? null : { network: this.network, layer: this.hit.layer };
  }

  /** A panel was moved. */
  follow(layer: string, moves: Moves): void {
    this.byLayer.get(layer)?.follow(moves);
  }

  /** The middle of a layer's header; null where it has none. */
  centreOf(layer: string): Vector3 | null {
    return this.byLayer.get(layer)?.centre ?? null;
  }

  /** The middle of the header of a block that is shown as one layer; null where it is not. */
  centreOfBlock(block: string): Vector3 | null {
    return this.headers.find((header) => header.block === block)?.centre ?? null;
  }
}

function headerOf(layer: Layer, exhibits: ReadonlyMap<string, Exhibit>): Header[] {
  const exhibit = exhibits.get(layer.id);
  if (exhibit === undefined) return [];
  const { layout, header } = exhibit;
  const middle = at(layout, 0, (layout.height + header) / 2 + MARGIN / 2, 0);
  const board = new Header(layer.id, exhibit, middle, layout.width + 2 * MARGIN, header + MARGIN);
  const { collapsed } = layer;
  board.block = collapsed;
  board.hint = `Drag to move ${layer.id}, click to ${collapsed === null ? 'see more of it' : `expand ${collapsed}`}`;
  return [board];
}
