/** Moving a panel by keys, a little at a time, as somebody sees it who stands before it. */
import { placed, UNMOVED, type Placement } from './placement';
import type { Panel } from '../net/types';

export type Nudge =
  | 'left' | 'right' | 'away' | 'nearer' | 'up' | 'down'
  | 'turnLeft' | 'turnRight' | 'larger' | 'smaller';

const METRES = 0.1;
const RADIANS = Math.PI / 36;
const FACTOR = 1.1;

/** Where a panel stands after a nudge; it goes along its own width, and away from its face. */
export function nudged(panel: Panel, placement: Placement = UNMOVED, nudge: Nudge): Placement {
  const { yaw } = placed(panel, placement);
  const [sin, cos] = [Math.sin(yaw) * METRES, Math.cos(yaw) * METRES];
  const { x, y, z, scale } = placement;
  const after: Readonly<Record<Nudge, Partial<Placement>>> = {
    left: { x: x - cos, z: z + sin },
    right: { x: x + cos, z: z - sin },
    away: { x: x - sin, z: z - cos },
    nearer: { x: x + sin, z: z + cos },
    up: { y: y + METRES },
    down: { y: y - METRES },
    turnLeft: { yaw: placement.yaw + RADIANS },
    turnRight: { yaw: placement.yaw - RADIANS },
    larger: { scale: scale * FACTOR },
    smaller: { scale: scale / FACTOR },
  };
  return { ...placement, ...after[nudge] };
}
