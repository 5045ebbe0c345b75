/**
 * Where a panel stands otherwise than the layout says: moved, turned about its upright and scaled,
 * all about its centre. A layer without one stands as the layout has it.
 */
import type { Hall, Panel } from '../net/types';

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

/** A hall with its panels where they stand now. */
export function standing(hall: Hall, placementOf: (layer: string) => Placement): Hall {
  const panels = hall.arrangement.panels.map((panel) => placed(panel, placementOf(panel.layer)));
  return { ...hall, arrangement: { ...hall.arrangement, panels } };
}

/** A panel's lower edge stays so far over the floor, in m, where the layout has it no lower. */
const OVER_FLOOR = 0.05;

/** By how much a panel must be moved up at least so that it does not stand in the floor; `bottom`, `height`: as the layout has it, in m. */
export function leastRise(bottom: number, height: number, scale: number): number {
  return Math.min(OVER_FLOOR, bottom) - bottom + ((scale - 1) * height) / 2;
}

/** A placement of a panel that keeps it out of the floor. */
export function overFloor({ y, rows, cell_height }: Panel, placement: Placement): Placement {
  const height = rows * cell_height;
  return { ...placement, y: Math.max(placement.y, leastRise(y - height / 2, height, placement.scale)) };
}

/** Of a scale. */
export const SMALLEST = 0.05;
export const LARGEST = 20;
/** Beyond this there is no hall, in m. */
const FARTHEST = 10_000;
/** Of m, rad and scales: a tenth of a millimetre is what is kept. */
const STEPS = 10_000;

/** A placement in the bounds that the server keeps; what is not a number is as the layout has it. */
export function sound({ x, y, z, yaw, scale }: Placement): Placement {
  const turned = Math.atan2(Math.sin(yaw), Math.cos(yaw));
  return {
    x: bounded(x, -FARTHEST, FARTHEST, UNMOVED.x),
    y: bounded(y, -FARTHEST, FARTHEST, UNMOVED.y),
    z: bounded(z, -FARTHEST, FARTHEST, UNMOVED.z),
    yaw: bounded(turned, -Math.PI, Math.PI, UNMOVED.yaw),
    scale: bounded(scale, SMALLEST, LARGEST, UNMOVED.scale),
  };
}

/** Turned, as large and as high as the layout has it, and only along the walk where it was put. */
export function aligned({ yaw }: Panel, { x, z }: Placement): Placement {
  const along = x * Math.sin(yaw) + z * Math.cos(yaw);
  return sound({ ...UNMOVED, x: along * Math.sin(yaw), z: along * Math.cos(yaw) });
}

export function isSame(one: Placement, other: Placement): boolean {
  const { x, y, z, yaw, scale } = one;
  return x === other.x && y === other.y && z === other.z && yaw === other.yaw && scale === other.scale;
}

function bounded(value: number, least: number, most: number, fallback: number): number {
  if (!Number.isFinite(value)) return fallback;
  // `+ 0` makes 0 of -0.
  return Math.round(Math.min(most, Math.max(least, value)) * STEPS) / STEPS + 0;
}
