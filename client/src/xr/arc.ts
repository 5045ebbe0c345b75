/** Where something lands that is thrown: the arc by which one shows where to teleport. */
import type { Ray, Vector3 } from 'three';

/** As the visitor feels them, in m/s and m/s²: at 45 degrees it carries about 21 m. */
export const THROW = 14;
export const GRAVITY = 9.81;

/**
 * Sets the target to where a throw along the ray meets the floor (y = 0), and returns after how
 * many seconds; 0 where it begins under the floor.
 *
 * `size`: how large the visitor is beside the hall; the arc grows with them.
 */
export function land({ origin, direction }: Ray, size: number, target: Vector3): number {
  const seconds = flightTime(origin.y / size, direction.y);
  target.copy(direction).multiplyScalar(THROW * size * seconds).add(origin).setY(0);
  return seconds;
}

/** Seconds until a throw with a rise of `up` (of 1) falls by `height` m. */
function flightTime(height: number, up: number): number {
  if (height <= 0) return 0;
  const rise = THROW * up;
  return (rise + Math.sqrt(rise * rise + 2 * GRAVITY * height)) / GRAVITY;
}
