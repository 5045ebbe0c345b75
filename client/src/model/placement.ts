/**
 * Where a panel stands otherwise than the layout says: moved, turned about its upright and scaled,
 * all about its centre. A layer without one stands as the layout has it.
 */
import type { Panel } from '../net/types';

export interface Placement {
  /** By how much the panel's centre is moved, in m. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Turned to the left, in rad. */
  readonly yaw: number;
  readonly scale: number;
}

export const UNMOVED: Placement = { x: 0, y: 0, z: 0, yaw: 0, scale: 1 };

/** The panel as it stands with its placement. */
export function placed(panel: Panel, { x, y, z, yaw, scale }: Placement): Panel {
  return {
    ...panel,
    x: panel.x + x,
    y: panel.y + y,
    z: panel.z + z,
    yaw: panel.yaw + yaw,
    cell_width: panel.cell_width * scale,
    cell_height: panel.cell_height * scale,
  };
}
