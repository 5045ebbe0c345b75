/** Rectangles that stand upright in the hall, as something to point at from the front. */
import type { Ray, Vector3 } from 'three';

import type { Exhibit } from './exhibit';
import type { Moves } from './moves';
import type { Place } from './place';

export interface Board extends Pick<Place, 'right' | 'normal'> {
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
}

/** One at a panel; it stands where the panel stands. */
export class PanelBoard implements Board {
  readonly centre: Vector3;
  readonly right: Vector3;
  readonly normal: Vector3;

  /** `middle`, `width` and `height` as the layout has it, in m. */
  constructor(
    readonly layer: string,
    readonly exhibit: Exhibit,
    private readonly middle: Vector3,
    public width: number,
    public height: number,
  ) {
    this.centre = middle.clone();
    this.size = [width, height];
    // The panel's own, which are changed where they are when it is turned.
    this.right = exhibit.place.right;
    this.normal = exhibit.place.normal;
  }

  private readonly size: readonly [number, number];

  follow(moves: Moves): void {
    const { anchor } = this.exhibit;
    moves.point(anchor, this.centre.copy(this.middle));
    this.width = moves.scale(anchor) * this.size[0];
    this.height = moves.scale(anchor) * this.size[1];
  }
}

/** Along the ray to the board that it met last; typed, because a number that is returned is an object each time. */
const met = new Float64Array(1);

/** Along the ray to the front of a board; infinite beside it and from behind. */
export function distanceTo(ray: Ray, board: Board): number {
  return meets(ray, board) ? (met[0] ?? Infinity) : Infinity;
}

/** The nearest board that a ray meets. */
export function nearestOf<T extends Board>(ray: Ray, boards: readonly T[]): T | null {
  let found: T | null = null;
  let least = Infinity;
  for (let at = 0; at < boards.length; at += 1) {
    const board = boards[at];
    if (board === undefined || !meets(ray, board)) continue;
    const distance = met[0] ?? Infinity;
    if (distance >= least) continue;
    found = board;
    least = distance;
  }
  return found;
}

/** Whether a ray meets a board that faces it; how far along it is in `met` then. */
function meets({ origin, direction }: Ray, { centre, normal, right, width, height }: Board): boolean {
  const towards = direction.x * normal.x + direction.y * normal.y + direction.z * normal.z;
  if (towards >= 0) return false;
  const x = centre.x - origin.x;
  const y = centre.y - origin.y;
  const z = centre.z - origin.z;
  const distance = (x * normal.x + y * normal.y + z * normal.z) / towards;
  if (distance <= 0) return false;
  const up = distance * direction.y - y;
  if (up > height / 2 || up < -height / 2) return false;
  const aside =
    (distance * direction.x - x) * right.x + up * right.y + (distance * direction.z - z) * right.z;
  if (aside > width / 2 || aside < -width / 2) return false;
  met[0] = distance;
  return true;
}
