/** The handheld tool at the lower right of the view; what it holds floats above it. */
import { LatheGeometry, Group, Mesh, ShaderMaterial, Vector2, type PerspectiveCamera } from 'three';

import type { Held } from '../model/state';
import type { Glyphs } from './glyphs';
import { Hologram } from './hologram';
import { AMBER, display } from './palette';

/** From the eye, in m. */
const DISTANCE = 0.62;
/** Shares of half the view's width and height; a narrow view keeps the tool inside. */
const ACROSS = 0.72;
const BELOW = 0.98;
const SWAY_SECONDS = 7;

/** The tool's outline, from its lower end: (radius, height) in m. */
const OUTLINE = [
  [0, -0.15],
  [0.0105, -0.147],
  [0.013, -0.138],
  [0.0135, -0.12],
  [0.012, -0.04],
  [0.0085, 0.02],
  [0.0058, 0.044],
  [0.0056, 0.05],
  [0.0082, 0.0525],
  [0.0108, 0.0575],
  [0.0116, 0.063],
  [0.0108, 0.0685],
  [0.0082, 0.0735],
  [0.0045, 0.0762],
  [0, 0.077],
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
  // A bead of light at the tip, and a thin ring on the handle.
  float bead = smoothstep(0.0505, 0.0525, height);
  float ring = 1.0 - smoothstep(0.0012, 0.0022, abs(height - 0.008));
  float shine = key * key * key;
  vec3 glow = accent * (0.55 + 0.45 * max(n.z, 0.0)) + 0.4 * shine;
  vec3 idle = accent * (0.10 + 0.34 * key) + 0.55 * shine * shine * shine;
  color = mix(color, mix(idle, glow, lit), bead);
  color = mix(color, accent, ring * mix(0.3, 0.85, lit));
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
    this.body.rotation.set(0.16, 0, 0.2);
    this.hologram = new Hologram(glyphs);
    this.object.add(this.body, this.hologram.object);
  }

  /** Shows what is in hand; `load` brings a picture's pixels or a map's colours. */
  hold(held: Held | null, load: (held: Held) => Promise<TexImageSource | ImageData>): void {
    const lit = this.body.material.uniforms['lit'];
    if (lit !== undefined) lit.value = held === null ? 0 : 1;
    this.hologram.show(held, load);
  }

  /** The picture that floats above it. */
  get picture(): Hologram['picture'] {
    return this.hologram.picture;
  }

  /** Makes the hologram larger or smaller by a factor, within limits. */
  enlarge(factor: number): void {
    this.hologram.enlarge(factor);
  }

  /** Once a frame: keeps to its corner of the view and sways a little. */
  update(camera: PerspectiveCamera, seconds: number, still: boolean): void {
    const half = Math.tan((camera.fov * Math.PI) / 360) * DISTANCE;
    const across = Math.min(half * camera.aspect * ACROSS, half * camera.aspect - 0.12);
    const phase = still ? 0 : (seconds * 2 * Math.PI) / SWAY_SECONDS;
    this.object.position.set(across, -half * BELOW + 0.004 * Math.sin(phase * 2), -DISTANCE);
    this.object.rotation.y = -0.16;
    this.hologram.update(phase);
  }
}
