/** The hall itself: the sky at dusk and the matte floor with its warm walkway. Two draws. */
import {
  BackSide,
  CircleGeometry,
  Group,
  IcosahedronGeometry,
  Mesh,
  ShaderMaterial,
  Vector4,
  type Object3D,
  type Vector3,
} from 'three';

import type { Arrangement } from '../net/types';
import { LIGHT } from './palette';

const FLOOR_RADIUS = 700;

const SKY_VERTEX = /* glsl */ `
varying vec3 direction;
void main() {
  direction = position;
  vec4 clip = projectionMatrix * vec4(mat3(modelViewMatrix) * position, 1.0);
  gl_Position = clip.xyww;
}`;

const SKY_FRAGMENT = /* glsl */ `
${LIGHT}
varying vec3 direction;

float star(vec3 d) {
  vec3 cell = floor(d * 90.0);
  vec3 seed = fract(sin(vec3(dot(cell, vec3(127.1, 311.7, 74.7)), dot(cell, vec3(269.5, 183.3, 246.1)),
    dot(cell, vec3(113.5, 271.9, 124.6)))) * 43758.5453);
  float point = length(fract(d * 90.0) - 0.25 - 0.5 * seed);
  return step(0.972, seed.x) * smoothstep(0.16, 0.02, point) * seed.y;
}

void main() {
  vec3 d = normalize(direction);
  vec3 color = sky(d);
  color += vec3(0.75, 0.8, 1.0) * star(d) * 0.5 * smoothstep(0.12, 0.5, d.y);
  gl_FragColor = vec4(dither(color), 1.0);
}`;

const FLOOR_VERTEX = /* glsl */ `
varying vec3 world;
void main() {
  vec4 at = modelMatrix * vec4(position, 1.0);
  world = at.xyz;
  gl_Position = projectionMatrix * viewMatrix * at;
}`;

const FLOOR_FRAGMENT = /* glsl */ `
${LIGHT}
uniform vec4 bounds; // min x, max x, min z, max z of what stands on the floor
varying vec3 world;

float seam(float position, float every) {
  float width = fwidth(position) + 1e-4;
  float off = abs(fract(position / every - 0.5) - 0.5) * every;
  return (1.0 - smoothstep(0.006, 0.006 + width, off)) * (1.0 - smoothstep(0.2, 0.9, width));
}

float grain(vec2 at) {
  return fract(sin(dot(floor(at), vec2(12.9898, 78.233))) * 43758.5453);
}

void main() {
  vec3 fromEye = world - cameraPosition;
  float near = exp(-length(fromEye) / 14.0);
  vec3 color = vec3(0.034, 0.037, 0.055);
  // Large slabs in a running bond, each a shade of its own.
  vec2 slab = vec2(2.4, 1.2);
  float row = floor(world.z / slab.y);
  float shift = mod(row, 2.0) * 0.5 * slab.x;
  color *= 0.94 + 0.12 * grain(vec2((world.x + shift) / slab.x, row));
  color += (grain(world.xz * 160.0) - 0.5) * 0.010 * near;
  float seams = max(seam(world.z, slab.y), seam(world.x + shift, slab.x));
  color *= 1.0 - 0.45 * seams;
  // Soft light on the walkway, in pools as under lamps, from before the frame to the end.
  float half_ = 0.5 * (bounds.y - bounds.x);
  float across = (world.x - 0.5 * (bounds.x + bounds.y)) / max(half_ + 1.5, 4.0);
  float along = smoothstep(bounds.w + 14.0, bounds.w - 4.0, world.z)
    * smoothstep(bounds.z - 16.0, bounds.z + 4.0, world.z);
  float pools = 0.72 + 0.28 * cos(world.z * 6.2831853 / 9.0);
  float warm = exp(-across * across * 1.6) * along * pools;
  color += vec3(0.105, 0.069, 0.040) * warm * (1.0 - 0.35 * seams);
  // A matte sheen: grazing looks take a little of the sky ahead.
  vec3 direction = normalize(fromEye);
  float grazing = pow(1.0 - abs(direction.y), 6.0);
  color = mix(color, sky(vec3(direction.x, abs(direction.y), direction.z)), 0.35 * grazing);
  gl_FragColor = vec4(dither(withFog(color, fromEye)), 1.0);
}`;

export class Environment {
  readonly object: Object3D = new Group();
  private readonly sky: Mesh<IcosahedronGeometry, ShaderMaterial>;
  private readonly floor: Mesh<CircleGeometry, ShaderMaterial>;

  constructor() {
    this.sky = new Mesh(
      new IcosahedronGeometry(1, 3),
      new ShaderMaterial({
        vertexShader: SKY_VERTEX,
        fragmentShader: SKY_FRAGMENT,
        side: BackSide,
        depthWrite: false,
      }),
    );
    // Last of what is opaque: only where nothing stands before it is it shaded.
    this.sky.renderOrder = 2;
    this.floor = new Mesh(
      new CircleGeometry(FLOOR_RADIUS, 48).rotateX(-Math.PI / 2),
      new ShaderMaterial({
        vertexShader: FLOOR_VERTEX,
        fragmentShader: FLOOR_FRAGMENT,
        uniforms: { bounds: { value: new Vector4(-4, 4, -20, 4) } },
      }),
    );
    this.floor.renderOrder = 1;
    for (const mesh of [this.sky, this.floor]) mesh.frustumCulled = false;
    this.object.add(this.floor, this.sky);
  }

  /** Lights the floor that this arrangement covers. */
  light(arrangement: Arrangement): void {
    const { min_x, max_x, min_z, max_z } = arrangement.bounds;
    (this.floor.material.uniforms['bounds']?.value as Vector4).set(min_x, max_x, min_z, max_z);
  }

  /** Keeps the floor's disc under the visitor, so that it has no edge. */
  follow(eye: Vector3): void {
    this.floor.position.set(eye.x, 0, eye.z);
  }
}
