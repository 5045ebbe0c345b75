/**
 * The ways of edges on the floor, as numbers. Where a panel was moved, the ends of its edges go
 * with it, and what lies near them bends; a long edge keeps its lane in between.
 */
import { CatmullRomCurve3, Vector3 } from 'three';

import type { Route } from '../net/types';
import type { Moves } from './moves';
import { wrapped } from './walker';

/** Points per metre. */
const DENSITY = 5;
const LEAST_POINTS = 8;
/** From an end that is moved, so much of the way bends, in m. */
const REACH = 8;
/** A label turns by quarters to who comes near, in m, and not before they are well round its corner: a cosine. */
const READ_WITHIN = 24;
const UNDERFOOT = 0.5;
const QUARTER = Math.PI / 2;
const ROUND = Math.cos(QUARTER / 2 + 0.15);

/** What a strand's ends and its label move with; see `Moves`. */
export interface StrandAnchors {
  readonly source: number;
  readonly target: number;
  readonly label: number;
}

export class Strand {
  /** As it lies now: x and z of each point, in m. */
  readonly line: Float32Array;
  /** How far along each point is, in m. */
  readonly along: Float32Array;
  private readonly base: Float32Array;
  private readonly baseAlong: Float32Array;
  /** How far along the label stands. */
  private readonly labelAlong: number;
  /** As the layout has it, and how it stands now. */
  private readonly labelAt: Vector3;
  private readonly label = { x: 0, y: 0, z: 0, yaw: 0, scale: 1 };
  private readonly end = new Vector3();
  private readonly atSource = new Vector3();
  private readonly atTarget = new Vector3();

  constructor(
    readonly route: Route,
    private readonly anchors: StrandAnchors,
  ) {
    this.base = smoothed(route.points);
    this.line = this.base.slice();
    this.baseAlong = new Float32Array(this.points);
    this.along = new Float32Array(this.points);
    measure(this.base, this.baseAlong);
    measure(this.line, this.along);
    this.labelAt = new Vector3(route.label_at[0], 0, route.label_at[1]);
    this.labelAlong = this.baseAlong[nearestPoint(this.base, route.label_at)] ?? 0;
  }

  get points(): number {
    return this.base.length / 2;
  }

  /** Of the whole way, in m. */
  get length(): number {
    return this.along[this.points - 1] ?? 0;
  }

  /** Follows its ends' panels, and takes its label along. */
  follow(moves: Moves): void {
    const { base, line, baseAlong, anchors } = this;
    const last = this.points - 1;
    this.way(moves, anchors.source, 0, this.atSource);
    this.way(moves, anchors.target, last, this.atTarget);
    for (let point = 0; point <= last; point += 1) {
      const bent = this.bent(baseAlong[point] ?? 0);
      line[2 * point] = (base[2 * point] ?? 0) + bent.x;
      line[2 * point + 1] = (base[2 * point + 1] ?? 0) + bent.z;
    }
    measure(line, this.along);
    const bent = this.bent(this.labelAlong);
    this.label.x = bent.x;
    this.label.z = bent.z;
    moves.place(anchors.label, this.labelAt, this.label, true, 0);
  }

  /** Turns the label to who stands near, so that they can read it. Makes no objects. */
  face(eye: Vector3, moves: Moves): void {
    const { label, labelAt, route } = this;
    const x = eye.x - labelAt.x - label.x;
    const z = eye.z - labelAt.z - label.z;
    const away = x * x + z * z;
    if (away > READ_WITHIN * READ_WITHIN || away < UNDERFOOT * UNDERFOOT) return;
    const wanted = Math.atan2(x, z) - route.label_yaw;
    if (Math.cos(wanted - label.yaw) > ROUND) return;
    label.yaw = wrapped(Math.round(wanted / QUARTER) * QUARTER);
    moves.place(this.anchors.label, labelAt, label, true, 0);
  }

  /** By how much an end is moved. */
  private way(moves: Moves, anchor: number, point: number, way: Vector3): void {
    const x = this.base[2 * point] ?? 0;
    const z = this.base[2 * point + 1] ?? 0;
    moves.point(anchor, way.set(x, 0, z));
    way.set(way.x - x, 0, way.z - z);
  }

  /** By how much a point so far along is moved. */
  private bent(along: number): Vector3 {
    const length = this.baseAlong[this.points - 1] ?? 0;
    const reach = Math.max(1e-6, Math.min(REACH, length));
    return this.end
      .copy(this.atSource)
      .multiplyScalar(share(along / reach))
      .addScaledVector(this.atTarget, share((length - along) / reach));
  }
}

/** 1 at an end, 0 from one reach on; of both ends of a short way together 1 everywhere. */
function share(reaches: number): number {
  const t = Math.min(1, reaches);
  return 1 - t * t * (3 - 2 * t);
}

/** The route as points along a curve through its corners: x and z of each. */
function smoothed(points: Route['points']): Float32Array {
  const corners = points.map(([x, z]) => new Vector3(x, 0, z));
  if (corners.length < 2) return new Float32Array(corners.flatMap(({ x, z }) => [x, z]));
  const curve = new CatmullRomCurve3(corners, false, 'centripetal');
  const spaced = curve.getSpacedPoints(Math.max(LEAST_POINTS, Math.ceil(curve.getLength() * DENSITY)));
  return new Float32Array(spaced.flatMap(({ x, z }) => [x, z]));
}

function measure(line: Float32Array, along: Float32Array): void {
  let sum = 0;
  for (let point = 1; point < along.length; point += 1) {
    const at = 2 * point;
    const x = (line[at] ?? 0) - (line[at - 2] ?? 0);
    const z = (line[at + 1] ?? 0) - (line[at - 1] ?? 0);
    sum += Math.hypot(x, z);
    along[point] = sum;
  }
}

function nearestPoint(line: Float32Array, [x, z]: Route['label_at']): number {
  let found = 0;
  let least = Infinity;
  for (let point = 0; point < line.length / 2; point += 1) {
    const distance = Math.hypot((line[2 * point] ?? 0) - x, (line[2 * point + 1] ?? 0) - z);
    if (distance >= least) continue;
    least = distance;
    found = point;
  }
  return found;
}
