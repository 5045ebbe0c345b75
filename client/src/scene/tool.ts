/** The handheld tool at the lower right of the view; what it holds floats above it. */
import { LatheGeometry, Group, Mesh, ShaderMaterial, Vector2, type PerspectiveCamera } from 'three';

import type { Held } from '../model/state';
import type { Glyphs } from './glyphs';
import { Hologram } from './hologram';
import { AMBER, display } from './palette';

/** From the eye, in m. */
const DISTANCE = 0.62;
/** Shares of half the view's width and height; a narrow view keeps the tool inside. */
const ACROSS = 0.76;
const BELOW = 0.98;
const SWAY_SECONDS = 7;

/** The tool's outline, from its lower end: (radius, height) in m. */
const OUTLINE = [
  [0, -0.1],
  [0.014, -0.098],
  [0.017, -0.085],
  [0.0145, -0.04],
  [0.0135, 0.0],
  [0.017, 0.03],
  [0.028, 0.047],
  [0.034, 0.054],
  [0.034, 0.058],
  [0.026, 0.06],
  [0, 0.054],
] as const;

const VERTEX = /* glsl */ `
varying vec3 facing;
varying float height;
void main() {
  facing = normalize(normalMatrix * normal);
  height = position.y;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform vec3 accent;
uniform float lit;
varying vec3 facing;
varying float height;
void main() {
  vec3 n = normalize(facing);
  float key = max(dot(n, normalize(vec3(-0.5, 0.7, 0.6))), 0.0);
  float rim = pow(1.0 - max(n.z, 0.0), 3.0);
  vec3 color = vec3(0.055, 0.058, 0.076) + vec3(0.20, 0.19, 0.18) * key + vec3(0.16, 0.18, 0.26) * rim;
  float ring = smoothstep(0.0525, 0.0545, height) * (1.0 - smoothstep(0.0575, 0.0590, height));
  float groove = smoothstep(0.0035, 0.0015, abs(height - 0.012));
  color = mix(color, accent, max(ring * mix(0.35, 1.0, lit), groove * mix(0.25, 0.8, lit)));
  gl_FragColor = vec4(color, 1.0);
}`;

export class Tool {
  readonly object = new Group();
  private readonly body: Mesh<LatheGeometry, ShaderMaterial>;
  private readonly hologram: Hologram;

  constructor(glyphs: Glyphs) {
    const outline = OUTLINE.map(([radius, height]) => new Vector2(radius, height));
    this.body = new Mesh(
      new LatheGeometry(outline, 40),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { accent: { value: display(AMBER) }, lit: { value: 0 } },
        // In the hand, so before everything else; convex enough to do without depth.
        depthTest: false,
        depthWrite: false,
        transparent: true,
      }),
    );
    this.body.renderOrder = 60;
    this.body.frustumCulled = false;
    this.body.rotation.set(0.32, 0, 0.2);
    this.hologram = new Hologram(glyphs);
    this.object.add(this.body, this.hologram.object);
  }

  /** Shows what is in hand; `load` brings a picture's pixels or a map's colours. */
  hold(held: Held | null, load: (held: Held) => Promise<TexImageSource | ImageData>): void {
    const lit = this.body.material.uniforms['lit'];
    if (lit !== undefined) lit.value = held === null ? 0 : 1;
    this.hologram.show(held, load);
  }

  /** Once a frame: keeps to its corner of the view and sways a little. */
  update(camera: PerspectiveCamera, seconds: number, still: boolean): void {
    const half = Math.tan((camera.fov * Math.PI) / 360) * DISTANCE;
    const across = Math.min(half * camera.aspect * ACROSS, half * camera.aspect - 0.1);
    const phase = still ? 0 : (seconds * 2 * Math.PI) / SWAY_SECONDS;
    this.object.position.set(across, -half * BELOW + 0.004 * Math.sin(phase * 2), -DISTANCE);
    this.object.rotation.y = -0.16;
    this.hologram.update(phase);
  }
}
