/**
 * The floor of the visitor's own room, set into the hall: the headset says where the head is on it,
 * the walk moves and turns it. The visitor may be larger or smaller beside the hall than they are.
 */
import { Group, Vector3, type Matrix4 } from 'three';

import { wrapped } from '../scene/walker';
import { LiveGaze } from './gaze';

/** What the headset's eyes are to the rig: their poses in its space. */
export interface EyePose {
  readonly matrix: Matrix4;
}

/** A height over the rig's floor that is taken for the head's until the headset has told it, in m. */
const UNKNOWN_HEAD = 1.65;

export class Rig {
  /** What is in the visitor's room hangs here, in m as they feel them. */
  readonly object = new Group();
  /** How high the floor that one stands on is over the hall's, in m of the hall. */
  floor = 0;
  /** By how much the eyes are lifted over where the headset has them, in m as the visitor feels them. */
  lift = 0;
  /** The middle of the eyes, in the rig's space. */
  private readonly middle = new Vector3(0, UNKNOWN_HEAD, 0);
  private readonly before = new Vector3();
  /** Where the head looks, in rad to the left of -z of the rig. */
  private ahead = 0;
  private readonly gaze = new LiveGaze();
  private tracked = false;
  /** Where to stand as soon as the headset has told where the head is. */
  private readonly awaited = { x: 0, z: 0, yaw: 0 };

  /** How large the visitor is beside the hall: 2 makes it look half as large. */
  get scale(): number {
    return this.object.scale.x;
  }

  /** The head stays over the same point of the floor. */
  set scale(scale: number) {
    const { x, z } = this.head(this.before);
    this.object.scale.setScalar(scale);
    if (this.tracked) this.standAt(x, z);
    else this.settle();
  }

  /** How the floor is turned, in rad to the left. */
  get yaw(): number {
    return this.object.rotation.y;
  }

  /** Where the head looks over the floor, in rad to the left of -z. */
  get heading(): number {
    return this.look(this.gaze).heading;
  }

  /** How high the headset has the eyes over the visitor's own floor, in m as they feel them. */
  get eyeHeight(): number {
    return this.middle.y;
  }

  /** Whether the headset has told where the head is. */
  get knowsHead(): boolean {
    return this.tracked;
  }

  /** Once a frame in the headset, before all else: where its eyes are on the rig. */
  track(eyes: readonly EyePose[]): void {
    const first = eyes[0];
    const last = eyes[eyes.length - 1];
    if (first === undefined || last === undefined) return;
    const a = first.matrix.elements;
    const b = last.matrix.elements;
    this.middle.set((a[12] + b[12]) / 2, (a[13] + b[13]) / 2, (a[14] + b[14]) / 2);
    // By the axis from eye to eye: it says where a head looks that is bent far up or down, too.
    this.ahead = Math.atan2(-a[2], a[0]);
    if (this.tracked) return;
    this.tracked = true;
    const { x, z, yaw } = this.awaited;
    this.standAt(x, z, yaw);
  }

  /** The headset counts its room anew: the head stays where it is in the hall. */
  stay(): void {
    const { x, z } = this.head(this.before);
    const { heading } = this;
    this.tracked = false;
    this.standAt(x, z, heading);
  }

  /** Out of the headset: the rig lies in the hall's origin, and the head's place is not known any more. */
  release(): void {
    this.tracked = false;
    this.floor = 0;
    this.lift = 0;
    this.object.position.set(0, 0, 0);
    this.object.rotation.y = 0;
    this.settle();
  }

  /** Sets the target to where the eyes are in the hall and look, and returns it. */
  look(target: LiveGaze): LiveGaze {
    this.head(target.eye);
    const heading = this.object.rotation.y + this.ahead;
    // As `wrapped`, which is not asked: what one passes on, or is returned, is an object each time.
    target.heading = heading > Math.PI ? heading - 2 * Math.PI : heading < -Math.PI ? heading + 2 * Math.PI : heading;
    target.scale = this.object.scale.x;
    return target;
  }

  /** Sets the target to where the head is in the hall, and returns it. */
  head(target: Vector3): Vector3 {
    return target.copy(this.middle).applyMatrix4(this.object.matrixWorld);
  }

  /**
   * Puts the head over a point of the hall's floor as soon as it is known; `yaw`: where it looks
   * then, else as it does.
   */
  standAt(x: number, z: number, yaw = this.heading): void {
    const { awaited, object, middle } = this;
    awaited.x = x;
    awaited.z = z;
    awaited.yaw = yaw;
    if (!this.tracked) return;
    object.rotation.y = wrapped(yaw - this.ahead);
    const sin = Math.sin(object.rotation.y) * object.scale.x;
    const cos = Math.cos(object.rotation.y) * object.scale.x;
    object.position.x = x - cos * middle.x - sin * middle.z;
    object.position.z = z + sin * middle.x - cos * middle.z;
    this.settle();
  }

  /** Turns to the left about the head. */
  turn(radians: number): void {
    const { x, z } = this.head(this.before);
    this.standAt(x, z, this.heading + radians);
  }

  /** Moves in m of the hall; upwards the floor that one stands on comes along. */
  moveBy(x: number, y: number, z: number): void {
    this.object.position.x += x;
    this.object.position.z += z;
    this.floor += y;
    this.settle();
  }

  /** Takes over what was changed of `floor` and `lift`. */
  settle(): void {
    const { object } = this;
    object.position.y = this.floor + this.lift * object.scale.x;
    object.updateWorldMatrix(false, false);
  }
}
