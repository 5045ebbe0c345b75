/**
 * Panels that are held, by a hand, by both, or by the mouse. With one hand a panel follows rigidly,
 * though always upright; with two their distance scales it, their direction turns it, and their
 * middle moves it. While it is held only the scene moves it; letting go says so to the state.
 */
import { Matrix4, Quaternion, Vector3 } from 'three';

import type { Placements } from '../model/placements';
import { LARGEST, leastRise, SMALLEST, UNMOVED, type Placement } from '../model/placement';
import type { Pins } from '../model/pins';
import type { LayerPlace } from '../model/pointed';
import type { Side } from '../xr/hand';
import type { HallScene } from './hallscene';
import { UP, type Place } from './place';
import { wrapped } from './walker';

export type Holder = Side | 'mouse';

/** What a grab needs of the hall that stands. */
export type HeldScene = Pick<HallScene, 'network' | 'exhibits' | 'placementOf' | 'move'>;

/** A panel is not pulled nearer to the hand than this, in m. */
const NEAREST = 0.25;
/** Hands that are one above the other do not say how a panel is turned: the least share aside. */
const LEAST_ASIDE = 0.3;

/** Where something that holds is, and where it was when the panel's base was noted. */
class Grip {
  readonly position = new Vector3();
  readonly turn = new Quaternion();
  readonly from = new Vector3();
  readonly fromTurn = new Quaternion();
  private readonly scale = new Vector3();

  constructor(
    readonly by: Holder,
    pose: Matrix4,
  ) {
    this.follow(pose);
    this.rebase();
  }

  follow(pose: Matrix4): void {
    pose.decompose(this.position, this.turn, this.scale);
  }

  rebase(): void {
    this.from.copy(this.position);
    this.fromTurn.copy(this.turn);
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One panel that is held. */
class HeldPanel {
  readonly grips: Grip[] = [];
  /** As it stands now. */
  readonly placement: Mutable<Placement>;
  /** Its centre, yaw and scale when the grips were where they are `from`. */
  private readonly base = new Vector3();
  private baseYaw = 0;
  private baseScale = 1;
  private readonly centre = new Vector3();
  private readonly turn = new Quaternion();
  private readonly way = new Vector3();
  private readonly fromWay = new Vector3();
  private readonly middle = new Vector3();

  constructor(
    readonly scene: HeldScene,
    readonly layer: string,
    /** As the layout has it. */
    private readonly layout: Place,
  ) {
    this.placement = { ...scene.placementOf(layer) };
    this.rebase();
  }

  /** Counts from where everything is now. */
  rebase(): void {
    const { x, y, z, yaw, scale } = this.placement;
    this.base.copy(this.layout.centre);
    this.base.x += x;
    this.base.y += y;
    this.base.z += z;
    this.baseYaw = yaw;
    this.baseScale = scale;
    for (const grip of this.grips) grip.rebase();
  }

  follow(): void {
    const one = this.grips[0];
    const other = this.grips[1];
    if (one === undefined) return;
    if (other === undefined) this.followOne(one);
    else this.followBoth(one, other);
    this.put();
  }

  /** Farther from the hand, in m; nearer where it is negative. */
  push(grip: Grip, metres: number): void {
    const { placement, layout, way } = this;
    way.set(placement.x, placement.y, placement.z).add(layout.centre).sub(grip.position);
    const length = way.length();
    if (length < 1e-6) return;
    const wanted = Math.max(Math.min(length, NEAREST), length + metres);
    way.multiplyScalar(wanted / length - 1);
    placement.x += way.x;
    placement.y += way.y;
    placement.z += way.z;
    this.stand();
    this.rebase();
  }

  scaleBy(factor: number): void {
    this.placement.scale = bounded(this.placement.scale * factor);
    this.stand();
    this.rebase();
  }

  turnBy(radians: number): void {
    this.placement.yaw += radians;
    this.stand();
    this.rebase();
  }

  private followOne({ position, turn, from, fromTurn }: Grip): void {
    this.turn.copy(fromTurn).invert().premultiply(turn);
    this.centre.copy(this.base).sub(from).applyQuaternion(this.turn).add(position);
    this.placement.yaw = this.baseYaw + aboutUpright(this.turn);
    this.placement.scale = this.baseScale;
  }

  private followBoth(one: Grip, other: Grip): void {
    const { way, fromWay, middle } = this;
    way.subVectors(other.position, one.position);
    fromWay.subVectors(other.from, one.from);
    const scale = bounded((this.baseScale * way.length()) / Math.max(1e-6, fromWay.length()));
    const yaw = turnBetween(fromWay, way);
    middle.addVectors(one.from, other.from).multiplyScalar(0.5);
    this.centre.copy(this.base).sub(middle).applyAxisAngle(UP, yaw).multiplyScalar(scale / this.baseScale);
    middle.addVectors(one.position, other.position).multiplyScalar(0.5);
    this.centre.add(middle);
    this.placement.yaw = this.baseYaw + yaw;
    this.placement.scale = scale;
  }

  private put(): void {
    const { centre } = this.layout;
    this.placement.x = this.centre.x - centre.x;
    this.placement.y = this.centre.y - centre.y;
    this.placement.z = this.centre.z - centre.z;
    this.stand();
  }

  /** In the hall as it is placed now, but not in its floor. */
  private stand(): void {
    const { placement, layout } = this;
    placement.y = Math.max(placement.y, leastRise(layout.bottom, layout.height, placement.scale));
    this.scene.move(this.layer, placement);
  }
}

export class Grabs {
  private readonly held: HeldPanel[] = [];

  constructor(
    private readonly sceneOf: (network: string) => HeldScene | null,
    private readonly placements: Pick<Placements, 'move'>,
    private readonly pins: Pick<Pins, 'unpin'>,
  ) {}

  /** What somebody holds; null while it is nothing. */
  heldBy(by: Holder): LayerPlace | null {
    const held = this.find(by);
    return held === null ? null : { network: held.scene.network, layer: held.layer };
  }

  /** Whether somebody holds something; makes no object. */
  holds(by: Holder): boolean {
    return this.find(by) !== null;
  }

  /** Takes hold of a panel; `pose`: of the hand, in the world. */
  take({ network, layer }: LayerPlace, by: Holder, pose: Matrix4): void {
    this.letGo(by);
    const scene = this.sceneOf(network.id);
    const exhibit = scene?.exhibits.get(layer);
    if (scene === null || exhibit === undefined) return;
    let held = this.held.find((one) => one.scene === scene && one.layer === layer);
    if (held === undefined) {
      held = new HeldPanel(scene, layer, exhibit.layout);
      this.held.push(held);
    }
    held.grips.push(new Grip(by, pose));
    held.rebase();
    // What came along is taken from where it was.
    this.pins.unpin({ network: network.id, layer });
    held.follow();
  }

  /** Once a frame: the hand is there now. Makes no objects. */
  follow(by: Holder, pose: Matrix4): void {
    const held = this.find(by);
    if (held === null) return;
    gripOf(held, by)?.follow(pose);
    held.follow();
  }

  /** Farther away, in m; nearer where it is negative. */
  push(by: Holder, metres: number): void {
    const held = this.find(by);
    const grip = held === null ? null : gripOf(held, by);
    if (held !== null && grip !== null) held.push(grip, metres);
  }

  /** Larger about its centre; smaller below 1. */
  scaleBy(by: Holder, factor: number): void {
    this.find(by)?.scaleBy(factor);
  }

  /** To the left about its centre, in rad. */
  turnBy(by: Holder, radians: number): void {
    this.find(by)?.turnBy(radians);
  }

  /** Lets go; where no other hand holds the panel it stands where it is now. */
  letGo(by: Holder): void {
    const held = this.find(by);
    if (held === null) return;
    this.release(held, by);
    if (held.grips.length > 0) return;
    const { scene, layer, placement } = held;
    if (this.sceneOf(scene.network.id) !== scene) return;
    this.placements.move(scene.network, layer, { ...placement });
    this.settle(held);
  }

  /** Lets go of a panel, which stands where it was taken. */
  putBack(by: Holder): void {
    const held = this.find(by);
    if (held === null) return;
    this.release(held, by);
    if (held.grips.length === 0) this.settle(held);
  }

  /** As the state says, also where it says what it said before. */
  private settle({ scene, layer }: HeldPanel): void {
    scene.move(layer, scene.network.placements.peek().get(layer) ?? UNMOVED);
  }

  private release(held: HeldPanel, by: Holder): void {
    held.grips.splice(held.grips.findIndex((grip) => grip.by === by), 1);
    held.rebase();
    if (held.grips.length === 0) this.held.splice(this.held.indexOf(held), 1);
  }

  private find(by: Holder): HeldPanel | null {
    // By number: an iterator would be an object in each frame.
    for (let at = 0; at < this.held.length; at += 1) {
      const held = this.held[at];
      if (held !== undefined && gripOf(held, by) !== null) return held;
    }
    return null;
  }
}

function gripOf({ grips }: HeldPanel, by: Holder): Grip | null {
  for (let at = 0; at < grips.length; at += 1) {
    const grip = grips[at];
    if (grip?.by === by) return grip;
  }
  return null;
}

function bounded(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}

/** How far a turn turns about the upright, in rad to the left: its twist. */
function aboutUpright({ y, w }: Quaternion): number {
  return wrapped(2 * Math.atan2(y, w));
}

/** From one way to another about the upright, in rad to the left; 0 where one of them is steep. */
function turnBetween(from: Vector3, to: Vector3): number {
  if (isSteep(from) || isSteep(to)) return 0;
  return wrapped(Math.atan2(to.x, to.z) - Math.atan2(from.x, from.z));
}

function isSteep(way: Vector3): boolean {
  return Math.hypot(way.x, way.z) < LEAST_ASIDE * way.length();
}
