/**
 * Where everything that can be moved stands, as numbers that shaders and arithmetic share. Each
 * vertex and instance names its anchor: the hall itself (0, never moved), a panel, or the label of
 * an edge. What is laid out once goes where its anchor goes, so that a move writes eight floats
 * and builds nothing anew.
 *
 * An anchor takes two texels of `texture`:
 *
 *     scaled cosine, scaled sine of the yaw, scale, whether it stands on the floor
 *     shift x y z, how far the lower edge is lifted in m
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat, Vector3 } from 'three';

import type { Placement } from '../model/placement';

const FLOATS = 8;
export const HALL = 0;

/** For vertex shaders: where a point, and the way from one point to another, are now. */
export const MOVED = /* glsl */ `
uniform highp sampler2D moves;
vec3 movedWay(vec3 way, float anchor) {
  vec4 turn = texelFetch(moves, ivec2(0, int(anchor)), 0);
  return vec3(turn.x * way.x + turn.y * way.z, turn.z * way.y, turn.x * way.z - turn.y * way.x);
}
vec3 moved(vec3 point, float anchor) {
  return movedWay(point, anchor) + texelFetch(moves, ivec2(1, int(anchor)), 0).xyz;
}
float movedScale(float anchor) {
  return texelFetch(moves, ivec2(0, int(anchor)), 0).z;
}
`;

export class Moves {
  readonly texture: DataTexture;
  /** How far things were moved since the hall stands, all together, in m. */
  travelled = 0;
  private readonly data: Float32Array<ArrayBuffer>;
  private readonly before = new Vector3();
  private readonly after = new Vector3();

  /** `anchors`: how many there are beside the hall; none of them is moved yet. */
  constructor(anchors: number) {
    const rows = anchors + 1;
    this.data = new Float32Array(rows * FLOATS);
    for (let row = 0; row < rows; row += 1) this.write(row, 1, 0, 1, 0, 0, 0, true, 0);
    this.texture = new DataTexture(this.data, 2, rows, RGBAFormat, FloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
  }

  /**
   * Moves, turns and scales an anchor about a point.
   *
   * @param stands whether it stands on the floor: then it has posts and throws light on it
   * @param lifted how far its lower edge is over where the layout has it, in m
   */
  place(anchor: number, centre: Vector3, placement: Placement, stands: boolean, lifted: number): void {
    const { x, y, z, yaw, scale } = placement;
    this.point(anchor, this.before.copy(centre));
    const cos = scale * Math.cos(yaw);
    const sin = scale * Math.sin(yaw);
    const shiftX = centre.x + x - cos * centre.x - sin * centre.z;
    const shiftY = centre.y + y - scale * centre.y;
    const shiftZ = centre.z + z - cos * centre.z + sin * centre.x;
    this.write(anchor, cos, sin, scale, shiftX, shiftY, shiftZ, stands, lifted);
    this.travelled += this.before.distanceTo(this.point(anchor, this.after.copy(centre)));
    this.texture.needsUpdate = true;
  }

  scale(anchor: number): number {
    return this.float(anchor, 2);
  }

  /** Changes a point of what is laid out to where it is now. */
  point(anchor: number, point: Vector3): Vector3 {
    this.way(anchor, point);
    point.x += this.float(anchor, 4);
    point.y += this.float(anchor, 5);
    point.z += this.float(anchor, 6);
    return point;
  }

  /** Changes the way from one point to another. */
  way(anchor: number, way: Vector3): Vector3 {
    const cos = this.float(anchor, 0);
    const sin = this.float(anchor, 1);
    return way.set(cos * way.x + sin * way.z, this.float(anchor, 2) * way.y, cos * way.z - sin * way.x);
  }

  dispose(): void {
    this.texture.dispose();
  }

  private write(
    anchor: number,
    cos: number,
    sin: number,
    scale: number,
    x: number,
    y: number,
    z: number,
    stands: boolean,
    lifted: number,
  ): void {
    const { data } = this;
    const at = anchor * FLOATS;
    data[at] = cos;
    data[at + 1] = sin;
    data[at + 2] = scale;
    data[at + 3] = stands ? 1 : 0;
    data[at + 4] = x;
    data[at + 5] = y;
    data[at + 6] = z;
    data[at + 7] = lifted;
  }

  private float(anchor: number, index: number): number {
    return this.data[anchor * FLOATS + index] ?? 0;
  }
}
