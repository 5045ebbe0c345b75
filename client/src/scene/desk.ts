/** The visitor at a screen: keyboard and mouse move them and point, flights carry them. */
import { Matrix4, Vector3, type PerspectiveCamera } from 'three';

import { Carrying, type Modifiers } from './carrying';
import type { Clock } from './clock';
import { Flight } from './flight';
import type { Grabs } from './grabs';
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
  private readonly carrying: Carrying;
  private modifiers: Modifiers = { shift: false, alt: false };
  private readonly point = new Vector3();
  /** Something is dragged that moves itself, as a slider. */
  private sliding = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly camera: PerspectiveCamera,
    pickables: () => readonly Pickable[],
    grabs: Grabs,
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
      wheeled: (pixels, modifiers) => this.wheel(pixels, modifiers),
      takes: () => this.take(),
      carried: (modifiers) => {
        this.modifiers = modifiers;
      },
      dropped: () => {
        this.carrying.drop();
        this.endDrag();
      },
      clicked: (button, shift) => {
        this.pointing.click(button, shift);
        this.pointing.release();
        if (button === 0 && this.pointing.target === null && !this.mouse.locked) this.mouse.lock();
      },
    });
    this.pointing = new Pointing(new MouseSight(canvas, camera, this.mouse.at), pickables);
    this.carrying = new Carrying(camera, this.mouse.at, grabs);
    window.addEventListener('keydown', this.putBack, { capture: true });
  }

  /** One frame; returns whether the view moved. */
  step(clock: Clock): boolean {
    if (this.flight.flying) this.flight.step(clock);
    else this.walker.step(clock, this.keys.steering);
    this.apply();
    if (this.camera.matrix.equals(this.view)) return false;
    this.view.copy(this.camera.matrix);
    this.pointing.invalidate();
    return true;
  }

  /** Looks what the pointer is on; while it carries something that is where it is. */
  look(): void {
    if (this.carrying.active) this.carrying.update(this.modifiers);
    else if (this.sliding) this.pointing.drag();
    else this.pointing.update();
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

  /** A press becomes a drag: takes along a panel, or what is pressed and dragged itself. */
  private take(): boolean {
    this.pointing.invalidate();
    this.pointing.update();
    const { target, ray, met } = this.pointing;
    this.sliding = target?.drag !== undefined;
    if (this.sliding) this.pointing.click(0, false);
    const place = target?.drags === true ? (target.grip?.() ?? null) : null;
    if (place !== null) {
      this.carrying.take(place, ray.at(met.distance, this.point));
      this.canvas.style.cursor = 'grabbing';
    }
    return this.sliding || place !== null;
  }

  private endDrag(): void {
    if (this.sliding) this.pointing.release();
    this.sliding = false;
    this.pointing.invalidate();
  }

  private wheel(pixels: number, modifiers: Modifiers): boolean {
    if (!this.carrying.active) return this.pointing.wheel(pixels);
    this.carrying.wheel(pixels, modifiers);
    return true;
  }

  private readonly putBack = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.carrying.active) return;
    event.stopImmediatePropagation();
    this.carrying.putBack();
    this.endDrag();
  };

  private apply(): void {
    this.walker.apply(this.camera);
    this.camera.updateMatrixWorld();
  }
}
