/** Rectangles that stand upright in the hall, as something to point at from the front. */
import { Vector3, type Ray } from 'three';

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

const point = new Vector3();

/** Along the ray to the front of a board; infinite beside it and from behind. */
export function distanceTo(ray: Ray, board: Board): number {
  const distance = toPlane(ray, board);
  return distance > 0 && covers(ray, distance, board) ? distance : Infinity;
}

/** The nearest board that a ray meets. */
export function nearestOf<T extends Board>(ray: Ray, boards: readonly T[]): T | null {
  let found: T | null = null;
  let least = Infinity;
  for (const board of boards) {
    const distance = toPlane(ray, board);
    // Most boards are farther away than one that was met, so where they end is not asked.
    if (!(distance > 0 && distance < least) || !covers(ray, distance, board)) continue;
    found = board;
    least = distance;
  }
  return found;
}

/** Along the ray to the plane of a board that faces it; 0 for one that does not. */
function toPlane({ origin, direction }: Ray, { centre, normal }: Board): number {
  const towards = direction.x * normal.x + direction.y * normal.y + direction.z * normal.z;
  if (towards >= 0) return 0;
  const x = centre.x - origin.x;
  const y = centre.y - origin.y;
  const z = centre.z - origin.z;
  return (x * normal.x + y * normal.y + z * normal.z) / towards;
}

function covers(ray: Ray, distance: number, { centre, right, width, height }: Board): boolean {
  ray.at(distance, point).sub(centre);
  return Math.abs(point.dot(right)) <= width / 2 && Math.abs(point.y) <= height / 2;
}
