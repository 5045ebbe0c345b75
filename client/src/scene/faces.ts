/** Upright rectangles in the hall as instances of one plane: what shaders need of their places. */
import { InstancedBufferAttribute, InstancedBufferGeometry, PlaneGeometry, type Vector3 } from 'three';

import { MOVED } from './moves';

/** Where an upright rectangle is: its lower left corner, and the way to its right. */
export interface FacePlace {
  readonly corner: Vector3;
  readonly right: Vector3;
  readonly width: number;
  readonly height: number;
  /** What it moves with; see `Moves`. */
  readonly anchor: number;
}

/** For vertex shaders: `faceAt(spot)`, where a point of the rectangle is, in shares of its sides. */
export const FACES = /* glsl */ `
${MOVED}
attribute vec4 corner; // x, y, z, anchor
attribute vec4 span; // right x, right z, width, height
vec3 faceAt(vec2 spot) {
  return moved(corner.xyz + vec3(span.x, 0.0, span.y) * spot.x * span.z + vec3(0.0, spot.y * span.w, 0.0), corner.w);
}`;

/** An instance for each place, with the attributes that `FACES` reads. */
export function facesGeometry(places: readonly FacePlace[]): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  const corners = new Float32Array(places.flatMap(({ corner, anchor }) => [...corner.toArray(), anchor]));
  const spans = places.flatMap(({ right, width, height }) => [right.x, right.z, width, height]);
  geometry.setAttribute('corner', new InstancedBufferAttribute(corners, 4));
  geometry.setAttribute('span', new InstancedBufferAttribute(new Float32Array(spans), 4));
  geometry.instanceCount = places.length;
  return geometry;
}
