/** Whom the pointer means: the nearest of all that can be pointed at, once a frame at most. */
import { Raycaster, type PerspectiveCamera, type Ray, type Vector2 } from 'three';

import type { LayerPlace } from '../model/pointed';

/** Something that can be pointed at. */
export interface Pickable {
  /** Distance along the ray, or null beside it; remembers what was hit. */
  pick(ray: Ray): number | null;
  /** The pointer is on it, at what `pick` remembered. */
  over(): void;
  out(): void;
  /** What a press would do here, as a CSS cursor. */
  readonly cursor: string;
  /** What a press would do here, in words; null where the cursor says enough. */
  readonly hint?: string | null;
  click?(button: number, shift: boolean): void;
  wheel?(pixels: number): void;
  /** The panel that is taken along when one drags from here; null where nothing is. */
  grip?(): LayerPlace | null;
}

export class Pointing {
  private readonly raycaster = new Raycaster();
  private current: Pickable | null = null;
  private stale = true;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly camera: PerspectiveCamera,
    /** Where the pointer is on the screen, -1..1; farther out when it is elsewhere. */
    private readonly at: Vector2,
    private readonly pickables: () => readonly Pickable[],
  ) {}

  /** Whether the pointer is on nothing. */
  get onVoid(): boolean {
    return this.current === null;
  }

  /** Something moved: look again before the next frame. */
  invalidate(): void {
    this.stale = true;
  }

  update(): void {
    if (!this.stale) return;
    this.stale = false;
    const found = this.nearest();
    // Of a hall that stands no more there is nothing to leave.
    const stands = this.current !== null && this.pickables().includes(this.current);
    if (found !== this.current && stands) this.current?.out();
    this.current = found;
    found?.over();
    const cursor = found?.cursor ?? 'grab';
    if (this.canvas.style.cursor !== cursor) this.canvas.style.cursor = cursor;
    const hint = found?.hint ?? '';
    if (this.canvas.title !== hint) this.canvas.title = hint;
  }

  click(button: number, shift: boolean): void {
    this.stale = true;
    this.update();
    this.current?.click?.(button, shift);
  }

  /** Whether what the pointer is on takes the wheel. */
  wheel(pixels: number): boolean {
    this.update();
    if (this.current?.wheel === undefined) return false;
    this.current.wheel(pixels);
    return true;
  }

  private nearest(): Pickable | null {
    if (Math.abs(this.at.x) > 1 || Math.abs(this.at.y) > 1) return null;
    this.raycaster.setFromCamera(this.at, this.camera);
    let best: Pickable | null = null;
    let least = Infinity;
    for (const one of this.pickables()) {
      const distance = one.pick(this.raycaster.ray);
      if (distance === null || distance >= least) continue;
      least = distance;
      best = one;
    }
    return best;
  }
}
