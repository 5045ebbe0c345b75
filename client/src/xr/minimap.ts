/**
 * The walk as a small model to look at from above and to point at: a panel is a card on a plate, an
 * arrow is where one stands. One draw.
 */
import { effect } from '@preact/signals-core';
import {
  BoxGeometry,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Matrix4,
  Mesh,
  Ray,
  ShaderMaterial,
  Vector3,
} from 'three';

import type { Actions } from '../model/actions';
import { PlanScale, planOf, type Plan } from '../model/hallmap';
import type { State } from '../model/state';
import type { Pickable, Reach } from '../scene/pointing';
import type { Gaze } from './gaze';
import { AMBER, constant, EDGE, GLASS, TEXT } from '../scene/palette';

/** In the model's own lengths: its longer side is 1. */
const THICK = 0.006;
const PLATE = 0.012;
/** Low panels are seen, too, and high ones hide nothing. */
const TALLEST = 0.09;
const ARROW = 0.05;
/** So near to a panel one means it. */
const CLOSE = 0.05;

const KIND = { plate: 0, panel: 1, frame: 2, visitor: 3 } as const;

const VERTEX = /* glsl */ `
attribute vec4 spot; // x, z on the model, and along its width: x, z
attribute vec3 form; // height, kind, own number
uniform vec4 visitor; // x, z on the model, and where they look: x, z
uniform float hovered;
uniform vec2 sides;
varying vec3 facing;
flat varying float kind;
flat varying float over;
void main() {
  kind = form.y;
  over = float(hovered > -0.5 && abs(form.z - hovered) < 0.5);
  vec2 middle = kind > 2.5 ? visitor.xy : spot.xy;
  vec2 along = kind > 2.5 ? vec2(-visitor.w, visitor.z) * ${(ARROW * 0.62).toFixed(3)} : spot.zw;
  vec2 through = kind > 2.5 ? -visitor.zw * ${ARROW.toFixed(3)}
    : vec2(-along.y, along.x) / max(length(along), 1e-6) * ${THICK.toFixed(4)};
  if (kind < 0.5) {
    along = vec2(sides.x, 0.0);
    through = vec2(0.0, sides.y);
  }
  // The arrow's point is where they look.
  float aside = position.x * (kind > 2.5 ? smoothstep(-0.5, 0.5, position.z) : 1.0);
  vec2 flat_ = middle + along * aside + through * position.z;
  float low = kind < 0.5 ? ${(-PLATE).toFixed(4)} : 0.0;
  float up = mix(low, form.x, position.y + 0.5);
  if (kind > 2.5) up = 0.03 + position.y * 0.012;
  vec3 side = vec3(along.x, 0.0, along.y) / max(length(along), 1e-6) * normal.x;
  facing = normalize(mat3(modelMatrix) * (side + vec3(0.0, normal.y, 0.0) + vec3(-along.y, 0.0, along.x) / max(length(along), 1e-6) * normal.z));
  gl_Position = projectionMatrix * modelViewMatrix * vec4(flat_.x, up, flat_.y, 1.0);
}`;

const FRAGMENT = /* glsl */ `
const vec3 plate = ${constant(GLASS)};
const vec3 panel = ${constant(EDGE)};
const vec3 frame = ${constant(TEXT)};
const vec3 accent = ${constant(AMBER)};
varying vec3 facing;
flat varying float kind;
flat varying float over;
void main() {
  float light = 0.72 + 0.28 * dot(normalize(facing), normalize(vec3(0.3, 0.8, 0.5)));
  vec3 color = kind < 0.5 ? plate * 1.6 : kind < 1.5 ? panel : kind < 2.5 ? frame : accent;
  gl_FragColor = vec4(mix(color * light, accent, over), 1.0);
}`;

export class Minimap implements Pickable {
  readonly cursor = 'pointer';
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private plan: Plan | null = null;
  private scale: PlanScale | null = null;
  private met = -1;
  private readonly inverse = new Matrix4();
  private readonly local = new Ray();
  private readonly uniforms = {
    visitor: { value: [0, 0, 0, -1] },
    hovered: { value: -1 },
    sides: { value: [1, 1] },
  };

  constructor(
    state: State,
    private readonly actions: Actions,
  ) {
    this.object = new Mesh(
      new InstancedBufferGeometry(),
      new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: this.uniforms }),
    );
    this.object.frustumCulled = false;
    effect(() => {
      this.show(planOf(state.networks.value));
    });
  }

  /** How much of its longer side, 1, the model takes across and along the walk. */
  get width(): number {
    return this.scale?.width ?? 1;
  }

  get depth(): number {
    return this.scale?.depth ?? 1;
  }

  /** The layer that is pointed at, in words. */
  get hint(): string | null {
    return this.plan?.panels[this.met]?.name ?? null;
  }

  /** Where one stands in the hall, and where one looks over its floor, in rad to the left of -z. */
  update({ eye: { x, z }, heading }: Gaze): void {
    if (this.scale === null) return;
    const { value } = this.uniforms.visitor;
    // Who is off the plan stands at its rim.
    value[0] = clamp(this.scale.toX(x), this.scale.width / 2 - ARROW);
    value[1] = clamp(this.scale.toZ(z), this.scale.depth / 2 - ARROW);
    value[2] = -Math.sin(heading);
    value[3] = -Math.cos(heading);
  }

  pick(ray: Ray, reach: Reach): boolean {
    const { plan, scale, local } = this;
    if (plan === null || scale === null) return false;
    local.copy(ray).applyMatrix4(this.inverse.copy(this.object.matrixWorld).invert());
    const { origin, direction } = local;
    const steps = -origin.y / direction.y;
    if (!(steps > 0)) return false;
    const x = origin.x + steps * direction.x;
    const z = origin.z + steps * direction.z;
    if (Math.abs(x) > scale.width / 2 || Math.abs(z) > scale.depth / 2) return false;
    this.met = scale.nearest(plan, x, z, CLOSE);
    // `Ray.applyMatrix4` keeps the direction's length at 1: back to the world's metres.
    reach.metres = local.at(steps, this.point).applyMatrix4(this.object.matrixWorld).distanceTo(ray.origin);
    return true;
  }

  private readonly point = new Vector3();

  over(): void {
    this.uniforms.hovered.value = this.met;
  }

  out(): void {
    this.met = -1;
    this.uniforms.hovered.value = -1;
  }

  click(button: number): void {
    const panel = this.plan?.panels[this.met];
    if (panel === undefined || button !== 0) return;
    this.actions.fly({ kind: 'layer', network: panel.network, layer: panel.layer });
  }

  /** Where a layer's card stands on the model, in the world; null where it has none. */
  centreOf(network: string, layer: string): Vector3 | null {
    const panel = this.plan?.panels.find((one) => one.network === network && one.layer === layer);
    if (panel === undefined || this.scale === null) return null;
    const place = new Vector3(this.scale.toX(panel.x), 0, this.scale.toZ(panel.z));
    return place.applyMatrix4(this.object.matrixWorld);
  }

  dispose(): void {
    this.object.removeFromParent();
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private show(plan: Plan | null): void {
    this.plan = plan;
    this.scale = plan && new PlanScale(plan);
    this.met = -1;
    this.object.visible = plan !== null;
    this.object.geometry.dispose();
    if (plan === null || this.scale === null) return;
    this.uniforms.sides.value = [this.scale.width, this.scale.depth];
    this.object.geometry = geometryOf(plan, this.scale);
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}

/** A box for the plate, each panel, each frame, and the visitor. */
function geometryOf(plan: Plan, scale: PlanScale): InstancedBufferGeometry {
  const spots: number[] = [0, 0, 1, 0];
  const forms: number[] = [0, KIND.plate, -1];
  const upward = TALLEST / Math.max(1, ...plan.panels.map(({ height }) => height));
  plan.panels.forEach(({ x, z, yaw, width, height }, index) => {
    const half = [Math.cos(yaw) * width * scale.x, -Math.sin(yaw) * width * scale.z] as const;
    spots.push(scale.toX(x), scale.toZ(z), ...half);
    forms.push(Math.max(0.012, height * upward), KIND.panel, index);
  });
  for (const { x, z, width } of plan.frames) {
    spots.push(scale.toX(x), scale.toZ(z), width * scale.x, 0);
    forms.push(0.05, KIND.frame, -2);
  }
  spots.push(0, 0, 0, 0);
  forms.push(0, KIND.visitor, -2);
  const box = new BoxGeometry(1, 1, 1);
  const made = new InstancedBufferGeometry();
  made.setIndex(box.index);
  made.setAttribute('position', box.getAttribute('position'));
  made.setAttribute('normal', box.getAttribute('normal'));
  made.setAttribute('spot', new InstancedBufferAttribute(new Float32Array(spots), 4));
  made.setAttribute('form', new InstancedBufferAttribute(new Float32Array(forms), 3));
  made.instanceCount = spots.length / 4;
  return made;
}
