/**
 * All histograms of the hall in one draw: one instanced rectangle each, its 64 bars a row of
 * a small texture. Counts are shown by their square root, so that a tall bin of zeros leaves
 * the others readable.
 */
import {
  DataTexture,
  InstancedBufferAttribute,
  type InstancedBufferGeometry,
  Mesh,
  RedFormat,
  ShaderMaterial,
  UnsignedByteType,
} from 'three';

import type { Statistics } from '../net/types';
import { FACES, facesGeometry, type FacePlace } from './faces';
import type { Moves } from './moves';
import { AMBER, constant, LIGHT } from './palette';

const BINS = 64;

const VERTEX = /* glsl */ `
${FACES}
attribute vec3 range; // low, high, 1 where there is something to show
attribute float row;
varying vec2 spot;
varying vec2 size;
varying vec3 world;
flat varying float line;
flat varying vec2 limits;
void main() {
  spot = position.xy + 0.5;
  size = span.zw;
  line = row;
  limits = range.xy;
  world = faceAt(spot);
  gl_Position = range.z > 0.5 ? projectionMatrix * viewMatrix * vec4(world, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
${LIGHT}
uniform sampler2D heights;
const vec3 accent = ${constant(AMBER)};
varying vec2 spot;
varying vec2 size;
varying vec3 world;
flat varying float line;
flat varying vec2 limits;
void main() {
  float bin = clamp(floor(spot.x * ${BINS}.0), 0.0, ${BINS - 1}.0);
  float height = texelFetch(heights, ivec2(int(bin), int(line)), 0).r;
  float middle = mix(limits.x, limits.y, (bin + 0.5) / ${BINS}.0);
  vec3 tone = middle < 0.0 ? vec3(0.30, 0.56, 0.98) : vec3(0.90, 0.89, 0.87);
  float within = fract(spot.x * ${BINS}.0);
  float gap = fwidth(spot.x * ${BINS}.0);
  float bar = smoothstep(0.0, gap + 0.02, within) * smoothstep(1.0, 0.98 - gap, within);
  bar = mix(bar, 0.8, smoothstep(0.25, 0.7, gap));
  float top = fwidth(spot.y);
  float filled = bar * (1.0 - smoothstep(height - top, height + top, spot.y)) * step(0.001, height);
  vec3 color = mix(vec3(0.040, 0.044, 0.064), tone, filled);
  float base = 1.0 - smoothstep(0.006, 0.012, spot.y * size.y);
  color = mix(color, vec3(0.42, 0.44, 0.50), base);
  float zero = -limits.x / max(limits.y - limits.x, 1e-12);
  float away = abs(spot.x - zero) * size.x;
  float thin = max(0.004, 0.75 * fwidth(spot.x) * size.x);
  float dash = step(0.5, fract(spot.y * size.y / 0.03));
  float mark = (1.0 - smoothstep(thin, thin * 2.0, away)) * dash;
  color = mix(color, accent, 0.9 * mark * step(0.0, zero) * step(zero, 1.0));
  vec3 fromEye = world - cameraPosition;
  gl_FragColor = vec4(withFog(color, fromEye), 1.0);
}`;

export class Histograms {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly ranges: InstancedBufferAttribute;
  private readonly heights: Uint8Array;
  private readonly texture: DataTexture;

  constructor(spots: readonly FacePlace[], moves: Moves) {
    const count = Math.max(1, spots.length);
    this.heights = new Uint8Array(BINS * count);
    this.texture = new DataTexture(this.heights, BINS, count, RedFormat, UnsignedByteType);
    this.texture.unpackAlignment = 1;
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { moves: { value: moves.texture }, heights: { value: this.texture } },
      side: 2,
    });
    this.ranges = new InstancedBufferAttribute(new Float32Array(spots.length * 3), 3);
    this.object = new Mesh(geometryOf(spots, this.ranges), material);
    this.object.frustumCulled = false;
  }

  /** Shows these statistics at a spot; null shows nothing there. */
  set(index: number, statistics: Statistics | null): void {
    const { low, high, counts } = statistics?.histogram ?? { low: 0, high: 0, counts: [] };
    const top = Math.sqrt(counts.reduce((a, b) => Math.max(a, b), 1));
    for (let bin = 0; bin < BINS; bin += 1) {
      const share = Math.sqrt(counts[bin] ?? 0) / top;
      this.heights[index * BINS + bin] = share === 0 ? 0 : Math.max(4, Math.round(share * 245));
    }
    this.ranges.setXYZ(index, low, high, statistics === null ? 0 : 1);
    this.ranges.needsUpdate = true;
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
    this.texture.dispose();
  }
}

function geometryOf(
  spots: readonly FacePlace[],
  ranges: InstancedBufferAttribute,
): InstancedBufferGeometry {
  const geometry = facesGeometry(spots);
  const rows = Float32Array.from(spots.keys());
  geometry.setAttribute('row', new InstancedBufferAttribute(rows, 1));
  geometry.setAttribute('range', ranges);
  return geometry;
}
