/** The visitor at a screen: keyboard and mouse move them and point, flights carry them. */
import { Matrix4, type PerspectiveCamera, type Vector3 } from 'three';

import { Flight } from './flight';
import { Keys } from './keys';
import { Mouse } from './mouse';
import { MouseSight, Pointing, type Pickable } from './pointing';
import { Walker, type Pose } from './walker';

export class Desk {
  readonly walker = new Walker();
  readonly flight = new Flight(this.walker);
  readonly pointing: Pointing;
  private readonly keys: Keys;
  private readonly mouse: Mouse;
  private readonly view = new Matrix4();

  constructor(
    canvas: HTMLCanvasElement,
    private readonly camera: PerspectiveCamera,
    pickables: () => readonly Pickable[],
  ) {
    const stopFlight = (): void => {
      this.flight.cancel();
    };
    const lookAgain = (): void => {
      this.pointing.invalidate();
    };
    this.keys = new Keys(stopFlight);
    const fieldOfView = (): number => (camera.fov * Math.PI) / 180;
    this.mouse = new Mouse(canvas, this.walker, fieldOfView, {
      moved: lookAgain,
      left: lookAgain,
      steered: stopFlight,
      wheeled: (pixels) => this.pointing.wheel(pixels),
      clicked: (button, shift) => {
        this.pointing.click(button, shift);
        this.pointing.release();
        if (button === 0 && this.pointing.target === null && !this.mouse.locked) this.mouse.lock();
      },
    });
    this.pointing = new Pointing(new MouseSight(canvas, camera, this.mouse.at), pickables);
  }

  /** One frame; returns whether the view moved. */
  step(seconds: number): boolean {
    if (this.flight.flying) this.flight.step(seconds);
    else this.walker.step(seconds, this.keys.steering);
    this.apply();
    if (this.camera.matrix.equals(this.view)) return false;
    this.view.copy(this.camera.matrix);
    this.pointing.invalidate();
    return true;
  }

  stand({ eye, yaw, pitch }: Pose): void {
    this.flight.cancel();
    this.place(eye, yaw, pitch);
    this.apply();
  }

  fly(pose: Pose, still: boolean): void {
    this.flight.start(pose, still);
    // Who acts before the next frame acts where a jump has led.
    if (!this.flight.flying) this.apply();
  }

  /** Without the camera: what the visitor comes back to from a headset. */
  place(eye: Vector3, yaw: number, pitch: number): void {
    this.walker.eye.copy(eye);
    this.walker.yaw = yaw;
    this.walker.pitch = pitch;
    this.walker.halt();
  }

  private apply(): void {
    this.walker.apply(this.camera);
    this.camera.updateMatrixWorld();
  }
}
