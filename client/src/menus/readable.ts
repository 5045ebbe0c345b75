/** How large a board is so that it can be read, and where it stands before the eye. */
import { Vector3, type Object3D } from 'three';

import type { Gaze } from '../xr/gaze';

/** Capital letters are at least this high, seen from where one reads, in degrees. */
export const READABLE = 1.3;
/** From the eye to a large board, in m as the visitor feels them. */
export const READING = 1.1;
/** Nearer than this it would be uncomfortable. */
const NEAREST = 0.35;
/** What is pinned to the visitor is nearer than this, in m as they feel them, and so are their hands. */
export const REACH = 0.7;
/** It keeps off what stands behind it, as a share of the way there. */
const BEFORE = 0.85;
/**
 * An em over its distance on a board of 28 by 22 ems: capitals (0.727 em) are 1.3 degrees high also
 * in its corners, which are farther away and seen at a slant.
 */
export const EM = 0.0415;
/** How far below the eyes its middle is, as a share of the distance: one looks down a little. */
const BELOW = 0.1;

/**
 * So far to the right a layer's board stands, in rad: whole in view, and the left of the panel that
 * it is about beside it, so that one sees there what one chooses.
 */
export const LAYER_ASIDE = 0.27;

const ahead = new Vector3();

/** How far away a board stands, in m of the hall; `free`: as far nothing is in the way. */
export function readingDistance(free: number, scale: number): number {
  return Math.max(NEAREST * scale, Math.min(READING * scale, free * BEFORE));
}

/** Stands a board, whose unit is an em, before the eyes and facing them; its parent is the hall. */
export function standBefore(board: Object3D, { eye, heading }: Gaze, distance: number): void {
  ahead.set(-Math.sin(heading), -BELOW, -Math.cos(heading)).normalize();
  board.position.copy(eye).addScaledVector(ahead, distance);
  board.scale.setScalar(EM * distance);
  board.lookAt(eye);
}

/** From the eye to the dataset panel that was brought, in m as the visitor feels them, and how far to the left, in rad. */
const BESIDE = { distance: 2, left: 0.75, below: 0.25 } as const;

/** Stands a board, whose unit is a metre, upright at the visitor's left; its parent is the hall. */
export function standBeside(board: Object3D, { eye, heading, scale }: Gaze): void {
  const yaw = heading + BESIDE.left;
  const distance = BESIDE.distance * scale;
  board.position.set(eye.x - Math.sin(yaw) * distance, eye.y - BESIDE.below * scale, eye.z - Math.cos(yaw) * distance);
  board.rotation.set(0, yaw, 0);
  board.scale.setScalar(scale);
}

/** Whether the eyes see a board well enough to read it: not far off, and before them. */
export function isBefore(board: Object3D, { eye, heading, scale }: Gaze): boolean {
  board.getWorldPosition(ahead).sub(eye);
  const distance = ahead.length();
  const straight = (-Math.sin(heading) * ahead.x - Math.cos(heading) * ahead.z) / distance;
  return distance < 1.6 * READING * scale && straight > 0.5;
}
