/** Which of several halls the visitor is nearest to. */
import type { Vector3 } from 'three';

/** A hall's bounds are so many numbers: min x, max x, min z, max z, in m. */
const FOUR = 4;

/** Another hall has to be nearer by this much, so that midway nothing changes to and fro, in m. */
const HYSTERESIS = 0.5;

/**
 * Returns the index of the hall nearest to an eye, over the floor. Makes no objects.
 *
 * @param bounds of all halls, four numbers each: min x, max x, min z, max z
 * @param now the one before, or -1
 */
export function nearest({ x, z }: Vector3, bounds: Float64Array, now: number): number {
  let found = -1;
  let least = Infinity;
  let before = Infinity;
  for (let hall = 0; FOUR * hall < bounds.length; hall += 1) {
    const at = FOUR * hall;
    const aside = Math.max(0, Math.max((bounds[at] as number) - x, x - (bounds[at + 1] as number)));
    const along = Math.max(0, Math.max((bounds[at + 2] as number) - z, z - (bounds[at + 3] as number)));
    const away = Math.sqrt(aside * aside + along * along);
    if (hall === now) before = away;
    if (away >= least) continue;
    found = hall;
    least = away;
  }
  return before - least < HYSTERESIS ? now : found;
}
