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
import type { Hand } from '../xr/hand';
import type { Clock } from './clock';
import type { Glyphs } from './glyphs';
import { Hologram } from './hologram';
import { READ_FROM } from './hologramtext';
import { AMBER, constant } from './palette';
import { UP } from './place';

/** From the eye, in m. */
const DISTANCE = 0.62;
/** Shares of half the view's width and height; a narrow view keeps the tool inside. */
const ACROSS = 0.72;
const BELOW = 0.98;
const SWAY_SECONDS = 7;
/** In a hand: nearer to the eye it magnifies; and how far its middle is before the palm's, in m. */
const NEAR = 0.45;
const GRASP = 0.04;
/** Of the outline, in m. */
const TIP = 0.077;

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
  private readonly middle = new Vector3();
  private readonly toEye = new Vector3();
  private readonly right = new Vector3();
  private readonly up = new Vector3();
  private readonly basis = new Matrix4();

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
    this.hologram.setInHand(true);
  }

  /**
   * Once a frame in the corner: keeps to it and sways a little.
   *
   * `clear`: the share of the view's height, in its middle, that nothing of the page lies over.
   */
  update(camera: PerspectiveCamera, { seconds }: Clock, still: boolean, clear: number): void {
    const half = Math.tan((camera.fov * Math.PI) / 360) * DISTANCE;
    const across = Math.min(half * camera.aspect * ACROSS, half * camera.aspect - 0.12);
    const phase = still ? 0 : (seconds * 2 * Math.PI) / SWAY_SECONDS;
    this.object.position.set(across, -half * BELOW + 0.004 * Math.sin(phase * 2), -DISTANCE);
    this.object.rotation.y = -0.16;
    this.hologram.stayBelow(half * (clear + BELOW) - TIP);
    this.hologram.object.rotation.set(0, 0.14 * Math.sin(phase), 0);
    this.hologram.update(phase);
  }

  /**
   * Once a frame in a hand: the hologram stands on the tool and faces the eye, larger when it is near.
   *
   * `scale`: how large the visitor is beside the hall.
   */
  follow(hand: Hand, eye: Vector3, scale: number, clock: Clock, still: boolean): void {
    this.object.visible = hand.present;
    if (!hand.present) return;
    const { body, hologram } = this;
    body.visible = !hand.bare;
    hand.grip.decompose(body.position, body.quaternion, body.scale);
    body.scale.setScalar(scale);
    // A rod in a hand points along -z of its grip; the fist is around its middle.
    body.rotateX(-Math.PI / 2).translateY(GRASP * scale);
    this.tip.set(0, TIP * scale, 0).applyQuaternion(body.quaternion).add(body.position);
    this.near = false;
    if (hologram.object.visible) this.show(eye, scale, still ? 0 : (clock.seconds * 2 * Math.PI) / SWAY_SECONDS);
  }

  /** Stands the picture on the tip, turned to the eye; `phase`: of its slow sway, in rad. */
  private show(eye: Vector3, scale: number, phase: number): void {
    const { object } = this.hologram;
    const distance = this.face(eye, scale) / scale;
    object.position.copy(this.tip);
    object.quaternion.setFromRotationMatrix(this.basis.makeBasis(this.right, this.up, this.toEye));
    // Writing stays readable at arm's length, and a picture held near becomes large.
    object.scale.setScalar(scale * Math.max(1, distance / READ_FROM));
    this.hologram.resize(Math.sqrt(Math.max(1, NEAR / Math.max(distance, 1e-3))));
    this.near = this.hologram.shown && distance < NEAR;
    this.hologram.update(phase);
  }

  /** Turns the picture's face to the eye; returns how far that is from its middle, in m. */
  private face(eye: Vector3, scale: number): number {
    this.up.copy(UP);
    // How it leans moves its middle, and where that is says how it leans: twice is near enough.
    for (let round = 0; round < 2; round += 1) {
      this.middle.copy(this.tip).addScaledVector(this.up, this.hologram.middle * scale);
      this.toEye.subVectors(eye, this.middle).normalize();
      this.right.crossVectors(UP, this.toEye).normalize();
      this.up.crossVectors(this.toEye, this.right);
    }
    return this.middle.distanceTo(eye);
  }

  private setDepth(depth: boolean): void {
    this.body.material.depthTest = depth;
    this.body.material.depthWrite = depth;
  }
}
