/** Which level of a panel is drawn: by how many pixels one of its cells covers. */
import type { Camera } from 'three';

import { BASE_CELL } from './cells';

/** A cell that is drawn larger shows its detail level. */
export const DETAIL_ABOVE_PIXELS = BASE_CELL;
/** One mip level of hysteresis, so that standing at the border does not flicker. */
export const BASE_BELOW_PIXELS = DETAIL_ABOVE_PIXELS / 2;

const NEAREST_M = 0.01;

/** Pixels that 1 m covers at a distance of 1 m. */
export function pixelsPerMetre(camera: Camera, viewportHeight: number): number {
  return (camera.projectionMatrix.elements[5] * viewportHeight) / 2;
}

/** Pixels that a cell covers, seen from the front. */
export function cellPixels(cellMetres: number, distance: number, perMetre: number): number {
  return (cellMetres * perMetre) / Math.max(NEAREST_M, distance);
}

/** Whether a panel whose cells cover `pixels` shows its detail level. */
export function wantsDetail(pixels: number, showsDetail: boolean): boolean {
  return pixels > (showsDetail ? BASE_BELOW_PIXELS : DETAIL_ABOVE_PIXELS);
}
