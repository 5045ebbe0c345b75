/** The visitor's body: where the eye is, where it looks, and how it moves. */
import { Vector3, type Object3D } from 'three';

import type { Step } from './clock';
import type { Steering } from './keys';

export interface Pose {
  readonly eye: Vector3;
  /** Turn to the left about the vertical, and upwards, in rad. */
  readonly yaw: number;
  readonly pitch: number;
}

export const EYE_HEIGHT = 1.65;

const WALK = 3.2;
const RUN = 11;
const CLIMB = 2.2;
/** By keys, in rad/s. */
const TURN = 1.4;
const NOD = 0.8;
/** How fast the wanted speed is taken on, in 1/s. */
const EAGERNESS = 9;
const LOWEST = 0.4;
const STEEPEST = 1.5;
const WHEEL_METRES = 0.0045;

export class Walker {
  yaw = 0;
  pitch = 0;
  readonly eye = new Vector3(0, EYE_HEIGHT, 6);
  private ownSize = 1;
  /** How much smaller the hall is in the visitor's own space. */
  private readonly shrink = new Vector3(1, 1, 1);
  private readonly velocity = new Vector3();
  private readonly wanted = new Vector3();
  private readonly push = new Vector3();
  /** A quaternion's x, y, z and w: handed on typed, because each number would be an object. */
  private readonly turn = new Float64Array(4);

  /** How large the visitor is beside the hall: all but looking about goes by it. */
  get size(): number {
    return this.ownSize;
  }

  /** The feet stay where they are. */
  set size(size: number) {
    this.eye.y *= size / this.ownSize;
    this.ownSize = size;
    this.shrink.setScalar(1 / size);
  }

  look(left: number, up: number): void {
    this.yaw = wrapped(this.yaw + left);
    this.pitch = Math.min(STEEPEST, Math.max(-STEEPEST, this.pitch + up));
  }

  /** Moves along the view by a turn of the wheel, smoothly. */
  roll(deltaY: number): void {
    const metres = -Math.max(-600, Math.min(600, deltaY)) * WHEEL_METRES * this.size;
    this.push.x -= Math.sin(this.yaw) * Math.cos(this.pitch) * metres;
    this.push.y += Math.sin(this.pitch) * metres;
    this.push.z -= Math.cos(this.yaw) * Math.cos(this.pitch) * metres;
  }

  /** Moves on the floor at once, in m as the visitor feels them to the right of and along the view. */
  glide(right: number, ahead: number): void {
    const sin = Math.sin(this.yaw) * this.size;
    const cos = Math.cos(this.yaw) * this.size;
    this.eye.x += right * cos - ahead * sin;
    this.eye.z -= right * sin + ahead * cos;
  }

  /** One frame; the way does not depend on how long frames are. */
  step({ step: seconds }: Step, steering: Steering): void {
    const left = Number(steering.turnLeft) - Number(steering.turnRight);
    const up = Number(steering.lookUp) - Number(steering.lookDown);
    if (left !== 0 || up !== 0) this.look(left * TURN * seconds, up * NOD * seconds);
    const side = Number(steering.right) - Number(steering.left);
    const ahead = Number(steering.ahead) - Number(steering.back);
    const rise = Number(steering.up) - Number(steering.down);
    const speed = (steering.run ? RUN : WALK) / Math.max(1, Math.sqrt(side * side + ahead * ahead));
    const sin = Math.sin(this.yaw);
    const cos = Math.cos(this.yaw);
    this.wanted.set(
      (side * cos - ahead * sin) * speed,
      rise * CLIMB * (steering.run ? 2 : 1),
      (-side * sin - ahead * cos) * speed,
    );
    this.wanted.multiplyScalar(this.size);
    const kept = Math.exp(-seconds * EAGERNESS);
    // The integral of a velocity that nears the wanted one exponentially.
    const carried = (1 - kept) / EAGERNESS;
    this.eye.addScaledVector(this.wanted, seconds - carried).addScaledVector(this.velocity, carried);
    this.velocity.sub(this.wanted).multiplyScalar(kept).add(this.wanted);
    this.eye.addScaledVector(this.push, 1 - kept);
    this.push.multiplyScalar(kept);
    this.eye.y = Math.max(LOWEST * this.size, this.eye.y);
  }

  halt(): void {
    this.velocity.set(0, 0, 0);
    this.push.set(0, 0, 0);
  }

  /** Puts the camera where the eye is; it hangs in the visitor's own space, which is as large as they are. */
  apply(camera: Object3D): void {
    camera.position.copy(this.eye).multiply(this.shrink);
    const { turn } = this;
    const sinPitch = Math.sin(this.pitch / 2);
    const cosPitch = Math.cos(this.pitch / 2);
    const sinYaw = Math.sin(this.yaw / 2);
    const cosYaw = Math.cos(this.yaw / 2);
    turn[0] = sinPitch * cosYaw;
    turn[1] = cosPitch * sinYaw;
    turn[2] = -sinPitch * sinYaw;
    turn[3] = cosPitch * cosYaw;
    camera.quaternion.fromArray(turn);
  }
}

/** The same angle within -π..π. */
export function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
