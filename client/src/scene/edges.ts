/**
 * The graph's edges as smooth ribbons on the floor, all in one draw. Light travels along
 * them from source to target; those that pass layers by have a colour of their own, and
 * those at the layer one points at turn amber.
 */
import { BufferAttribute, BufferGeometry, Mesh, ShaderMaterial, type Vector3 } from 'three';

import type { Route } from '../net/types';
import type { Clock } from './clock';
import type { Moves } from './moves';
import { Strand } from './strands';
import { AMBER, constant, EDGE, LANE, LIGHT } from './palette';

const WIDTH = 0.11;
const LIFT = 0.012;

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
const vec3 quiet = ${constant(EDGE)};
const vec3 aside = ${constant(LANE)};
const vec3 accent = ${constant(AMBER)};
uniform float drift[2]; // seconds, and 1 while the light moves
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
  float wave = fract(spot.x / 4.8 - drift[0] * 0.34);
  float crest = (wave - 0.5) * 7.0;
  float pulse = drift[1] * exp(-crest * crest);
  float ends = smoothstep(0.0, 0.35, spot.x) * smoothstep(0.0, 0.25, left);
  vec3 color = mix(mix(quiet, aside, lane), accent, chosen) * (0.62 + 0.75 * tip + 0.7 * pulse);
  color = mix(color, air.rgb, air.a);
  gl_FragColor = vec4(color, body * mix(0.72, 0.95, max(chosen, pulse)) * ends);
}`;

/** One end of an edge, as it lies now, in m. */
export interface EdgeEnd {
  readonly source: string;
  readonly target: string;
  readonly x: number;
  readonly z: number;
}

/** A strand's vertices: two for each point, from `first` on; what of them was written goes to the GPU. */
interface Ribbon {
  readonly strand: Strand;
  readonly first: number;
  readonly positions: { start: number; count: number };
  readonly strands: { start: number; count: number };
  readonly wholes: { start: number; count: number };
}

export class Edges {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly numbers: ReadonlyMap<string, number>;
  /** Typed, because a number that is written to a uniform is an object each time. */
  private readonly drift = new Float32Array(2);
  private readonly positions: BufferAttribute;
  private readonly strands: BufferAttribute;
  private readonly wholes: BufferAttribute;
  private readonly ribbons: readonly Ribbon[];
  private readonly labelled: readonly Strand[];
  private readonly byLayer: ReadonlyMap<string, readonly Ribbon[]>;

  /**
   * @param layers ids in the order of execution
   * @param anchorOf what a layer's panel moves with
   * @param labels the anchor of the first route's label
   */
  constructor(routes: readonly Route[], layers: readonly string[], anchorOf: (layer: string) => number, labels: number) {
    this.numbers = new Map(layers.map((layer, index) => [layer, index]));
    this.ribbons = ribbonsOf(
      routes.map((route, index) => {
        const { source, target } = route;
        return new Strand(route, { source: anchorOf(source), target: anchorOf(target), label: labels + index });
      }),
    );
    this.labelled = this.ribbons.flatMap(({ strand }) => (strand.route.label === null ? [] : [strand]));
    this.byLayer = byLayer(this.ribbons);
    const vertices = this.ribbons.reduce((sum, { strand }) => sum + 2 * strand.points, 0);
    this.positions = new BufferAttribute(new Float32Array(3 * vertices), 3);
    this.strands = new BufferAttribute(new Float32Array(4 * vertices), 4);
    this.wholes = new BufferAttribute(new Float32Array(2 * vertices), 2);
    this.writeFixed(routes);
    for (const ribbon of this.ribbons) this.write(ribbon);
    this.object = new Mesh(this.geometry(), materialOf(this.drift));
    this.object.frustumCulled = false;
    this.object.renderOrder = 12;
  }

  /** The edges into and out of this layer stand out. */
  highlight(layer: string | null): void {
    this.uniform('hovered', layer === null ? -1 : (this.numbers.get(layer) ?? -1));
  }

  /** Once a frame; with less motion the light stands still. */
  update(clock: Clock, still: boolean): void {
    this.drift[0] = clock.seconds;
    this.drift[1] = still ? 0 : 1;
  }

  /** A panel was moved: the ends of its edges go with it. Makes no objects. */
  follow(layer: string, moves: Moves): void {
    const ribbons = this.byLayer.get(layer);
    if (ribbons === undefined) return;
    for (const ribbon of ribbons) {
      ribbon.strand.follow(moves);
      this.write(ribbon);
      upload(this.positions, ribbon.positions, ribbon);
      upload(this.strands, ribbon.strands, ribbon);
      upload(this.wholes, ribbon.wholes, ribbon);
    }
  }

  /** Once a frame: the labels near the eye turn to it. Makes no objects. */
  face(eye: Vector3, moves: Moves): void {
    for (let at = 0; at < this.labelled.length; at += 1) this.labelled[at]?.face(eye, moves);
  }

  /** Where the edges of a layer end at its panel. */
  endsOf(layer: string): EdgeEnd[] {
    return (this.byLayer.get(layer) ?? []).map(({ strand }) => {
      const { source, target } = strand.route;
      const at = source === layer ? 0 : 2 * strand.points - 2;
      return { source, target, x: strand.line[at] ?? 0, z: strand.line[at + 1] ?? 0 };
    });
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }

  private uniform(name: string, value: number): void {
    const uniform = this.object.material.uniforms[name];
    if (uniform !== undefined) uniform.value = value;
  }

  /** What of a strand does not change: its layers, its sides, and whether it passes layers by. */
  private writeFixed(routes: readonly Route[]): void {
    const depths = depthsOf(routes, this.numbers);
    for (const { strand, first } of this.ribbons) {
      const { source, target } = strand.route;
      const steps = (depths.get(target) ?? 0) - (depths.get(source) ?? 0);
      for (let vertex = 0; vertex < 2 * strand.points; vertex += 1) {
        const at = first + vertex;
        this.strands.setY(at, vertex % 2 === 0 ? -1 : 1);
        this.strands.setZ(at, this.numbers.get(source) ?? -1);
        this.strands.setW(at, this.numbers.get(target) ?? -1);
        this.wholes.setY(at, steps > 1 ? 1 : 0);
      }
    }
  }

  /** Where a strand lies. */
  private write({ strand, first }: Ribbon): void {
    const { line, along, points, length } = strand;
    for (let point = 0; point < points; point += 1) {
      const before = 2 * Math.max(0, point - 1);
      const after = 2 * Math.min(points - 1, point + 1);
      const dx = (line[after] ?? 0) - (line[before] ?? 0);
      const dz = (line[after + 1] ?? 0) - (line[before + 1] ?? 0);
      const scale = WIDTH / 2 / Math.max(1e-6, Math.hypot(dx, dz));
      for (let side = -1; side <= 1; side += 2) {
        const at = first + 2 * point + (side + 1) / 2;
        const x = (line[2 * point] ?? 0) - dz * scale * side;
        const z = (line[2 * point + 1] ?? 0) + dx * scale * side;
        this.positions.setXYZ(at, x, LIFT, z);
        this.strands.setX(at, along[point] ?? 0);
        this.wholes.setX(at, length);
      }
    }
  }

  private geometry(): BufferGeometry {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', this.positions);
    geometry.setAttribute('strand', this.strands);
    geometry.setAttribute('whole', this.wholes);
    geometry.setIndex(this.ribbons.flatMap(trianglesOf));
    return geometry;
  }
}

function materialOf(drift: Float32Array): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      hovered: { value: -1 },
      drift: { value: drift },
    },
    transparent: true,
    depthWrite: false,
  });
}

function ribbonsOf(strands: readonly Strand[]): Ribbon[] {
  let first = 0;
  return strands.map((strand) => {
    const range = (): { start: number; count: number } => ({ start: 0, count: 0 });
    const ribbon = { strand, first, positions: range(), strands: range(), wholes: range() };
    first += 2 * strand.points;
    return ribbon;
  });
}

/** The ribbons that begin or end at a layer. */
function byLayer(ribbons: readonly Ribbon[]): Map<string, Ribbon[]> {
  const found = new Map<string, Ribbon[]>();
  for (const ribbon of ribbons) {
    const { source, target } = ribbon.strand.route;
    for (const layer of new Set([source, target])) {
      const others = found.get(layer);
      if (others === undefined) found.set(layer, [ribbon]);
      else others.push(ribbon);
    }
  }
  return found;
}

function trianglesOf({ strand, first }: Ribbon): number[] {
  return Array.from({ length: strand.points - 1 }, (_, point) => first + 2 * point).flatMap((at) => {
    return [at, at + 1, at + 2, at + 1, at + 3, at + 2];
  });
}

/** Marks a ribbon's vertices as written. The range is kept, because three wants an object each time. */
function upload(attribute: BufferAttribute, range: { start: number; count: number }, { strand, first }: Ribbon): void {
  range.start = first * attribute.itemSize;
  range.count = 2 * strand.points * attribute.itemSize;
  attribute.updateRanges.push(range);
  attribute.needsUpdate = true;
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
