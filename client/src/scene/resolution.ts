/**
 * How many pixels are drawn. A graphics card draws all; the processor draws fewer while the
 * view moves, and all again when it rests.
 */
import type { WebGLRenderer } from 'three';

import type { Step } from './clock';

const MAX_RATIO = 2;
const MOVING_RATIO = 0.6;
const REST_SECONDS = 0.35;

export class Resolution {
  private rested = 0;
  private moving = false;

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly software: boolean,
  ) {
    renderer.setPixelRatio(this.full);
  }

  private get full(): number {
    return Math.min(window.devicePixelRatio, this.software ? 1 : MAX_RATIO);
  }

  /** The window changed, and with it perhaps the screen. */
  refresh(): void {
    this.renderer.setPixelRatio(this.moving ? MOVING_RATIO * this.full : this.full);
  }

  /** Once a frame, outside of VR. */
  update({ step }: Step, moved: boolean): void {
    if (!this.software) return;
    if (moved) this.rested = 0;
    else this.rested += step;
    const moving = this.rested < REST_SECONDS;
    if (moving === this.moving) return;
    this.moving = moving;
    this.refresh();
  }
}
