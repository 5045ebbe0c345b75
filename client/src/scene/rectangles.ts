/** The rectangles of a board as one draw: rounded, filled or with a picture, one of them pointed at. */
import {
  DataTexture,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector2,
  type Texture,
} from 'three';

import { AMBER, constant, display, DITHER, LIGHT } from './palette';

/** A rectangle on a board, in the board's units from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Filled extends Box {
  readonly radius: number;
  readonly color: string;
  readonly opacity?: number;
  /** Which picture of the sheet fills it, row by row from the upper left. */
  readonly cell?: number;
}

const VERTEX = /* glsl */ `
attribute vec4 box;  // x, y of the upper left corner, width, height
attribute vec4 fill; // color, opacity
attribute vec4 more; // radius, cell or -1, own number, how many rectangles lie under it
uniform vec2 whole;
uniform float metre;
uniform float hovered;
varying vec2 at;
varying vec3 world;
flat varying vec2 half_;
flat varying vec4 color;
flat varying float radius;
flat varying float cell;
flat varying float over;
void main() {
  half_ = 0.5 * box.zw;
  at = position.xy * box.zw;
  color = fill;
  radius = more.x;
  cell = more.y;
  over = float(abs(more.z - hovered) < 0.5);
  vec2 middle = vec2(box.x + half_.x - 0.5 * whole.x, 0.5 * whole.y - box.y - half_.y);
  vec4 placed = modelMatrix * vec4(middle + at, 0.001 * metre * more.w, 1.0);
  world = placed.xyz;
  gl_Position = projectionMatrix * viewMatrix * placed;
}`;

const FRAGMENT = /* glsl */ `
${LIGHT}
${DITHER}
uniform sampler2D sheet;
uniform vec2 cells;
const vec3 accent = ${constant(AMBER)};
uniform float metre;
varying vec2 at;
varying vec3 world;
flat varying vec2 half_;
flat varying vec4 color;
flat varying float radius;
flat varying float cell;
flat varying float over;
void main() {
  vec2 corner = abs(at) - half_ + radius;
  float outside = length(max(corner, 0.0)) + min(max(corner.x, corner.y), 0.0) - radius;
  float pixel = fwidth(outside);
  float alpha = color.a * (1.0 - smoothstep(-pixel, 0.0, outside));
  if (alpha < 0.004) discard;
  vec3 shown = color.rgb;
  vec2 inCell = clamp(at / (2.0 * half_) + 0.5, 0.0, 1.0);
  vec2 place = vec2(mod(cell, cells.x), cells.y - 1.0 - floor(cell / cells.x));
  vec2 uv = (place + mix(vec2(0.004), vec2(0.996), inCell)) / cells;
  vec3 picture = textureGrad(sheet, uv, dFdx(at) / (2.0 * half_) / cells, dFdy(at) / (2.0 * half_) / cells).rgb;
  if (cell >= 0.0) shown = picture;
  else shown += over * vec3(0.075, 0.060, 0.045);
  float rim = 0.006 * metre;
  float line = 1.0 - smoothstep(rim, rim + pixel, -outside);
  shown = mix(shown, accent, over * line);
  gl_FragColor = vec4(dither(withFog(shown, world - cameraPosition)), alpha);
}`;

/** Room for so many is made at first, and doubled as often as needed. */
const ROOM = 16;

export class Rectangles {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private room = 0;

  /** `metre`: how many of the board's units look like one metre in the hall. */
  constructor(width: number, height: number, metre: number) {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        whole: { value: new Vector2(width, height) },
        metre: { value: metre },
        hovered: { value: -1 },
        sheet: { value: new DataTexture(new Uint8Array(4), 1, 1) },
        cells: { value: new Vector2(1, 1) },
      },
      transparent: true,
      side: 2,
    });
    this.object = new Mesh(new InstancedBufferGeometry(), material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 20;
  }

  /** Shows these, the first one behind. */
  set(all: readonly Filled[]): void {
    if (all.length > this.room) this.makeRoom(all.length);
    const { geometry } = this.object;
    const write = (name: string, of: (one: Filled, index: number) => readonly number[]): void => {
      const attribute = geometry.getAttribute(name) as InstancedBufferAttribute;
      all.forEach((one, index) => { attribute.set(of(one, index), index * 4); });
      attribute.needsUpdate = true;
    };
    write('box', ({ x, y, width, height }) => [x, y, width, height]);
    write('fill', ({ color, opacity }) => [...display(color).toArray(), opacity ?? 1]);
    write('more', (one, index) => {
      let under = 0;
      for (let other = 0; other < index; other += 1) if (overlap(all[other], one)) under += 1;
      return [one.radius, one.cell ?? -1, index, under];
    });
    geometry.instanceCount = all.length;
  }

  /** Lights up one of them; -1: none. */
  hover(index: number): void {
    const uniform = this.object.material.uniforms['hovered'];
    if (uniform !== undefined) uniform.value = index;
  }

  /** The pictures that rectangles show by their `cell`, in so many columns and rows. */
  setSheet(sheet: Texture, columns: number, rows: number): void {
    const { uniforms } = this.object.material;
    if (uniforms['sheet'] !== undefined) uniforms['sheet'].value = sheet;
    (uniforms['cells']?.value as Vector2).set(columns, rows);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private makeRoom(count: number): void {
    this.room = Math.max(ROOM, this.room);
    while (this.room < count) this.room *= 2;
    const plane = new PlaneGeometry(1, 1);
    const geometry = new InstancedBufferGeometry();
    geometry.index = plane.index;
    geometry.setAttribute('position', plane.getAttribute('position'));
    for (const name of ['box', 'fill', 'more']) {
      geometry.setAttribute(name, new InstancedBufferAttribute(new Float32Array(this.room * 4), 4));
    }
    this.object.geometry.dispose();
    this.object.geometry = geometry;
  }
}

function overlap(a: Box | undefined, b: Box): boolean {
  if (a === undefined) return false;
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
