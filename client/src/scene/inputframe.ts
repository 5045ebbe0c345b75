/**
 * The canvas before the network: it shows the image that is in, takes the one in hand, and
 * says how far the pass is.
 */
import { signal } from '@preact/signals-core';
import {
  Group,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Texture,
  Vector2,
  Vector3,
  type Object3D,
  type Ray,
} from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState, Progress } from '../model/networkstate';
import type { Held } from '../model/state';
import type { ImageInfo, InputFrame as Frame } from '../net/types';
import type { Clock } from './clock';
import { ALARM, AMBER, constant, DITHER, LIGHT, MUTED, TEXT } from './palette';
import { UP } from './place';
import type { Pickable, Reach } from './pointing';
import type { Line, TextPart } from './text';

/** Of wood around the canvas, in m. */
export const BORDER = 0.09;
const RIGHT = new Vector3(1, 0, 0);
const FORWARD = new Vector3(0, 0, 1);

const VERTEX = /* glsl */ `
varying vec2 spot;
varying vec3 world;
void main() {
  spot = uv;
  vec4 placed = modelMatrix * vec4(position, 1.0);
  world = placed.xyz;
  gl_Position = projectionMatrix * viewMatrix * placed;
}`;

const FRAGMENT = /* glsl */ `
${LIGHT}
${DITHER}
uniform sampler2D picture;
uniform vec2 size;    // of the whole, with its border, in m
uniform vec2 extent;  // of the picture, in m
const vec3 accent = ${constant(AMBER)};
uniform float loaded;
uniform float invite; // 0..1
uniform float over;
uniform float progress; // 0..1, negative when nothing runs
uniform float time[1];
varying vec2 spot;
varying vec3 world;

void main() {
  vec3 fromEye = world - cameraPosition;
  vec2 at = (spot - 0.5) * size;
  vec2 edge = 0.5 * size - abs(at);
  float rim = min(edge.x, edge.y);
  float pixel = fwidth(rim);
  // Wood in warm light, lit from above; it glows when something may be put in.
  float beat = 0.72 + 0.28 * sin(time[0] * 3.2);
  vec3 wood = vec3(0.235, 0.165, 0.105) * (0.72 + 0.5 * spot.y);
  wood += vec3(0.11, 0.08, 0.05) * (1.0 - smoothstep(0.004, 0.012 + pixel, rim));
  wood = mix(wood, accent, clamp(0.78 * invite * beat + 0.5 * over, 0.0, 1.0));
  vec3 mat_ = vec3(0.052, 0.053, 0.066);
  vec2 inside = at / extent + 0.5;
  vec2 beyond = abs(inside - 0.5) * extent - 0.5 * extent;
  float outside = max(beyond.x, beyond.y);
  vec3 shown = mix(mat_, texture2D(picture, clamp(inside, 0.0, 1.0)).rgb, loaded);
  shown = mix(shown, mat_, smoothstep(-pixel, pixel, outside));
  float frame = smoothstep(${BORDER} - pixel, ${BORDER}, rim);
  vec3 color = mix(wood, shown, frame);
  color *= 1.0 - 0.5 * (1.0 - smoothstep(0.0, 0.02, abs(rim - ${BORDER}))) * step(${BORDER}, rim);
  // The pass runs: a line of light along the lower border.
  float bar = step(abs(edge.y - ${BORDER} * 0.5), 0.014) * step(at.y, 0.0) * step(${BORDER}, edge.x);
  float share = (at.x + 0.5 * size.x - ${BORDER}) / (size.x - 2.0 * ${BORDER});
  color = mix(color, mix(vec3(0.10, 0.08, 0.07), accent, step(share, progress)), bar * step(0.0, progress));
  gl_FragColor = vec4(dither(withFog(color, fromEye)), 1.0);
}`;

export class InputFrame implements Pickable {
  readonly object: Object3D = new Group();
  readonly cursor = 'pointer';
  /** What a click inserts, in words. */
  hint: string | null = null;
  private readonly canvas: Mesh<PlaneGeometry, ShaderMaterial>;
  /** Typed, because a number that is written to a uniform is an object each time. */
  private readonly time = new Float32Array(1);
  private shownImage: string | null = null;
  /** What the canvas shows; null until it is loaded. */
  readonly picture = signal<HTMLImageElement | null>(null);

  constructor(
    private readonly frame: Frame,
    private readonly network: NetworkState,
    private readonly actions: Actions,
    private readonly writing: Pick<TextPart, 'set'>,
  ) {
    const size = new Vector2(frame.width + 2 * BORDER, frame.height + 2 * BORDER);
    this.canvas = new Mesh(
      new PlaneGeometry(size.x, size.y),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          picture: { value: null },
          size: { value: size },
          extent: { value: new Vector2(frame.width, frame.height) },
          loaded: { value: 0 },
          invite: { value: 0 },
          over: { value: 0 },
          progress: { value: -1 },
          time: { value: this.time },
        },
      }),
    );
    this.canvas.position.set(frame.x, frame.y, frame.z);
    this.object.add(this.canvas);
  }

  pick({ origin, direction }: Ray, reach: Reach): boolean {
    const { x, y, z, width, height } = this.frame;
    if (direction.z >= 0) return false; // from behind
    const distance = (z - origin.z) / direction.z;
    if (distance <= 0) return false;
    reach.metres = distance;
    const aside = Math.abs(origin.x + distance * direction.x - x);
    const over = Math.abs(origin.y + distance * direction.y - y);
    return aside <= width / 2 + BORDER && over <= height / 2 + BORDER;
  }

  over(): void {
    this.write('over', 1);
  }

  out(): void {
    this.write('over', 0);
  }

  click(button: number, shift: boolean): void {
    const image = this.network.inserted.peek();
    if (button === 2) this.actions.magnify(image === null ? null : { kind: 'image', image });
    else if (button === 0 && shift) this.actions.insertHeldIntoAll();
    else if (button === 0) this.actions.insertHeld(this.network);
  }

  /** Shows an image whole, as large as the canvas allows. */
  show(image: ImageInfo | null, url: string | null): void {
    this.shownImage = image?.id ?? null;
    this.picture.value = null;
    if (image === null || url === null) {
      this.write('loaded', 0);
      return;
    }
    const { width, height } = this.frame;
    const scale = Math.min(width / image.width, height / image.height);
    const picture = new Image();
    picture.decoding = 'async';
    picture.src = url;
    picture.decode().then(
      () => {
        if (this.shownImage !== image.id) return;
        (this.uniform('extent') as Vector2).set(image.width * scale, image.height * scale);
        this.usePicture(picture);
      },
      () => {
        if (this.shownImage === image.id) this.write('loaded', 0);
      },
    );
  }

  /** Writes under the frame what is in it, what may be done, or how far the pass is. */
  tell(image: ImageInfo | null, held: Held | null, progress: Progress): void {
    const running = progress.stage === 'running';
    this.hint = held?.kind === 'image' ? `Insert ${held.image.name}` : null;
    this.write('invite', held?.kind === 'image' ? 1 : 0);
    this.write('progress', running ? progress.arrived / Math.max(1, progress.total) : -1);
    const lines = [this.line(image === null ? 'No image yet' : image.name, 0, 0.13, TEXT, 600)];
    if (held?.kind === 'image') {
      lines.push(this.line('Click the frame to insert what you hold', 1, 0.105, AMBER));
    } else if (progress.stage === 'failed') {
      lines.push(this.line(progress.problem ?? 'The pass failed', 1, 0.1, ALARM));
    } else if (running) {
      const text = `layer ${progress.arrived} of ${progress.total}`;
      lines.push(this.line(text, 1, 0.1, MUTED));
    } else if (image?.label != null && image.label !== image.name) {
      lines.push(this.line(image.label, 1, 0.1, MUTED));
    }
    this.writing.set(lines);
  }

  /** Once a frame; with less motion the invitation does not beat. */
  update(clock: Clock, still: boolean): void {
    this.time[0] = clock.seconds * (still ? 0 : 1);
  }

  dispose(): void {
    (this.uniform('picture') as Texture | null)?.dispose();
    this.canvas.geometry.dispose();
    this.canvas.material.dispose();
  }

  private usePicture(picture: HTMLImageElement): void {
    const texture = new Texture(picture);
    texture.minFilter = LinearMipmapLinearFilter;
    texture.magFilter = LinearFilter;
    texture.anisotropy = 4;
    texture.needsUpdate = true;
    (this.uniform('picture') as Texture | null)?.dispose();
    this.write('picture', texture);
    this.picture.value = picture;
    this.write('loaded', 1);
  }

  private line(text: string, row: number, size: number, color: string, weight: 400 | 600 = 400): Line {
    const { x, y, z, width, height } = this.frame;
    const below = y - height / 2 - BORDER - 0.15 - row * 0.15;
    const place = new Vector3(x, below, z).addScaledVector(FORWARD, 0.02);
    const maxWidth = width + 2 * BORDER;
    return { text, at: place, right: RIGHT, up: UP, size, color, weight, align: 'centre', maxWidth, fade: 18 };
  }

  private uniform(name: string): unknown {
    return this.canvas.material.uniforms[name]?.value;
  }

  private write(name: string, value: unknown): void {
    const uniform = this.canvas.material.uniforms[name];
    if (uniform !== undefined) uniform.value = value;
  }
}
