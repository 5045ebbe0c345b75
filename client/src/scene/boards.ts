/** Rectangles that stand upright in the hall, as something to point at from the front. */
import { Vector2, type Ray, type Vector3 } from 'three';

import type { Exhibit } from './exhibit';
import type { Moves } from './moves';
import type { Place } from './place';
import { Reach } from './pointing';

export interface Board extends Pick<Place, 'right' | 'normal'> {
  readonly centre: Vector3;
  /** Width and height, in m; a vector, because a number read from boards of several kinds is an object each time. */
  readonly size: Vector2;
}

/** One at a panel; it stands where the panel stands. */
export class PanelBoard implements Board {
  readonly centre: Vector3;
  readonly right: Vector3;
  readonly normal: Vector3;
  readonly size = new Vector2();

  /** `middle`, `width` and `height` as the layout has it, in m. */
  constructor(
    readonly layer: string,
    readonly exhibit: Exhibit,
    private readonly middle: Vector3,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.centre = middle.clone();
    this.size.set(width, height);
    // The panel's own, which are changed where they are when it is turned.
    this.right = exhibit.place.right;
    this.normal = exhibit.place.normal;
  }

  follow(moves: Moves): void {
    const { anchor } = this.exhibit;
    moves.point(anchor, this.centre.copy(this.middle));
    this.size.set(this.width, this.height).multiplyScalar(moves.scale(anchor));
  }
}

/** To the board that a ray met last. */
const met = new Reach();

/** The nearest board whose front a ray meets; `reach`: how far along, infinite where it meets none. */
export function nearestOf<T extends Board>(ray: Ray, boards: readonly T[], reach: Reach): T | null {
  let found: T | null = null;
  reach.metres = Infinity;
  for (let at = 0; at < boards.length; at += 1) {
    const board = boards[at];
    if (board === undefined || !meets(ray, board) || met.metres >= reach.metres) continue;
    found = board;
    reach.metres = met.metres;
  }
  return found;
}

/** Whether a ray meets a board that faces it; how far along it is in `met` then. */
function meets({ origin, direction }: Ray, { centre, normal, right, size }: Board): boolean {
  const towards = direction.x * normal.x + direction.y * normal.y + direction.z * normal.z;
  if (towards >= 0) return false;
  const x = centre.x - origin.x;
  const y = centre.y - origin.y;
  const z = centre.z - origin.z;
  const distance = (x * normal.x + y * normal.y + z * normal.z) / towards;
  if (distance <= 0) return false;
  const up = distance * direction.y - y;
  if (up > size.y / 2 || up < -size.y / 2) return false;
  const aside =
    (distance * direction.x - x) * right.x + up * right.y + (distance * direction.z - z) * right.z;
  if (aside > size.x / 2 || aside < -size.x / 2) return false;
  met.metres = distance;
  return true;
}
