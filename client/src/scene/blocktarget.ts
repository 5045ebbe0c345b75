/**
 * The signs of blocks as something to point at: a click collapses the block.
 */
import { Vector2, type Ray, type Vector3 } from 'three';

import type { NetworkState } from '../model/networkstate';
import { collapses } from '../model/outline';
import type { Views } from '../model/views';
import type { Hall, Sign } from '../net/types';
import { nearestOf, type Board } from './boards';
import { SIGN_HEIGHT, SIGN_TOP, SIGN_WIDTH, signPoint } from './exhibit';
import { axesOf } from './place';
import type { Pickable, Reach } from './pointing';

interface BlockBoard extends Board {
  readonly block: string;
  /** What a click does. */
  readonly hint: string;
}

export class BlockTarget implements Pickable {
  readonly cursor = 'pointer';
  private readonly boards: readonly BlockBoard[];
  /** Whether there are signs to be seen. */
  shown = true;
  private hit: BlockBoard | null = null;

  constructor(
    hall: Hall,
    private readonly network: NetworkState,
    private readonly views: Views,
  ) {
    this.boards = hall.arrangement.signs.flatMap((sign) => signBoard(sign, hall));
  }

  /** What a click does; null where the pointer is elsewhere. */
  get hint(): string | null {
    return this.hit === null ? null : this.hit.hint;
  }

  pick(ray: Ray, reach: Reach): boolean {
    this.hit = this.shown ? nearestOf(ray, this.boards, reach) : null;
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
    void this.views.collapse(this.network, this.hit.block);
  }

  /** Where a block's sign is; null where it has none. */
  centreOf(block: string): Vector3 | null {
    return this.boards.find((board) => board.block === block)?.centre ?? null;
  }
}

/** The landmarks of the network's own code collapse nothing, nor does a block of one layer. */
function signBoard(sign: Sign, hall: Hall): BlockBoard[] {
  const { block } = sign;
  if (block === null || !collapses({ layers: hall.layers_in[block] ?? 0 })) return [];
  const centre = signPoint(sign, SIGN_WIDTH / 2, SIGN_TOP - SIGN_HEIGHT / 2, 0);
  const size = new Vector2(SIGN_WIDTH, SIGN_HEIGHT);
  return [{ ...axesOf(sign.yaw), block, hint: `Collapse ${block}`, centre, size }];
}
