/** Where something lands that is thrown: the arc by which one shows where to teleport. */
import type { Ray, Vector3 } from 'three';

/** As the visitor feels it, in m/s². */
export const GRAVITY = 9.81;
/** In m/s: thrown level or down, and at 45 degrees, which carries about 65 m. */
const SOFT = 9;
const HARD = 25;

/**
 * How fast a throw is that rises by `up` of its way, -1 to 1, in m/s: higher ones are harder, so
 * that a place nearby is met well and the end of a long walk is not many throws away.
 */
export function throwSpeed(up: number): number {
  const share = Math.min(1, Math.max(0, up * Math.SQRT2));
  return SOFT + (HARD - SOFT) * share;
}

/**
 * Sets the target to where a throw along the ray meets the floor (y = 0), and returns after how
 * many seconds; 0 where it begins under the floor.
 *
 * `size`: how large the visitor is beside the hall; the arc grows with them.
 */
export function land({ origin, direction }: Ray, size: number, target: Vector3): number {
  const speed = throwSpeed(direction.y);
  const seconds = flightTime(origin.y / size, speed * direction.y);
  target.copy(direction).multiplyScalar(speed * size * seconds).add(origin).setY(0);
  return seconds;
}

/** Seconds until what rises with `rise` m/s falls by `height` m. */
function flightTime(height: number, rise: number): number {
  if (height <= 0) return 0;
  return (rise + Math.sqrt(rise * rise + 2 * GRAVITY * height)) / GRAVITY;
}
