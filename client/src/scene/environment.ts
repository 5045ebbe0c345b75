/** The hall itself: the sky at dusk and the matte floor with its warm walkway. Two draws. */
import {
  BackSide,
  CircleGeometry,
  Group,
  IcosahedronGeometry,
  Mesh,
  ShaderMaterial,
  type Object3D,
  type Vector3,
} from 'three';

import type { Arrangement } from '../net/types';
import { DITHER, LIGHT } from './palette';

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
${DITHER}
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
  if (d.y > 0.2) color += vec3(0.38, 0.40, 0.50) * star(d) * smoothstep(0.2, 0.5, d.y);
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
${DITHER}
uniform vec4 bounds[HALLS]; // min x, max x, min z, max z of what stands on the floor
varying vec3 world;

float shade(vec2 slab) {
  return fract(sin(dot(slab, vec2(12.9898, 78.233))) * 43758.5453);
}

float walkway(vec4 hall) {
  float across = (world.x - 0.5 * (hall.x + hall.y)) / max(0.34 * (hall.y - hall.x) + 1.2, 3.0);
  float along = (1.0 - smoothstep(hall.w - 4.0, hall.w + 14.0, world.z))
    * smoothstep(hall.z - 16.0, hall.z + 4.0, world.z);
  return along / (1.0 + 1.4 * across * across * (1.0 + across * across));
}

void main() {
  vec3 fromEye = world - cameraPosition;
  float distance = length(fromEye);
  vec3 direction = fromEye / distance;
  // Large slabs in a running bond, each a shade of its own, with fine seams.
  vec2 size = vec2(2.4, 1.2);
  float row = floor(world.z / size.y);
  vec2 at = vec2(world.x / size.x + 0.5 * mod(row, 2.0), world.z / size.y);
  vec2 width = fwidth(vec2(world.x, world.z)) + 1e-4;
  vec2 off = (0.5 - abs(fract(at) - 0.5)) * size;
  vec2 seams = (1.0 - smoothstep(vec2(0.005), 0.005 + width, off)) * (1.0 - smoothstep(0.15, 0.7, width));
  float fine = exp2(-distance / 22.0);
  float stone = 1.0 + (0.22 * shade(floor(at)) - 0.11) * fine - 0.42 * max(seams.x, seams.y);
  vec3 color = vec3(0.047, 0.050, 0.070);
  // Soft light on the walkway, in pools as under lamps, from before the frame to the end.
  float light = 0.0;
  for (int hall = 0; hall < HALLS; hall++) light = max(light, walkway(bounds[hall]));
  float pools = 0.78 + 0.22 * cos(world.z * 0.7);
  color += vec3(0.180, 0.118, 0.066) * (light * pools);
  color *= stone;
  // A matte sheen: grazing looks take a little of the sky.
  float grazing = 1.0 + min(direction.y, 0.0);
  grazing *= grazing * grazing;
  color = mix(color, horizon(aheadness(direction)), 0.42 * grazing * grazing);
  gl_FragColor = vec4(dither(mix(color, horizon(aheadness(direction)), 0.92 * haze(distance))), 1.0);
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
        defines: { HALLS: 1 },
        uniforms: { bounds: { value: Float32Array.of(-4, 4, -20, 4) } },
      }),
    );
    this.floor.renderOrder = 1;
    for (const mesh of [this.sky, this.floor]) mesh.frustumCulled = false;
    this.object.add(this.floor, this.sky);
  }

  /** Lights the floor that these arrangements cover. */
  light(arrangements: readonly Arrangement[]): void {
    const { material } = this.floor;
    const bounds = arrangements.map((one) => one.bounds);
    // Typed: three would write vectors into an array of its own in each frame, number by number.
    const lit = Float32Array.from(bounds.flatMap(({ min_x, max_x, min_z, max_z }) => [min_x, max_x, min_z, max_z]));
    if (material.uniforms['bounds'] !== undefined) material.uniforms['bounds'].value = lit;
    if (material.defines['HALLS'] === bounds.length) return;
    material.defines['HALLS'] = bounds.length;
    material.needsUpdate = true;
  }

  /** Keeps the floor's disc under the visitor, so that it has no edge. */
  follow(eye: Vector3): void {
    // Its middle stays off the foot of the eye: for a level look that corner of all triangles
    // would have w = 0, and software rasterizers then draw the floor over everything.
    this.floor.position.x = eye.x + 0.37;
    this.floor.position.z = eye.z + 0.29;
  }
}
