/** The same hall in a headset: standing on its floor, and walking with the thumbsticks. */
import { Vector3, type Object3D, type PerspectiveCamera, type WebGLRenderer } from 'three';

import type { InputFrame } from '../net/types';
import { EYE_HEIGHT, wrapped, type Walker } from '../scene/walker';

const SPEED = 2.4;
const TURN = Math.PI / 6;
const DEAD = 0.2;
/** From the input frame: to its right and before it, in m, and turned to it, in rad. */
const BEFORE_FRAME = { right: 2.4, out: 3.8, yaw: 0.5 };

/** A place on the floor and where one looks from there. */
export interface Ground {
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
}

/** Where one sees the frame and the images near, and the network beside the frame. */
export function groundBefore(frame: InputFrame): Ground {
  const { right, out, yaw } = BEFORE_FRAME;
  return { x: frame.x + right, z: frame.z + out, yaw };
}

export class Immersion {
  private turned = false;
  private readonly heading = new Vector3();

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly rig: Object3D,
    private readonly camera: PerspectiveCamera,
    private readonly walker: Walker,
    private readonly ground: () => Ground,
  ) {
    renderer.xr.addEventListener('sessionstart', this.enter);
    renderer.xr.addEventListener('sessionend', this.leave);
  }

  get active(): boolean {
    return this.renderer.xr.isPresenting;
  }

  /** One frame: the left stick walks where the visitor looks, the right one turns in steps. */
  step(seconds: number): void {
    const session = this.renderer.xr.getSession();
    if (session === null) return;
    for (const source of session.inputSources) {
      const x = source.gamepad?.axes[2] ?? 0;
      const y = source.gamepad?.axes[3] ?? 0;
      if (source.handedness === 'right') this.turn(x);
      else if (Math.hypot(x, y) > DEAD) this.walk(x * seconds * SPEED, y * seconds * SPEED);
    }
  }

  private walk(right: number, back: number): void {
    this.camera.getWorldDirection(this.heading).setY(0).normalize();
    const { x, z } = this.heading;
    this.rig.position.x += -z * right - x * back;
    this.rig.position.z += x * right - z * back;
  }

  private turn(x: number): void {
    if (Math.abs(x) < 0.5) this.turned = false;
    else if (!this.turned) {
      this.turned = true;
      this.rig.rotation.y -= Math.sign(x) * TURN;
    }
  }

  /** The headset's own pose comes on top of the place on the floor. */
  private readonly enter = (): void => {
    const { x, z, yaw } = this.ground();
    this.rig.position.set(x, 0, z);
    this.rig.rotation.y = yaw;
  };

  private readonly leave = (): void => {
    this.walker.eye.set(this.rig.position.x, EYE_HEIGHT, this.rig.position.z);
    this.walker.yaw = wrapped(this.rig.rotation.y);
    this.walker.pitch = 0;
    this.rig.position.set(0, 0, 0);
    this.rig.rotation.y = 0;
  };
}
