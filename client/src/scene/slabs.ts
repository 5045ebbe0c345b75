/** The panels' bodies as something to point at: they hide what is behind, and do nothing. */
import { Vector3, type Ray } from 'three';

import { HEADER, MARGIN } from './exhibit';
import type { Place } from './place';
import type { Pickable } from './pointing';

/** A slab begins this far behind its maps, so that a map before it is nearer. */
const BEHIND = 0.012;

export class Slabs implements Pickable {
  readonly cursor = 'default';
  private readonly point = new Vector3();

  constructor(private readonly places: readonly Place[]) {}

  pick(ray: Ray): number | null {
    let least = Infinity;
    for (const place of this.places) {
      const towards = ray.direction.dot(place.normal);
      const { point } = this;
      const distance = point.copy(place.centre).sub(ray.origin).dot(place.normal) / towards;
      // From behind, the slab comes first.
      const met = distance + (towards < 0 ? BEHIND : -BEHIND);
      if (!(met > 0 && met < least)) continue;
      ray.at(distance, point).sub(place.centre);
      if (Math.abs(point.dot(place.right)) > place.width / 2 + MARGIN) continue;
      const up = Math.abs(point.y - HEADER / 2);
      if (up > (place.height + HEADER) / 2 + MARGIN) continue;
      least = met;
    }
    return least === Infinity ? null : least;
  }

  over(): void {
    // Nothing shows: there is nothing to take here.
  }

  out(): void {
    // As above.
  }
}
