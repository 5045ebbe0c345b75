/** Lines of text anywhere in space, all in one draw; costs nothing per frame while unchanged. */
import {
  DataTexture,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three';

import type { Glyphs, Weight } from './glyphs';
import { HALL, MOVED, Moves } from './moves';
import { display, LIGHT } from './palette';

export interface Line {
  readonly text: string;
  /** The baseline's left end, middle or right end, by `align`. */
  readonly at: Vector3;
  readonly right: Vector3;
  readonly up: Vector3;
  /** Height of an em, in m. */
  readonly size: number;
  readonly color: string;
  readonly weight?: Weight;
  readonly align?: 'left' | 'centre' | 'right';
  /** Longer lines are set smaller to fit, in m. */
  readonly maxWidth?: number;
  /** From here on it fades away, and is gone at 1.5 times the distance, in m. */
  readonly fade?: number;
  /** What it moves with; the hall where left out, see `Moves`. */
  readonly anchor?: number;
}

const NEVER = 1e6;

/** Of what stands in no hall, or is moved as a whole. */
const UNMOVED = new Moves(0);

const VERTEX = /* glsl */ `
${LIGHT}
${MOVED}
uniform vec2 atlas; // glyphs per row, glyphs per column
attribute vec3 corner;
attribute vec3 across;
attribute vec3 upward;
attribute vec3 glyph; // index, fade, anchor
attribute vec3 tint;
varying vec2 inAtlas;
varying vec2 metres;
varying vec3 color;
varying float opacity;
flat varying vec4 channel;
flat varying float extent;
void main() {
  vec2 at = position.xy + 0.5;
  vec3 world = (modelMatrix * vec4(moved(corner + across * at.x + upward * at.y, glyph.z), 1.0)).xyz;
  float far = distance((modelMatrix * vec4(moved(corner, glyph.z), 1.0)).xyz, cameraPosition);
  far /= max(movedScale(glyph.z), 1e-3);
  opacity = 1.0 - smoothstep(glyph.y, glyph.y * 1.5, far);
  float square = floor((glyph.x + 0.5) / 4.0);
  float which = floor(glyph.x + 0.5) - 4.0 * square;
  channel = vec4(which == 0.0, which == 1.0, which == 2.0, which == 3.0);
  float row = floor((square + 0.5) / atlas.x);
  inAtlas = (vec2(square - row * atlas.x, row) + at) / atlas;
  vec2 dimensions = vec2(length(across), length(upward));
  metres = at * dimensions;
  extent = max(dimensions.x, dimensions.y);
  vec3 fromEye = world - cameraPosition;
  color = mix(tint, horizon(aheadness(fromEye)), 0.45 * haze(length(fromEye)));
  // What has faded is not drawn at all.
  gl_Position = opacity > 0.0 ? projectionMatrix * viewMatrix * vec4(world, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D distances;
uniform float exponent;
varying vec2 inAtlas;
varying vec2 metres;
varying vec3 color;
varying float opacity;
flat varying vec4 channel;
flat varying float extent;
void main() {
  float code = dot(texture2D(distances, inAtlas), channel);
  float size = (1.0 - pow(2.0 * (code > 0.5 ? 1.0 - code : code), 1.0 / exponent)) * extent;
  float inside = code > 0.5 ? size : -size;
  float soft = 0.5 * length(fwidth(metres));
  float alpha = smoothstep(-soft, soft, inside) * opacity;
  if (alpha < 0.01) discard;
  gl_FragColor = vec4(color, alpha);
}`;

export class Text {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private lines: readonly Line[] = [];
  private readonly stop: () => void;

  /** `moves`: of the hall that its lines stand in. */
  constructor(
    private readonly glyphs: Glyphs,
    moves = UNMOVED,
  ) {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        moves: { value: moves.texture },
        atlas: { value: new Vector2(1, 1) },
        distances: { value: new DataTexture(new Uint8Array(4), 1, 1) },
        exponent: { value: glyphs.exponent },
      },
      transparent: true,
      depthWrite: false,
      side: 2,
    });
    this.object = new Mesh(new InstancedBufferGeometry(), material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 30;
    this.object.visible = false;
    this.stop = glyphs.onMore(() => {
      this.build();
    });
  }

  set(lines: readonly Line[]): void {
    this.lines = lines;
    this.build();
  }

  dispose(): void {
    this.stop();
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private build(): void {
    const buffers = new Buffers(this.lines.reduce((sum, line) => sum + line.text.length, 0));
    for (const line of this.lines) this.setLine(line, buffers);
    this.object.geometry.dispose();
    this.object.geometry = buffers.geometry();
    this.object.visible = buffers.count > 0 && this.glyphs.texture !== null;
    const { texture, glyphSize } = this.glyphs;
    const image = texture?.image as { width: number; height: number } | undefined;
    if (texture === null || image === undefined) return;
    const { uniforms } = this.object.material;
    (uniforms['atlas']?.value as Vector2).set(image.width / glyphSize, image.height / glyphSize);
    if (uniforms['distances'] !== undefined) uniforms['distances'].value = texture;
  }

  private setLine(line: Line, buffers: Buffers): void {
    const weight = line.weight ?? 400;
    const natural = this.glyphs.width(line.text, weight);
    const size = Math.min(line.size, (line.maxWidth ?? NEVER) / Math.max(natural, 1e-6));
    const shift = { left: 0, centre: -0.5, right: -1 }[line.align ?? 'left'];
    let pen = shift * natural;
    buffers.begin(line, size);
    for (const letter of line.text) {
      const glyph = this.glyphs.get(letter, weight);
      if (glyph === null) {
        pen += 0.5;
        continue;
      }
      if (glyph.shape !== null) buffers.push(pen, glyph.shape.bounds, glyph.shape.index);
      pen += glyph.advance;
    }
  }
}

/** The instances' attributes while they are written. */
class Buffers {
  count = 0;
  private readonly corner: Float32Array;
  private readonly across: Float32Array;
  private readonly upward: Float32Array;
  private readonly glyph: Float32Array;
  private readonly tint: Float32Array;
  private readonly point = new Vector3();
  private line: Line | null = null;
  private size = 1;
  private color: readonly [number, number, number] = [1, 1, 1];

  constructor(capacity: number) {
    this.corner = new Float32Array(capacity * 3);
    this.across = new Float32Array(capacity * 3);
    this.upward = new Float32Array(capacity * 3);
    this.glyph = new Float32Array(capacity * 3);
    this.tint = new Float32Array(capacity * 3);
  }

  begin(line: Line, size: number): void {
    const { r, g, b } = display(line.color);
    this.line = line;
    this.size = size;
    this.color = [r, g, b];
  }

  push(pen: number, bounds: readonly number[], index: number): void {
    if (this.line === null) return;
    const { at, right, up, fade, anchor } = this.line;
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = bounds;
    const { point, size, count } = this;
    point.copy(at).addScaledVector(right, (pen + x0) * size).addScaledVector(up, y0 * size);
    point.toArray(this.corner, count * 3);
    point.copy(right).multiplyScalar((x1 - x0) * size).toArray(this.across, count * 3);
    point.copy(up).multiplyScalar((y1 - y0) * size).toArray(this.upward, count * 3);
    this.glyph.set([index, fade ?? NEVER, anchor ?? HALL], count * 3);
    this.tint.set(this.color, count * 3);
    this.count += 1;
  }

  geometry(): InstancedBufferGeometry {
    const geometry = new InstancedBufferGeometry();
    const plane = new PlaneGeometry(1, 1);
    geometry.index = plane.index;
    geometry.setAttribute('position', plane.getAttribute('position'));
    const add = (name: string, values: Float32Array, size: number): void => {
      const used = values.slice(0, this.count * size);
      geometry.setAttribute(name, new InstancedBufferAttribute(used, size));
    };
    add('corner', this.corner, 3);
    add('across', this.across, 3);
    add('upward', this.upward, 3);
    add('glyph', this.glyph, 3);
    add('tint', this.tint, 3);
    geometry.instanceCount = this.count;
    return geometry;
  }
}
