/**
 * A board that stands in the hall with pictures and buttons on it. All its rectangles are one
 * draw, its writing a second; a ray finds the button it meets by arithmetic.
 *
 * Own code and not `@pmndrs/uikit`: that library with its default font is 371 kB gzipped of
 * the 400 kB that the whole page may have, and its checks compile code from strings, which
 * the page's content policy forbids.
 */
import {
  DataTexture,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector2,
  Vector3,
  type Ray,
  type Texture,
} from 'three';

import type { Glyphs, Weight } from './glyphs';
import { AMBER, display, DITHER, LIGHT } from './palette';
import { UP } from './place';
import type { Pickable } from './pointing';
import { Text, type Line } from './text';

/** A rectangle on the board, in m from its upper left corner. */
export interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly color: string;
  readonly opacity?: number;
  /** Which picture of the sheet fills it, row by row from the upper left. */
  readonly cell?: number;
  readonly action?: () => void;
}

/** A line on the board; `x`, `y`: its baseline, in m from the board's upper left corner. */
export interface Caption {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly color: string;
  readonly weight?: Weight;
  readonly align?: NonNullable<Line['align']>;
  readonly maxWidth?: number;
}

export interface BoardPose {
  readonly centre: Vector3;
  readonly yaw: number;
  readonly width: number;
  readonly height: number;
}

const VERTEX = /* glsl */ `
attribute vec4 box;  // x, y of the upper left corner, width, height
attribute vec4 fill; // color, opacity
attribute vec4 more; // radius, cell or -1, own number, how many widgets lie under it
uniform vec2 whole;
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
  vec4 placed = modelMatrix * vec4(middle + at, 0.001 * more.w, 1.0);
  world = placed.xyz;
  gl_Position = projectionMatrix * viewMatrix * placed;
}`;

const FRAGMENT = /* glsl */ `
${LIGHT}
${DITHER}
uniform sampler2D sheet;
uniform vec2 cells;
uniform vec3 accent;
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
  float line = 1.0 - smoothstep(0.006, 0.006 + pixel, -outside);
  shown = mix(shown, accent, over * line);
  gl_FragColor = vec4(dither(withFog(shown, world - cameraPosition)), alpha);
}`;

export class Board implements Pickable {
  readonly object = new Group();
  private readonly rectangles: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly writing: Text;
  private readonly right: Vector3;
  private readonly normal: Vector3;
  private readonly point = new Vector3();
  private widgets: readonly Widget[] = [];
  private hit = -1;

  constructor(
    private readonly pose: BoardPose,
    glyphs: Glyphs,
  ) {
    this.right = new Vector3(Math.cos(pose.yaw), 0, -Math.sin(pose.yaw));
    this.normal = new Vector3(Math.sin(pose.yaw), 0, Math.cos(pose.yaw));
    this.rectangles = new Mesh(
      new InstancedBufferGeometry(),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          whole: { value: new Vector2(pose.width, pose.height) },
          hovered: { value: -1 },
          sheet: { value: new DataTexture(new Uint8Array(4), 1, 1) },
          cells: { value: new Vector2(1, 1) },
          accent: { value: display(AMBER) },
        },
        transparent: true,
        side: 2,
      }),
    );
    this.rectangles.position.copy(pose.centre);
    this.rectangles.rotation.y = pose.yaw;
    this.rectangles.frustumCulled = false;
    this.rectangles.renderOrder = 20;
    this.writing = new Text(glyphs);
    this.object.add(this.rectangles, this.writing.object);
  }

  /** Shows these widgets, the first one behind, and these lines before them. */
  set(widgets: readonly Widget[], captions: readonly Caption[]): void {
    this.widgets = widgets;
    this.rectangles.geometry.dispose();
    this.rectangles.geometry = geometryOf(widgets);
    this.writing.set(captions.map((caption) => this.lineOf(caption)));
  }

  /** The pictures that widgets show by their `cell`, in so many columns and rows. */
  setSheet(sheet: Texture, columns: number, rows: number): void {
    const { uniforms } = this.rectangles.material;
    if (uniforms['sheet'] !== undefined) uniforms['sheet'].value = sheet;
    (uniforms['cells']?.value as Vector2).set(columns, rows);
  }

  /** Where a point of the board is in space; `x`, `y` in m from its upper left corner. */
  at(x: number, y: number): Vector3 {
    const { centre, width, height } = this.pose;
    return centre
      .clone()
      .addScaledVector(this.right, x - width / 2)
      .addScaledVector(UP, height / 2 - y);
  }

  get cursor(): string {
    return this.hit < 0 ? 'default' : 'pointer';
  }

  pick(ray: Ray): number | null {
    const { centre, width, height } = this.pose;
    const towards = ray.direction.dot(this.normal);
    if (towards >= 0) return null;
    const distance = this.point.copy(centre).sub(ray.origin).dot(this.normal) / towards;
    if (distance <= 0) return null;
    ray.at(distance, this.point).sub(centre);
    const x = this.point.dot(this.right) + width / 2;
    const y = height / 2 - this.point.y;
    if (x < 0 || y < 0 || x > width || y > height) return null;
    this.hit = this.widgets.findLastIndex(
      (one) =>
        one.action !== undefined &&
        x >= one.x &&
        y >= one.y &&
        x <= one.x + one.width &&
        y <= one.y + one.height,
    );
    return distance;
  }

  over(): void {
    this.write(this.hit);
  }

  out(): void {
    this.write(-1);
  }

  click(button: number): void {
    if (button === 0) this.widgets[this.hit]?.action?.();
  }

  dispose(): void {
    this.rectangles.geometry.dispose();
    this.rectangles.material.dispose();
    this.writing.dispose();
  }

  private write(hovered: number): void {
    const uniform = this.rectangles.material.uniforms['hovered'];
    if (uniform !== undefined) uniform.value = hovered;
  }

  private lineOf({ x, y, ...rest }: Caption): Line {
    const place = this.at(x, y).addScaledVector(this.normal, 0.004);
    return { ...rest, at: place, right: this.right, up: UP, fade: 14 };
  }
}

function geometryOf(widgets: readonly Widget[]): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  const add = (name: string, size: number, of: (widget: Widget, index: number) => number[]): void => {
    const values = new Float32Array(widgets.flatMap(of));
    geometry.setAttribute(name, new InstancedBufferAttribute(values, size));
  };
  add('box', 4, ({ x, y, width, height }) => [x, y, width, height]);
  add('fill', 4, ({ color, opacity }) => [...display(color).toArray(), opacity ?? 1]);
  add('more', 4, (widget, index) => {
    const under = widgets.slice(0, index).filter((one) => overlap(one, widget)).length;
    return [widget.radius, widget.cell ?? -1, index, under];
  });
  geometry.instanceCount = widgets.length;
  return geometry;
}

function overlap(a: Widget, b: Widget): boolean {
  return (
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
  );
}
