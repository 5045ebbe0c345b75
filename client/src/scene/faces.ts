/** Upright rectangles in the hall as instances of one plane: what shaders need of their places. */
import { InstancedBufferAttribute, InstancedBufferGeometry, PlaneGeometry, type Vector3 } from 'three';

/** Where an upright rectangle is: its lower left corner, and the way to its right. */
export interface FacePlace {
  readonly corner: Vector3;
  readonly right: Vector3;
  readonly width: number;
  readonly height: number;
}

/** An instance for each place: `corner`, and `span` (right's x and z, width, height). */
export function facesGeometry(places: readonly FacePlace[]): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  const corners = new Float32Array(places.flatMap(({ corner }) => corner.toArray()));
  const spans = places.flatMap(({ right, width, height }) => [right.x, right.z, width, height]);
  geometry.setAttribute('corner', new InstancedBufferAttribute(corners, 3));
  geometry.setAttribute('span', new InstancedBufferAttribute(new Float32Array(spans), 4));
  geometry.instanceCount = places.length;
  return geometry;
}
