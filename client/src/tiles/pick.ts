/** From where a ray meets a panel to the feature map there, by arithmetic. */
import { GAP, type MapsShape } from './cells';
import type { PanelHit, Poses } from './poses';

/** Which value of which map; `channel` -1 where there is none. */
export interface CellHit {
  channel: number;
  x: number;
  y: number;
}

/**
 * Finds the map under a hit and writes it to `found`. Returns false in the gap between maps
 * and in the empty cells of a short last row.
 */
export function mapAt(poses: Poses, hit: PanelHit, shape: MapsShape, found: CellHit): boolean {
  const column = Math.floor(hit.u);
  const row = Math.floor(hit.v);
  found.channel = poses.grid(hit.panel).channelAt(column, row);
  found.x = valueAt(hit.u - column, shape.width);
  found.y = valueAt(hit.v - row, shape.height);
  if (found.channel >= 0 && found.x >= 0 && found.y >= 0) return true;
  found.channel = -1;
  return false;
}

/** The value at a fraction of a cell, whose map stands in the middle; -1 in the gap. */
function valueAt(fraction: number, side: number): number {
  const along = (fraction - GAP / 2) / (1 - GAP);
  return along < 0 || along >= 1 ? -1 : Math.floor(along * side);
}
