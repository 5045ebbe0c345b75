/**
 * Blocks as something to point at: a click on a block's sign collapses it, a click on the title
 * of a collapsed one expands it.
 */
import type { Ray, Vector3 } from 'three';

import type { NetworkState } from '../model/networkstate';
import { collapses } from '../model/outline';
import type { Views } from '../model/views';
import type { Hall, Layer, Sign } from '../net/types';
import { nearestOf, type Board } from './boards';
import { HEADER, MARGIN, SIGN_HEIGHT, SIGN_TOP, SIGN_WIDTH, signPoint, type Exhibit } from './exhibit';
import { at, axesOf } from './place';
import type { Pickable } from './pointing';

interface BlockBoard extends Board {
  readonly block: string;
  readonly isCollapsed: boolean;
}

export class BlockTarget implements Pickable {
  readonly cursor = 'pointer';
  private readonly boards: readonly BlockBoard[];
  private hit: BlockBoard | null = null;

  constructor(
    hall: Hall,
    exhibits: ReadonlyMap<string, Exhibit>,
    private readonly network: NetworkState,
    private readonly views: Views,
  ) {
    const signs = hall.arrangement.signs.flatMap((sign) => signBoard(sign, hall));
    this.boards = [...signs, ...hall.graph.layers.flatMap((layer) => titleBoard(layer, exhibits))];
  }

  /** What a click does; null where the pointer is elsewhere. */
  get hint(): string | null {
    return this.hit === null ? null : `${this.hit.isCollapsed ? 'Expand' : 'Collapse'} ${this.hit.block}`;
  }

  pick(ray: Ray): number | null {
    const found = nearestOf(ray, this.boards);
    this.hit = found?.board ?? null;
    return found?.distance ?? null;
  }

  over(): void {
    // The cursor and the hint say it.
  }

  out(): void {
    // As above.
  }

  click(button: number): void {
    if (this.hit === null || button !== 0) return;
    const { block, isCollapsed } = this.hit;
    void (isCollapsed ? this.views.expand(this.network, block) : this.views.collapse(this.network, block));
  }

  /** Where a block's sign or title is; null where it has none. */
  centreOf(block: string): Vector3 | null {
    return this.boards.find((board) => board.block === block)?.centre ?? null;
  }
}

/** The landmarks of the network's own code collapse nothing, nor does a block of one layer. */
function signBoard(sign: Sign, hall: Hall): BlockBoard[] {
  const { block } = sign;
  if (block === null || !collapses({ layers: hall.layers_in[block] ?? 0 })) return [];
  const centre = signPoint(sign, SIGN_WIDTH / 2, SIGN_TOP - SIGN_HEIGHT / 2, 0);
  return [{ ...axesOf(sign.yaw), block, isCollapsed: false, centre, width: SIGN_WIDTH, height: SIGN_HEIGHT }];
}

function titleBoard(layer: Layer, exhibits: ReadonlyMap<string, Exhibit>): BlockBoard[] {
  const place = exhibits.get(layer.id)?.place;
  if (layer.collapsed === null || place === undefined) return [];
  const { right, normal, width, height } = place;
  const centre = at(place, 0, (height + HEADER) / 2 + MARGIN / 2, 0);
  return [
    { right, normal, block: layer.collapsed, isCollapsed: true, centre, width: width + 2 * MARGIN, height: HEADER + MARGIN },
  ];
}
