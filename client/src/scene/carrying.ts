/**
 * A panel in the mouse's hand: it goes with the pointer in a plane that faces the visitor, and
 * with the visitor where they walk. With Shift it keeps its height, and the pointer's way up the
 * screen is its way ahead.
 */
import { Matrix4, Vector3, type PerspectiveCamera, type Vector2 } from 'three';

import type { LayerPlace } from '../model/pointed';
import type { Grabs } from './grabs';

/** Which keys are held. */
export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
}

/** The whole screen's height, with Shift, is so many times as far away: the logarithm. */
const AHEAD = 2.4;
/** By a pixel of the wheel: the logarithm of the size, and of the distance; the turn in rad. */
const SCALE_PIXEL = 0.0012;
const PUSH_PIXEL = 0.0012;
const TURN_PIXEL = Math.PI / 1200;
const NEAREST = 0.3;
const FARTHEST = 200;
/** Where one looks straight down, what keeps its height cannot be kept under the pointer. */
const LEAST_UPRIGHT = 0.2;

export class Carrying {
  private readonly pose = new Matrix4();
  /** Where the panel was taken: from the camera, and in the world. */
  private readonly taken = new Vector3();
  private readonly point = new Vector3();
  private depth = 1;
  /** The point that was taken is beside the pointer by so much, in m. */
  private readonly beside = new Vector3();
  private readonly up = new Vector3();
  private height = 0;
  private pointerHeight = 0;

  constructor(
    private readonly camera: PerspectiveCamera,
    /** Where the pointer is on the screen, -1..1. */
    private readonly at: Vector2,
    private readonly grabs: Grabs,
  ) {}

  get active(): boolean {
    return this.grabs.holds('mouse');
  }

  /** Takes a panel at a point in the world. */
  take(place: LayerPlace, point: Vector3): void {
    this.camera.worldToLocal(this.taken.copy(point));
    this.depth = Math.max(NEAREST, -this.taken.z);
    this.underPointer(this.point);
    this.beside.subVectors(this.taken, this.point);
    this.beside.z = 0;
    this.height = point.y;
    this.pointerHeight = this.at.y;
    this.grabs.take(place, 'mouse', this.pose.makeTranslation(point));
  }

  /** Once a frame, and when the pointer was moved. */
  update({ shift }: Modifiers): void {
    if (!this.active) return;
    const climbed = this.at.y - this.pointerHeight;
    this.pointerHeight = this.at.y;
    if (shift) this.goAway(Math.exp(climbed * AHEAD));
    this.put();
    if (shift) this.keepHeight();
    this.height = this.point.y;
    this.grabs.follow('mouse', this.pose.makeTranslation(this.point));
  }

  /** Larger or smaller; with Alt farther or nearer; with Shift turned. */
  wheel(pixels: number, { shift, alt }: Modifiers): void {
    if (alt) this.goAway(Math.exp(-pixels * PUSH_PIXEL));
    else if (shift) this.grabs.turnBy('mouse', pixels * TURN_PIXEL);
    else this.grabs.scaleBy('mouse', Math.exp(-pixels * SCALE_PIXEL));
  }

  drop(): void {
    this.grabs.letGo('mouse');
  }

  /** Back to where it was taken. */
  putBack(): void {
    this.grabs.putBack('mouse');
  }

  private goAway(factor: number): void {
    const depth = Math.min(FARTHEST, Math.max(NEAREST, this.depth * factor));
    // What is farther away is as far from the pointer on the screen.
    this.beside.multiplyScalar(depth / this.depth);
    this.depth = depth;
  }

  /** Sets `point` to where the pointer holds the panel, in the world. */
  private put(): void {
    this.underPointer(this.point).add(this.beside);
    this.point.applyMatrix4(this.camera.matrixWorld);
  }

  private keepHeight(): void {
    this.up.setFromMatrixColumn(this.camera.matrixWorld, 1);
    if (this.up.y < LEAST_UPRIGHT * this.up.length()) return;
    const rise = (this.height - this.point.y) / this.up.y;
    this.beside.y += rise;
    this.point.addScaledVector(this.up, rise);
  }

  /** The point under the pointer at the panel's depth, from the camera. */
  private underPointer(target: Vector3): Vector3 {
    const half = this.depth * Math.tan((this.camera.fov * Math.PI) / 360);
    return target.set(this.at.x * half * this.camera.aspect, this.at.y * half, -this.depth);
  }
}
