/**
 * The graph's edges as smooth ribbons on the floor, all in one draw. Light travels along
 * them from source to target; those that pass layers by have a colour of their own, and
 * those at the layer one points at turn amber.
 */
import {
  BufferAttribute,
  BufferGeometry,
  CatmullRomCurve3,
  Mesh,
  ShaderMaterial,
  Vector3,
} from 'three';

import type { Route } from '../net/types';
import { AMBER, display, EDGE, LANE, LIGHT } from './palette';

const WIDTH = 0.11;
const LIFT = 0.012;
/** Points per metre where a route bends. */
const DENSITY = 5;

const VERTEX = /* glsl */ `
${LIGHT}
attribute vec4 strand; // metres along, -1..1 across, source layer, target layer
attribute vec2 whole; // metres of the whole route, whether it passes layers by
uniform float hovered;
varying vec2 spot;
varying float left;
varying float chosen;
varying float lane;
varying vec4 air;
void main() {
  vec3 world = position;
  spot = strand.xy;
  left = whole.x - strand.x;
  lane = whole.y;
  chosen = float(abs(strand.z - hovered) < 0.5 || abs(strand.w - hovered) < 0.5);
  world.y += 0.004 * chosen;
  vec3 fromEye = world - cameraPosition;
  air = vec4(horizon(aheadness(fromEye)), 0.6 * haze(length(fromEye)));
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform vec3 quiet;
uniform vec3 aside;
uniform vec3 accent;
uniform float time;
uniform float moving;
varying vec2 spot;
varying float left;
varying float chosen;
varying float lane;
varying vec4 air;
void main() {
  float soft = fwidth(spot.y) + 0.02;
  float body = 1.0 - smoothstep(1.0 - soft, 1.0, abs(spot.y));
  // Arrows point ahead; light in between drifts the same way.
  float arrow = (fract((spot.x + 0.07 * abs(spot.y)) / 0.6) - 0.5) * 0.6;
  float blur = fwidth(spot.x);
  float tip = 1.0 - smoothstep(0.022, 0.032 + blur, abs(arrow));
  tip *= 1.0 - smoothstep(0.06, 0.25, blur);
  float wave = fract(spot.x / 4.8 - time * 0.34);
  float crest = (wave - 0.5) * 7.0;
  float pulse = moving * exp(-crest * crest);
  float ends = smoothstep(0.0, 0.35, spot.x) * smoothstep(0.0, 0.25, left);
  vec3 color = mix(mix(quiet, aside, lane), accent, chosen) * (0.62 + 0.75 * tip + 0.7 * pulse);
  color = mix(color, air.rgb, air.a);
  gl_FragColor = vec4(color, body * mix(0.72, 0.95, max(chosen, pulse)) * ends);
}`;

export class Edges {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(routes: readonly Route[], layers: readonly string[]) {
    this.numbers = new Map(layers.map((layer, index) => [layer, index]));
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        quiet: { value: display(EDGE) },
        aside: { value: display(LANE) },
        accent: { value: display(AMBER) },
        hovered: { value: -1 },
        time: { value: 0 },
        moving: { value: 1 },
      },
      transparent: true,
      depthWrite: false,
    });
    this.object = new Mesh(ribbons(routes, this.numbers), material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 12;
  }

  /** The edges into and out of this layer stand out. */
  highlight(layer: string | null): void {
    this.write('hovered', layer === null ? -1 : (this.numbers.get(layer) ?? -1));
  }

  /** `seconds`: of the clock; with less motion the light stands still. */
  update(seconds: number, still: boolean): void {
    this.write('time', seconds);
    this.write('moving', still ? 0 : 1);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private write(name: string, value: number): void {
    const uniform = this.object.material.uniforms[name];
    if (uniform !== undefined) uniform.value = value;
  }
}

function ribbons(routes: readonly Route[], numbers: ReadonlyMap<string, number>): BufferGeometry {
  const positions: number[] = [];
  const strands: number[] = [];
  const wholes: number[] = [];
  const index: number[] = [];
  const depths = depthsOf(routes, numbers);
  for (const route of routes) {
    const line = smoothed(route.points);
    const ends = [numbers.get(route.source) ?? -1, numbers.get(route.target) ?? -1];
    const lengths = distances(line);
    const whole = lengths.at(-1) ?? 0;
    const steps = (depths.get(route.target) ?? 0) - (depths.get(route.source) ?? 0);
    const lane = steps > 1 ? 1 : 0;
    line.forEach((point, i) => {
      const before = line[Math.max(0, i - 1)] ?? point;
      const after = line[Math.min(line.length - 1, i + 1)] ?? point;
      const dx = after.x - before.x;
      const dz = after.z - before.z;
      const scale = WIDTH / 2 / Math.max(1e-6, Math.hypot(dx, dz));
      const first = positions.length / 3;
      for (const side of [-1, 1]) {
        positions.push(point.x - dz * scale * side, LIFT, point.z + dx * scale * side);
        strands.push(lengths[i] ?? 0, side, ...ends);
        wholes.push(whole, lane);
      }
      if (i > 0) index.push(first - 2, first - 1, first, first - 1, first + 1, first);
    });
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(positions), 3));
  geometry.setAttribute('strand', new BufferAttribute(new Float32Array(strands), 4));
  geometry.setAttribute('whole', new BufferAttribute(new Float32Array(wholes), 2));
  geometry.setIndex(index);
  return geometry;
}

/** By layer: how many edges the longest way to it has. `numbers`: in the order of execution. */
function depthsOf(routes: readonly Route[], numbers: ReadonlyMap<string, number>): Map<string, number> {
  const depths = new Map<string, number>();
  const order = (route: Route): number => numbers.get(route.target) ?? 0;
  for (const { source, target } of [...routes].sort((a, b) => order(a) - order(b))) {
    depths.set(target, Math.max(depths.get(target) ?? 0, (depths.get(source) ?? 0) + 1));
  }
  return depths;
}

/** The route as points along a curve through its corners. */
function smoothed(points: Route['points']): Vector3[] {
  const corners = points.map(([x, z]) => new Vector3(x, 0, z));
  if (corners.length < 3) return corners;
  const curve = new CatmullRomCurve3(corners, false, 'centripetal');
  return curve.getSpacedPoints(Math.max(8, Math.ceil(curve.getLength() * DENSITY)));
}

function distances(line: readonly Vector3[]): number[] {
  let sum = 0;
  return line.map((point, i) => (sum += i === 0 ? 0 : point.distanceTo(line[i - 1] ?? point)));
}
