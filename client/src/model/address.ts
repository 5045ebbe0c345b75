/** How the networks are shown, in the page's address: what is reloaded or shared looks the same. */
import type { View } from '../net/api';
import type { Course, Hall, NetworkSummary } from '../net/types';
import { depthShown, outlineOf } from './outline';

const KEYS = ['collapsed', 'depth', 'course'] as const;

/**
 * Returns the view of a network that an address asks for, and what it leaves out as it is on
 * arrival. The parameters of the walk's second network have `.2` at their end, and so on.
 */
export function readView(address: URLSearchParams, summary: NetworkSummary, index: number): View {
  const [collapsed, depth, asked] = KEYS.map((key) => address.get(keyOf(key, index)));
  const course: Course = asked === 'straight' || asked === 'spiral' ? asked : summary.course;
  if (collapsed != null) return { collapsed: collapsed.split(' ').filter(Boolean), course };
  if (depth != null && /^\d{1,3}$/.test(depth)) return { depth: Number(depth), course };
  return { collapsed: summary.collapsed, course };
}

/** Returns the address for a network that is shown so; what is as on arrival is left out. */
export function writeView(
  address: URLSearchParams,
  summary: NetworkSummary,
  index: number,
  hall: Pick<Hall, 'graph' | 'layers_in' | 'collapsed' | 'course'>,
): URLSearchParams {
  const written = new URLSearchParams(address);
  for (const key of KEYS) written.delete(keyOf(key, index));
  if (hall.course !== summary.course) written.set(keyOf('course', index), hall.course);
  if ([...hall.collapsed].sort().join('\n') === [...summary.collapsed].sort().join('\n')) return written;
  const depth = hall.collapsed.length === 0 ? null : depthShown(outlineOf(hall), hall.collapsed);
  if (depth !== null) written.set(keyOf('depth', index), String(depth));
  else written.set(keyOf('collapsed', index), hall.collapsed.join(' '));
  return written;
}

function keyOf(key: (typeof KEYS)[number], index: number): string {
  return index === 0 ? key : `${key}.${index + 1}`;
}
