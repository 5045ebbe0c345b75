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
    const away = distance(x, z, halls[index]);
    if (away >= least) continue;
    found = index;
    least = away;
  }
  return distance(x, z, halls[now]) - least < HYSTERESIS ? now : found;
}

function distance(x: number, z: number, bounds: Bounds | undefined): number {
  if (bounds === undefined) return Infinity;
  const { min_x, max_x, min_z, max_z } = bounds;
  const aside = Math.max(min_x - x, 0, x - max_x);
  const along = Math.max(min_z - z, 0, z - max_z);
  // Not `Math.hypot`, which makes an object of its arguments.
  return Math.sqrt(aside * aside + along * along);
}
