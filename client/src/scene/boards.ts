/** Rectangles that stand upright in the hall, as something to point at from the front. */
import { Vector3, type Ray } from 'three';

import type { Place } from './place';

export interface Board extends Pick<Place, 'right' | 'normal'> {
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
}

const point = new Vector3();

/** Along the ray to the front of a board; infinite beside it and from behind. */
export function distanceTo(ray: Ray, { centre, right, normal, width, height }: Board): number {
  const towards = ray.direction.dot(normal);
  if (towards >= 0) return Infinity;
  const distance = point.copy(centre).sub(ray.origin).dot(normal) / towards;
  if (!(distance > 0)) return Infinity;
  ray.at(distance, point).sub(centre);
  const isInside = Math.abs(point.dot(right)) <= width / 2 && Math.abs(point.y) <= height / 2;
  return isInside ? distance : Infinity;
}

/** The nearest board that a ray meets, and how far along it. */
export function nearestOf<T extends Board>(ray: Ray, boards: readonly T[]): { board: T; distance: number } | null {
  let found: { board: T; distance: number } | null = null;
  for (const board of boards) {
    const distance = distanceTo(ray, board);
    if (distance < (found?.distance ?? Infinity)) found = { board, distance };
  }
  return found;
}
