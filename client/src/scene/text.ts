/**
 * Lines of text anywhere in space, all in one draw; costs nothing per frame while unchanged. Lines
 * that change on their own are a part: what the others have set stays as it is.
 */
import {
  DataTexture,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector2,
  type Vector3,
} from 'three';

import type { Glyphs, Weight } from './glyphs';
import { LetterBuffer, LETTER_FLOATS, LETTER_PARTS } from './letterbuffer';
import { MOVED, Moves } from './moves';
import { LIGHT } from './palette';

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

const FIRST_CAPACITY = 64;

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

/** Lines that are set together. */
export class TextPart {
  lines: readonly Line[] = [];
  letters = new LetterBuffer(0);

  constructor(private readonly changed: (part: TextPart) => void) {}

  set(lines: readonly Line[]): void {
    this.lines = lines;
    this.changed(this);
  }
}

export class Text {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly parts: TextPart[] = [];
  private readonly first: TextPart;
  private buffer: InstancedInterleavedBuffer;
  private readonly stop: () => void;

  /** `moves`: of the hall that its lines stand in. */
  constructor(
    private readonly glyphs: Glyphs,
    moves = UNMOVED,
  ) {
    this.object = new Mesh(letterGeometry(), materialOf(glyphs, moves));
    this.buffer = this.reserve(FIRST_CAPACITY);
    this.object.frustumCulled = false;
    this.object.renderOrder = 30;
    this.object.visible = false;
    this.first = this.part();
    this.stop = glyphs.onMore(() => {
      this.parts.forEach((part) => { this.writeLetters(part); });
      this.join(0);
    });
  }

  /** What stands beside the lines of all other parts. */
  part(): TextPart {
    const part = new TextPart((changed) => {
      this.writeLetters(changed);
      this.join(this.parts.indexOf(changed));
    });
    this.parts.push(part);
    return part;
  }

  /** The lines of a text without parts. */
  set(lines: readonly Line[]): void {
    this.first.set(lines);
  }

  /** Height of an em of a line as it is written, in m. */
  sizeOf({ text, weight, size, maxWidth }: Pick<Line, 'text' | 'weight' | 'size' | 'maxWidth'>): number {
    const natural = this.glyphs.width(text, weight ?? 400);
    return Math.min(size, (maxWidth ?? Infinity) / Math.max(natural, 1e-6));
  }

  dispose(): void {
    this.stop();
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  /** Puts the parts from this one on behind those before it. */
  private join(from: number): void {
    const count = this.parts.reduce((sum, { letters }) => sum + letters.count, 0);
    const grows = count * LETTER_FLOATS > this.buffer.array.length;
    if (grows) this.buffer = this.reserve(2 ** Math.ceil(Math.log2(count)));
    let letter = 0;
    this.parts.forEach(({ letters }, index) => {
      const at = letter * LETTER_FLOATS;
      letter += letters.count;
      if (letters.count === 0 || (!grows && index < from)) return;
      (this.buffer.array as Float32Array).set(letters.written, at);
      this.buffer.addUpdateRange(at, letters.count * LETTER_FLOATS);
    });
    this.buffer.needsUpdate = true;
    this.object.geometry.instanceCount = count;
    this.object.visible = count > 0 && this.glyphs.texture !== null;
    this.useAtlas();
  }

  private useAtlas(): void {
    const { texture, glyphSize } = this.glyphs;
    const image = texture?.image as { width: number; height: number } | undefined;
    if (texture === null || image === undefined) return;
    const { uniforms } = this.object.material;
    (uniforms['atlas']?.value as Vector2).set(image.width / glyphSize, image.height / glyphSize);
    if (uniforms['distances'] !== undefined) uniforms['distances'].value = texture;
  }

  private writeLetters(part: TextPart): void {
    part.letters = new LetterBuffer(part.lines.reduce((sum, { text }) => sum + text.length, 0));
    for (const line of part.lines) this.setLine(line, part.letters);
  }

  private setLine(line: Line, letters: LetterBuffer): void {
    const weight = line.weight ?? 400;
    const natural = this.glyphs.width(line.text, weight);
    const size = this.sizeOf(line);
    const shift = { left: 0, centre: -0.5, right: -1 }[line.align ?? 'left'];
    let pen = shift * natural;
    letters.begin(line, size);
    for (const letter of line.text) {
      const glyph = this.glyphs.get(letter, weight);
      if (glyph === null) {
        pen += 0.5;
        continue;
      }
      if (glyph.shape !== null) letters.push(pen, glyph.shape.bounds, glyph.shape.index);
      pen += glyph.advance;
    }
  }

  /** Makes room for this many letters. */
  private reserve(capacity: number): InstancedInterleavedBuffer {
    const { geometry } = this.object;
    // A buffer that is on the GPU cannot grow; disposing makes three forget the old one.
    geometry.dispose();
    const buffer = new InstancedInterleavedBuffer(new Float32Array(capacity * LETTER_FLOATS), LETTER_FLOATS);
    let offset = 0;
    for (const [name, size] of LETTER_PARTS) {
      geometry.setAttribute(name, new InterleavedBufferAttribute(buffer, size, offset));
      offset += size;
    }
    return buffer;
  }
}

function letterGeometry(): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  return geometry;
}

function materialOf(glyphs: Glyphs, moves: Moves): ShaderMaterial {
  return new ShaderMaterial({
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
}
