/**
 * The faces of the buttons that turn panels, in one draw: on each a ring that fills as the
 * layer's pictures come to be, with a bead in it while they are shown.
 */
import {
  InstancedBufferAttribute,
  type InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
} from 'three';

import { FACES, facesGeometry, type FacePlace } from './faces';
import type { Moves } from './moves';
import { AMBER, constant, LIGHT } from './palette';

export interface FaceState {
  /** The share of pictures that are finished, 0..1. */
  readonly share: number;
  readonly isTurned: boolean;
  /** Something forms or waits. */
  readonly isBusy: boolean;
}

const VERTEX = /* glsl */ `
${FACES}
attribute vec4 state; // share, turned, busy, pointed at
varying vec2 spot;    // m from the lower left
varying vec3 world;
flat varying vec2 size;
flat varying vec4 shows;
void main() {
  vec2 at = position.xy + 0.5;
  size = span.zw;
  spot = at * size;
  shows = state;
  world = faceAt(at);
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const FRAGMENT = /* glsl */ `
${LIGHT}
const vec3 accent = ${constant(AMBER)};
varying vec2 spot;
varying vec3 world;
flat varying vec2 size;
flat varying vec4 shows;
float cover(float distance, float pixel) {
  return clamp(0.5 - distance / max(pixel, 1e-5), 0.0, 1.0);
}
void main() {
  float pixel = length(fwidth(spot)) * 0.7071;
  vec2 edge = min(spot, size - spot);
  float rim = cover(min(edge.x, edge.y) - 0.009, pixel);
  float lit = max(shows.w, 0.35 * shows.y);
  vec3 color = vec3(0.040, 0.042, 0.060) + accent * (0.045 + 0.09 * shows.w);
  color = mix(color, accent, rim * mix(0.42, 1.0, shows.w));
  vec2 from = spot - vec2(0.5 * size.y);
  float away = length(from);
  float radius = 0.30 * size.y;
  float thick = 0.05 * size.y;
  float ring = cover(abs(away - radius) - 0.5 * thick, pixel);
  // From the top, to the right around.
  float turn = fract(atan(from.x, from.y) / 6.2831853);
  float filled = step(turn, shows.x) * step(1e-4, shows.x);
  vec3 idle = mix(vec3(0.21, 0.22, 0.28), accent * 0.55, shows.z);
  color = mix(color, mix(idle, accent, filled), ring);
  float bead = cover(away - mix(0.08, 0.15, shows.y) * size.y, pixel);
  color = mix(color, accent * mix(0.75, 1.0, lit), bead);
  gl_FragColor = vec4(withFog(color, world - cameraPosition), 1.0);
}`;

export class TurnFaces {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly states: InstancedBufferAttribute;

  constructor(spots: readonly FacePlace[], moves: Moves) {
    this.states = new InstancedBufferAttribute(new Float32Array(spots.length * 4), 4);
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { moves: { value: moves.texture } },
    });
    this.object = new Mesh(geometryOf(spots, this.states), material);
    this.object.frustumCulled = false;
    this.object.visible = spots.length > 0;
  }

  set(index: number, { share, isTurned, isBusy }: FaceState): void {
    this.states.setX(index, share);
    this.states.setY(index, Number(isTurned));
    this.states.setZ(index, Number(isBusy));
    this.states.needsUpdate = true;
  }

  /** Lights up the button that is pointed at; none with -1. */
  point(index: number): void {
    for (let at = 0; at < this.states.count; at += 1) this.states.setW(at, Number(at === index));
    this.states.needsUpdate = true;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}

function geometryOf(
  spots: readonly FacePlace[],
  states: InstancedBufferAttribute,
): InstancedBufferGeometry {
  const geometry = facesGeometry(spots);
  geometry.setAttribute('state', states);
  return geometry;
}
