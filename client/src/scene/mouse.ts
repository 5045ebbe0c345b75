/**
 * Mouse and fingers on the canvas: looking about by drag or pointer lock, walking with two
 * fingers or the wheel, and telling a click from a drag, and a drag that takes something along.
 */
import { Vector2 } from 'three';

import type { Modifiers } from './carrying';
import { TEXT } from './palette';
import type { Walker } from './walker';

/** What the rest of the scene is told; the mouse's own keys come with what they change. */
export interface PointerTarget {
  /** The pointer is elsewhere on the canvas, or the view moved under it. */
  moved(): void;
  /** Pressed and released in one place. */
  clicked(button: number, shift: boolean): void;
  left(): void;
  /** The view is turned or moved by hand. */
  steered(): void;
  /** Whether the wheel means something where the pointer is; else one moves along the view. */
  wheeled(pixels: number, modifiers: Modifiers): boolean;
  /** A press becomes a drag: whether it takes something along from where the pointer is. */
  takes(): boolean;
  /** What was taken is dragged; what modifiers are held may be new. */
  carried(modifiers: Modifiers): void;
  /** What was taken is let go. */
  dropped(): void;
}

const CLICK_PIXELS = 4;
const TOUCH_CLICK_PIXELS = 10;
const LOCKED_RADIANS = 0.0022;
const FINGER_METRES = 0.018;
const LINE_PIXELS = 33;

export class Mouse {
  /** Where the pointer is, -1..1 on both axes; the middle while it is locked. */
  readonly at = new Vector2(2, 2);
  private readonly fingers = new Map<number, Vector2>();
  private readonly start = new Vector2();
  private dragging = false;
  private carrying = false;
  /** In pixels, while the pointer is locked. */
  private lookedAbout = 0;
  private pressedButton: number | null = null;
  /** Marks the middle of the view, where the pointer is while it is locked. */
  private readonly reticle = makeReticle();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly walker: Walker,
    /** The camera's vertical field of view, in rad. */
    private readonly fieldOfView: () => number,
    private readonly target: PointerTarget,
  ) {
    canvas.style.touchAction = 'none';
    canvas.addEventListener('pointerdown', this.down);
    canvas.addEventListener('pointermove', this.move);
    canvas.addEventListener('pointerup', this.up);
    canvas.addEventListener('pointercancel', this.cancel);
    canvas.addEventListener('pointerleave', this.leave);
    canvas.addEventListener('wheel', this.wheel, { passive: false });
    canvas.addEventListener('contextmenu', prevent);
    document.addEventListener('pointerlockchange', this.lockChange);
    this.reticle.hidden = true;
    canvas.after(this.reticle);
  }

  get locked(): boolean {
    return document.pointerLockElement === this.canvas;
  }

  /** Takes the pointer for looking about; a browser that refuses leaves looking by drag. */
  lock(): void {
    // The request may answer with a promise that fails when the visitor leaves at once.
    void Promise.resolve(this.canvas.requestPointerLock()).catch(() => undefined);
  }

  private readonly down = (event: PointerEvent): void => {
    this.fingers.set(event.pointerId, new Vector2(event.clientX, event.clientY));
    if (this.fingers.size > 1) {
      this.dragging = true; // A second finger is never a click.
      return;
    }
    this.canvas.setPointerCapture(event.pointerId);
    this.start.set(event.clientX, event.clientY);
    this.dragging = false;
    this.lookedAbout = 0;
    this.pressedButton = event.button;
    this.place(event);
    this.target.moved();
  };

  private readonly move = (event: PointerEvent): void => {
    if (this.locked) {
      this.dragLocked(event);
      this.walker.look(-event.movementX * LOCKED_RADIANS, -event.movementY * LOCKED_RADIANS);
      this.target.steered();
      return;
    }
    const finger = this.fingers.get(event.pointerId);
    if (finger !== undefined) this.drag(event, finger);
    this.place(event);
    if (this.carrying) this.target.carried(modifiersOf(event));
    else this.target.moved();
  };

  private drag(event: PointerEvent, finger: Vector2): void {
    const dx = event.clientX - finger.x;
    const dy = event.clientY - finger.y;
    finger.set(event.clientX, event.clientY);
    if (this.carrying) return;
    if (this.fingers.size > 1) {
      this.walker.glide((-dx * FINGER_METRES) / 2, (dy * FINGER_METRES) / 2);
      this.target.steered();
      return;
    }
    const limit = event.pointerType === 'touch' ? TOUCH_CLICK_PIXELS : CLICK_PIXELS;
    const away = Math.hypot(event.clientX - this.start.x, event.clientY - this.start.y);
    if (!this.dragging && away <= limit) return;
    if (!this.dragging && this.take(this.start)) return;
    this.dragging = true;
    // What is under the pointer stays under it.
    const perPixel = this.fieldOfView() / Math.max(1, this.canvas.clientHeight);
    this.walker.look(dx * perPixel, dy * perPixel);
    this.target.steered();
  }

  /** While the pointer is locked a press and looking about takes along what the middle of the view is on. */
  private dragLocked(event: PointerEvent): void {
    if (this.pressedButton === null || this.dragging) return;
    this.lookedAbout += Math.hypot(event.movementX, event.movementY);
    if (this.lookedAbout > CLICK_PIXELS) this.take(null);
  }

  /** Takes what is where the press began; null: where the pointer is. */
  private take(start: Vector2 | null): boolean {
    if (this.pressedButton !== 0) return false;
    if (start !== null) this.placeAt(start.x, start.y);
    this.carrying = this.target.takes();
    this.dragging ||= this.carrying;
    return this.carrying;
  }

  private drop(): void {
    if (this.carrying) this.target.dropped();
    this.carrying = false;
  }

  private readonly up = (event: PointerEvent): void => {
    this.fingers.delete(event.pointerId);
    if (this.fingers.size > 0 || this.pressedButton === null) return;
    this.place(event);
    this.drop();
    if (!this.dragging) this.target.clicked(this.pressedButton, event.shiftKey);
    this.pressedButton = null;
    this.dragging = false;
    if (event.pointerType === 'touch') this.leave();
  };

  private readonly cancel = (event: PointerEvent): void => {
    this.fingers.delete(event.pointerId);
    this.drop();
    this.pressedButton = null;
    this.dragging = false;
  };

  private readonly leave = (): void => {
    if (this.locked || this.fingers.size > 0) return;
    this.at.set(2, 2);
    this.target.left();
  };

  private readonly wheel = (event: WheelEvent): void => {
    if (event.ctrlKey) return; // The browser's zoom.
    event.preventDefault();
    // With Shift some systems turn the wheel sideways.
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    const pixels = delta * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1);
    if (this.target.wheeled(pixels, modifiersOf(event))) return;
    this.walker.roll(pixels);
    this.target.steered();
  };

  private readonly lockChange = (): void => {
    if (this.locked) this.at.set(0, 0);
    else this.at.set(2, 2);
    this.reticle.hidden = !this.locked;
    this.target.moved();
  };

  private place(event: PointerEvent): void {
    this.placeAt(event.clientX, event.clientY);
  }

  private placeAt(x: number, y: number): void {
    if (this.locked) return;
    const box = this.canvas.getBoundingClientRect();
    this.at.set(
      ((x - box.left) / Math.max(1, box.width)) * 2 - 1,
      1 - ((y - box.top) / Math.max(1, box.height)) * 2,
    );
  }
}

function modifiersOf({ shiftKey, altKey }: MouseEvent): Modifiers {
  return { shift: shiftKey, alt: altKey };
}

function prevent(event: Event): void {
  event.preventDefault();
}

function makeReticle(): HTMLElement {
  const reticle = document.createElement('div');
  Object.assign(reticle.style, {
    position: 'absolute',
    left: '50%',
    top: '50%',
    width: '10px',
    height: '10px',
    margin: '-6px 0 0 -6px',
    border: `1.5px solid ${TEXT}`,
    borderRadius: '50%',
    boxShadow: '0 0 4px rgb(0 0 0 / 70%)',
    pointerEvents: 'none',
  });
  return reticle;
}
