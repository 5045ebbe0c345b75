/** A panel's frame in space, from its centre, yaw and grid. */
import { Vector3 } from 'three';

import type { Placement } from '../model/placement';
import type { Panel } from '../net/types';

/** How something that stands is turned: unit vectors along its width and out of its face. */
export interface Axes {
  readonly right: Vector3;
  readonly normal: Vector3;
}

export interface Place extends Axes {
  readonly layer: string;
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
  readonly bottom: number;
  readonly top: number;
}

export const UP = new Vector3(0, 1, 0);

/** With yaw 0 it faces +z. */
export function axesOf(yaw: number): Axes {
  return {
    right: new Vector3(Math.cos(yaw), 0, -Math.sin(yaw)),
    normal: new Vector3(Math.sin(yaw), 0, Math.cos(yaw)),
  };
}

export function placeOf(panel: Panel): Place {
  const width = panel.columns * panel.cell_width;
  const height = panel.rows * panel.cell_height;
  return {
    layer: panel.layer,
    centre: new Vector3(panel.x, panel.y, panel.z),
    ...axesOf(panel.yaw),
    width,
    height,
    bottom: panel.y - height / 2,
    top: panel.y + height / 2,
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Puts a place to where it stands with a placement; `layout`: without it. Makes no objects. */
export function movePlace(place: Mutable<Place>, layout: Place, { x, y, z, yaw, scale }: Placement): void {
  const { centre, right, normal } = layout;
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  place.centre.set(centre.x + x, centre.y + y, centre.z + z);
  place.right.set(cos * right.x + sin * right.z, 0, cos * right.z - sin * right.x);
  place.normal.set(cos * normal.x + sin * normal.z, 0, cos * normal.z - sin * normal.x);
  place.width = scale * layout.width;
  place.height = scale * layout.height;
  place.bottom = place.centre.y - place.height / 2;
  place.top = place.centre.y + place.height / 2;
}

/** A point given by metres to the right of, above and before a place's centre. */
export function at(place: Place, right: number, up: number, out: number): Vector3 {
  return place.centre
    .clone()
    .addScaledVector(place.right, right)
    .addScaledVector(UP, up)
    .addScaledVector(place.normal, out);
}
