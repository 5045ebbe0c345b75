/** Which panel the visitor stands before. */
import { Vector3 } from 'three';

import type { Place } from './place';

/** Farther away one does not stand before a panel, in m. */
const REACH = 14;
/** Cosine of the angle to the view's middle, from which on it is not looked at. */
const ASIDE = 0.5;

/**
 * Returns the layer of the panel that faces the eye, near the middle of the view; null where none does.
 *
 * `ahead`: the view's direction, a unit vector.
 */
export function standingBefore(places: Iterable<Place>, eye: Vector3, ahead: Vector3): string | null {
  const to = new Vector3();
  let found: string | null = null;
  let least = Infinity;
  for (const { layer, centre, normal } of places) {
    to.subVectors(centre, eye);
    const distance = to.length();
    const straight = to.normalize().dot(ahead);
    if (distance > REACH || straight < ASIDE || to.dot(normal) >= 0) continue;
    const score = distance / straight;
    if (score >= least) continue;
    least = score;
    found = layer;
  }
  return found;
}
