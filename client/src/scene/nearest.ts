/** Which of several halls the visitor is nearest to. */
import type { Arrangement } from '../net/types';

type Bounds = Arrangement['bounds'];

/** Another hall has to be nearer by this much, so that midway nothing changes to and fro, in m. */
const HYSTERESIS = 0.5;

/** Returns the index of the hall nearest to a place on the floor; `now`: the one before, or -1. */
export function nearest(x: number, z: number, halls: readonly Bounds[], now: number): number {
  const distances = halls.map((bounds) => distance(x, z, bounds));
  const least = Math.min(...distances);
  const before = distances[now];
  return before !== undefined && before - least < HYSTERESIS ? now : distances.indexOf(least);
}

function distance(x: number, z: number, { min_x, max_x, min_z, max_z }: Bounds): number {
  const aside = Math.max(min_x - x, 0, x - max_x);
  const along = Math.max(min_z - z, 0, z - max_z);
  return Math.hypot(aside, along);
}
