/** The same hall in a headset: standing where the visitor stood, and walking with the thumbsticks. */
import { Vector3, type Object3D, type PerspectiveCamera, type WebGLRenderer } from 'three';

import type { Walker } from './walker';

const SPEED = 2.4;
const TURN = Math.PI / 6;
const DEAD = 0.2;

export class Immersion {
  private turned = false;
  private readonly heading = new Vector3();

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly rig: Object3D,
    private readonly camera: PerspectiveCamera,
    private readonly walker: Walker,
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

  /** The headset's own pose comes on top of where the visitor stood on the floor. */
  private readonly enter = (): void => {
    this.rig.position.set(this.walker.eye.x, 0, this.walker.eye.z);
    this.rig.rotation.y = this.walker.yaw;
  };

  private readonly leave = (): void => {
    this.walker.eye.setX(this.rig.position.x).setZ(this.rig.position.z);
    this.rig.position.set(0, 0, 0);
    this.rig.rotation.y = 0;
  };
}
