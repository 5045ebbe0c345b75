/**
 * Blocks as something to point at: a click on a block's sign collapses it, a click on the title
 * of a collapsed one expands it.
 */
import { Vector3, type Ray } from 'three';

import type { NetworkState } from '../model/networkstate';
import { collapses } from '../model/outline';
import type { Views } from '../model/views';
import type { Hall, Layer, Sign } from '../net/types';
import { HEADER, MARGIN, SIGN_HEIGHT, SIGN_TOP, SIGN_WIDTH, signPoint, type Exhibit } from './exhibit';
import { at, axesOf, type Place } from './place';
import type { Pickable } from './pointing';

/** A rectangle that stands upright in the hall. */
interface Board extends Pick<Place, 'right' | 'normal'> {
  readonly block: string;
  readonly isCollapsed: boolean;
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
}

export class BlockTarget implements Pickable {
  readonly cursor = 'pointer';
  private readonly boards: readonly Board[];
  private readonly point = new Vector3();
  private hit: Board | null = null;

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
    let least = Infinity;
    this.hit = null;
    for (const board of this.boards) {
      const distance = this.distance(ray, board);
      if (distance >= least) continue;
      least = distance;
      this.hit = board;
    }
    return this.hit === null ? null : least;
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

  /** Along the ray to the front of a board; infinite beside it and from behind. */
  private distance(ray: Ray, { centre, right, normal, width, height }: Board): number {
    const towards = ray.direction.dot(normal);
    if (towards >= 0) return Infinity;
    const distance = this.point.copy(centre).sub(ray.origin).dot(normal) / towards;
    if (!(distance > 0)) return Infinity;
    ray.at(distance, this.point).sub(centre);
    const isInside = Math.abs(this.point.dot(right)) <= width / 2 && Math.abs(this.point.y) <= height / 2;
    return isInside ? distance : Infinity;
  }
}

/** The landmarks of the network's own code collapse nothing, nor does a block of one layer. */
function signBoard(sign: Sign, hall: Hall): Board[] {
  const { block } = sign;
  if (block === null || !collapses({ layers: hall.layers_in[block] ?? 0 })) return [];
  const centre = signPoint(sign, SIGN_WIDTH / 2, SIGN_TOP - SIGN_HEIGHT / 2, 0);
  return [{ ...axesOf(sign.yaw), block, isCollapsed: false, centre, width: SIGN_WIDTH, height: SIGN_HEIGHT }];
}

function titleBoard(layer: Layer, exhibits: ReadonlyMap<string, Exhibit>): Board[] {
  const place = exhibits.get(layer.id)?.place;
  if (layer.collapsed === null || place === undefined) return [];
  const { right, normal, width, height } = place;
  const centre = at(place, 0, (height + HEADER) / 2 + MARGIN / 2, 0);
  return [
    { right, normal, block: layer.collapsed, isCollapsed: true, centre, width: width + 2 * MARGIN, height: HEADER + MARGIN },
  ];
}
