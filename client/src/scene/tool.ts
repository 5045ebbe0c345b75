/** The handheld tool, at the lower right of a screen's view or in a hand; what it holds floats above it. */
import {
  LatheGeometry,
  Group,
  Matrix4,
  Mesh,
  ShaderMaterial,
  Vector2,
  Vector3,
  type Object3D,
  type PerspectiveCamera,
} from 'three';

import type { Pixels } from '../model/pixels';
import type { Held } from '../model/state';
import type { Gaze } from '../xr/gaze';
import type { Hand } from '../xr/hand';
import type { Clock } from './clock';
import { Facing } from './facing';
import type { Glyphs } from './glyphs';
import { Hologram, SWAY } from './hologram';
import { READ_FROM } from './hologramtext';
import { AMBER, constant } from './palette';
import { UP } from './place';

/** From the eye, in m. */
const DISTANCE = 0.62;
/** Shares of half the view's width and height; a narrow view keeps the tool inside. */
const ACROSS = 0.72;
const BELOW = 0.98;
/** In a hand: nearer to the eye it magnifies; and how far its middle is before the palm's, in m. */
const NEAR = 0.45;
const GRASP = 0.04;
/** Of the outline, in m. */
const TIP = 0.077;
/** A rod in a hand points along -z of its grip; the fist is around its middle. */
const IN_FIST = new Matrix4().makeRotationX(-Math.PI / 2).multiply(new Matrix4().makeTranslation(0, GRASP, 0));

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
const vec3 accent = ${constant(AMBER)};
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
  /** Hangs in the hall while a hand holds it, else on the camera. */
  readonly object = new Group();
  readonly hologram: Hologram;
  /** Whether a hand holds it so near to the eye that it magnifies. */
  near = false;
  private readonly body: Mesh<LatheGeometry, ShaderMaterial>;
  /** Its upper end in a hand, in the world. */
  readonly tip = new Vector3();
  /** Of the picture over the tip: along all three axes, by which a direction becomes a way. */
  private readonly rise = new Vector3();
  private readonly middle = new Vector3();
  private readonly up = new Vector3();
  private readonly size = new Vector3();
  private readonly facing = new Facing();
  /** Of the sway, as a quaternion's x, y, z and w; typed, as the walker's. */
  private readonly sway = new Float64Array(4);
  /** The share of the view's height, in its middle, that nothing of the page lies over. */
  clear = 1;

  constructor(glyphs: Glyphs) {
    const outline = OUTLINE.map(([radius, height]) => new Vector2(radius, height));
    this.body = new Mesh(
      new LatheGeometry(outline, 40),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { lit: { value: 0 } },
        transparent: true,
      }),
    );
    this.body.renderOrder = 60;
    this.body.frustumCulled = false;
    this.hologram = new Hologram(glyphs);
    this.object.add(this.body, this.hologram.object);
  }

  /** Shows what is in hand, and what it is called; `load` brings its pixels. */
  hold(held: Held | null, name: string, load: (held: Held) => Promise<Pixels>): void {
    const lit = this.body.material.uniforms['lit'];
    if (lit !== undefined) lit.value = held === null ? 0 : 1;
    this.hologram.show(held, name, load);
  }

  /** Into the corner of a screen's view. */
  hangOn(camera: Object3D): void {
    camera.add(this.object);
    // In the hand, so before everything else; convex enough to do without depth.
    this.setDepth(false);
    this.body.visible = true;
    this.body.position.set(0, 0, 0);
    this.body.rotation.set(0.16, 0, 0.2);
    this.body.scale.setScalar(1);
    this.body.matrixAutoUpdate = true;
    this.object.rotation.y = -0.16;
    this.hologram.setInHand(false);
    this.hologram.object.position.set(0, TIP, 0);
    this.hologram.object.scale.setScalar(1);
  }

  /** Into a hand. */
  giveTo(hall: Object3D): void {
    hall.add(this.object);
    this.setDepth(true);
    this.object.position.set(0, 0, 0);
    this.object.rotation.set(0, 0, 0);
    this.body.matrixAutoUpdate = false;
    this.hologram.setInHand(true);
  }

  /** Once a frame in the corner: keeps to it and sways a little. */
  update(camera: PerspectiveCamera, clock: Clock, still: boolean): void {
    const { object, hologram } = this;
    const half = Math.tan((camera.fov * Math.PI) / 360) * DISTANCE;
    const across = Math.min(half * camera.aspect * ACROSS, half * camera.aspect - 0.12);
    const phase = clock.seconds * (still ? 0 : SWAY);
    object.position.x = across;
    object.position.y = -half * BELOW + 0.004 * Math.sin(phase * 2);
    object.position.z = -DISTANCE;
    hologram.ceiling = half * (this.clear + BELOW) - TIP;
    const lean = 0.07 * Math.sin(phase);
    this.sway[1] = Math.sin(lean);
    this.sway[3] = Math.cos(lean);
    hologram.object.quaternion.fromArray(this.sway);
    hologram.update(clock, still);
  }

  /** Once a frame in a hand: the hologram stands on the tool and faces the eye, larger when it is near. */
  follow(hand: Hand, gaze: Gaze, clock: Clock, still: boolean): void {
    this.object.visible = hand.present;
    if (!hand.present) return;
    const { body, hologram } = this;
    body.visible = !hand.bare;
    this.size.setScalar(gaze.scale);
    body.matrix.copy(hand.grip).scale(this.size).multiply(IN_FIST);
    this.tip.set(0, TIP, 0).applyMatrix4(body.matrix);
    this.near = false;
    if (!hologram.object.visible) return;
    this.show(gaze);
    hologram.update(clock, still);
  }

  /** Stands the picture on the tip, turned to the eye. */
  private show(gaze: Gaze): void {
    const { hologram, facing } = this;
    const { object } = hologram;
    this.face(gaze);
    const distance = facing.away / gaze.scale;
    object.position.copy(this.tip);
    object.quaternion.setFromRotationMatrix(facing.basis);
    // Writing stays readable at arm's length, and a picture held near becomes large.
    object.scale.setScalar(gaze.scale * Math.max(1, distance / READ_FROM));
    hologram.wanted = Math.sqrt(Math.max(1, NEAR / Math.max(distance, 1e-3)));
    this.near = hologram.shown && distance < NEAR;
  }

  /** Turns the picture's face to the eye. */
  private face({ eye, scale }: Gaze): void {
    const { rise, middle, up, tip, facing } = this;
    rise.setScalar(this.hologram.middle * scale);
    up.copy(UP);
    // How it leans moves its middle, and where that is says how it leans: twice is near enough.
    for (let round = 0; round < 2; round += 1) {
      middle.copy(up).multiply(rise).add(tip);
      facing.turn(middle, eye);
      up.setFromMatrixColumn(facing.basis, 1);
    }
  }

  private setDepth(depth: boolean): void {
    this.body.material.depthTest = depth;
    this.body.material.depthWrite = depth;
  }
}
