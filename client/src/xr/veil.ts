/**
 * Darkness before the eyes: at the view's rim while one moves smoothly (less of what rushes by is
 * seen there), and for a blink while one is put elsewhere. One draw, and none while nothing is dark.
 */
import { Mesh, PlaneGeometry, ShaderMaterial } from 'three';

import type { Preferences } from '../model/preferences';
import type { Step } from '../scene/clock';

/** Over everything, the tool and its hologram too. */
const ORDER = 100;
/** How fast the eyes close and open for a blink, in s. */
const CLOSES = 0.09;
const OPENS = 0.16;
/** How fast the rim follows, in 1/s. */
const EAGERNESS = 6;
const UNSEEN = 0.01;
/** Where the darkness begins, in rad from the view's middle, at full speed; and how broad its edge is. */
const CLEAR = { light: 0.56, strong: 0.33 } as const;
const EDGE = 0.3;
/** Wider than what a headset shows. */
const OUTSIDE = 1.15;

const VERTEX = /* glsl */ `
varying vec2 tangent;
void main() {
  // By the angle to the view's axis, so that both eyes see the same rim.
  tangent = (position.xy + vec2(projectionMatrix[2][0], projectionMatrix[2][1]))
    / vec2(projectionMatrix[0][0], projectionMatrix[1][1]);
  gl_Position = vec4(position.xy, 0.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform float dark;
uniform float clear;
uniform float edge;
varying vec2 tangent;
void main() {
  float angle = atan(length(tangent));
  gl_FragColor = vec4(0.010, 0.012, 0.022, max(dark, smoothstep(clear, clear + edge, angle)));
}`;

export class Veil {
  readonly object: Mesh<PlaneGeometry, ShaderMaterial>;
  private readonly uniforms = { dark: { value: 0 }, clear: { value: OUTSIDE }, edge: { value: EDGE } };
  private waiting: (() => void) | null = null;
  private darkness = 0;
  /** Of what moves smoothly, as a share of the fastest. */
  speed = 0;
  private clearest: number = CLEAR.light;

  constructor() {
    this.object = new Mesh(
      new PlaneGeometry(2, 2),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: this.uniforms,
        depthTest: false,
        depthWrite: false,
        transparent: true,
      }),
    );
    this.object.renderOrder = ORDER;
    this.object.frustumCulled = false;
    this.object.visible = false;
  }

  /** How much of the rim's darkness there is, 0 to 1. */
  get rim(): number {
    return this.darkness;
  }

  /** Acts while nothing is seen; the latest wish counts while the eyes are still closing. */
  blink(act: () => void): void {
    this.waiting = act;
  }

  /** One frame. */
  update(clock: Step, strength: Preferences['vignette']['value']): void {
    this.fade(clock);
    const wanted = strength === 'off' ? 0 : Math.min(1, this.speed);
    this.darkness = wanted + (this.darkness - wanted) * Math.exp(-clock.step * EAGERNESS);
    if (this.darkness < UNSEEN) this.darkness = 0;
    const { dark, clear } = this.uniforms;
    this.object.visible = dark.value > 0 || this.darkness > 0;
    if (!this.object.visible) return;
    if (strength !== 'off') this.clearest = CLEAR[strength];
    clear.value = OUTSIDE + (this.clearest - OUTSIDE) * this.darkness;
  }

  /** At once; what waits for the dark happens now. */
  open(): void {
    this.waiting?.();
    this.waiting = null;
    this.darkness = 0;
    this.uniforms.dark.value = 0;
    this.object.visible = false;
  }

  private fade({ step }: Step): void {
    const { dark } = this.uniforms;
    if (this.waiting === null) {
      dark.value = Math.max(0, dark.value - step / OPENS);
      return;
    }
    dark.value = Math.min(1, dark.value + step / CLOSES);
    if (dark.value < 1) return;
    const act = this.waiting;
    this.waiting = null;
    act();
  }
}
