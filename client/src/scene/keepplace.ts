/** Keeping the visitor at the same panel when a hall is built anew. */
import type { Layer, Hall } from '../net/types';
import { at, placeOf, type Place } from './place';
import { wrapped, type Pose } from './walker';

/** What lies behind the visitor counts as so many m farther away. */
const BEHIND = 100;

/**
 * Returns the visitor's pose at the panel that stands for the one they are nearest to; the
 * same pose where none does.
 */
export function keepPlace(pose: Pose, before: Hall, after: Hall): Pose {
  const old = nearestPlace(pose, before);
  const panels = after.arrangement.panels;
  const standIn = old === null ? null : standInFor(old.layer, before, after);
  const panel = panels.find(({ layer }) => layer === standIn);
  if (old === null || panel === undefined) return pose;
  const place = placeOf(panel);
  const way = pose.eye.clone().sub(old.centre);
  const eye = at(place, way.dot(old.right), 0, way.dot(old.normal));
  eye.y = pose.eye.y;
  return { eye, yaw: wrapped(pose.yaw + heading(place) - heading(old)), pitch: pose.pitch };
}

/**
 * Returns the layer that stands for another one in another view of the same network: itself,
 * or the collapsed block that it lies in; null when there is none.
 */
export function standInFor(layer: string, before: Hall, after: Hall): string | null {
  const { layers } = after.graph;
  const same = layers.find(({ id }) => id === layer);
  if (same !== undefined) return same.id;
  const blocks = new Map(before.graph.blocks.map((block) => [block.id, block.parent]));
  const byBlock = new Map(layers.flatMap((one): [string, Layer][] => (one.collapsed === null ? [] : [[one.collapsed, one]])));
  let block = before.graph.layers.find(({ id }) => id === layer)?.block ?? null;
  while (block !== null) {
    const standing = byBlock.get(block);
    if (standing !== undefined) return standing.id;
    block = blocks.get(block) ?? null;
  }
  return null;
}

/** The panel that the visitor is at: what is before them counts, unless there is nothing. */
function nearestPlace({ eye, yaw }: Pose, hall: Hall): Place | null {
  let found: Place | null = null;
  let least = Infinity;
  for (const panel of hall.arrangement.panels) {
    const ahead = (eye.x - panel.x) * Math.sin(yaw) + (eye.z - panel.z) * Math.cos(yaw);
    const distance = Math.hypot(panel.x - eye.x, panel.y - eye.y, panel.z - eye.z);
    const seen = ahead > 0 ? distance : distance + BEHIND;
    if (seen >= least) continue;
    least = seen;
    found = placeOf(panel);
  }
  return found;
}

function heading({ normal }: Place): number {
  return Math.atan2(normal.x, normal.z);
}
