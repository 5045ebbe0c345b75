/** Which of several halls the visitor is nearest to. */
import type { Arrangement } from '../net/types';

type Bounds = Arrangement['bounds'];

/** Another hall has to be nearer by this much, so that midway nothing changes to and fro, in m. */
const HYSTERESIS = 0.5;

/** Returns the index of the hall nearest to a place on the floor; `now`: the one before, or -1. Makes no objects. */
export function nearest(x: number, z: number, halls: readonly Bounds[], now: number): number {
  let found = -1;
  let least = Infinity;
  for (let index = 0; index < halls.length; index += 1) {
    const away = square(x, z, halls[index]);
    if (away >= least) continue;
    found = index;
    least = away;
  }
  if (found === now) return now;
  return Math.sqrt(square(x, z, halls[now])) - Math.sqrt(least) < HYSTERESIS ? now : found;
}

/** Of the distance to a hall. */
function square(x: number, z: number, bounds: Bounds | undefined): number {
  if (bounds === undefined) return Infinity;
  const { min_x, max_x, min_z, max_z } = bounds;
  const aside = x < min_x ? min_x - x : x > max_x ? x - max_x : 0;
  const along = z < min_z ? min_z - z : z > max_z ? z - max_z : 0;
  return aside * aside + along * along;
}
