/** Whom a ray means: the nearest of all that can be pointed at. The mouse has one, and each hand. */
import { Ray, Raycaster, type PerspectiveCamera, type Vector2 } from 'three';

import type { LayerPlace } from '../model/pointed';

/** How far along a ray something is, in m; written to, because a number that is returned is an object each time. */
export class Reach {
  metres = Infinity;
}

/** Something that can be pointed at. */
export interface Pickable {
  /** Whether the ray meets it; then `reach` tells how far along, and it remembers what was hit. */
  pick(ray: Ray, reach: Reach): boolean;
  /** The pointer is on it, at what `pick` remembered. */
  over(): void;
  out(): void;
  /** What a press would do here, as a CSS cursor. */
  readonly cursor: string;
  /** What a press would do here, in words; null where the cursor says enough. */
  readonly hint?: string | null;
  click?(button: number, shift: boolean): void;
  /** Whether a turn of the wheel means something here. */
  wheel?(pixels: number): boolean;
  /** Once a frame while the press that `click` told of is held, wherever the ray has gone. */
  drag?(ray: Ray): void;
  /** The press is over. */
  drop?(): void;
  /** The panel that is taken along when one drags from here; null where nothing is. */
  grip?(): LayerPlace | null;
  /** Whether a drag with the trigger or the mouse takes it along, too; a squeeze always does. */
  readonly drags?: boolean;
}

/** The nearest thing that a ray meets; null and infinity where it meets none. */
export interface Met {
  pickable: Pickable | null;
  distance: number;
}

const reach = new Reach();

/** Looks along a ray and writes what it meets; that one remembers where. */
export function lookAlong(ray: Ray, pickables: readonly Pickable[], met: Met): void {
  met.pickable = null;
  met.distance = Infinity;
  for (let at = 0; at < pickables.length; at += 1) {
    const one = pickables[at];
    if (one?.pick(ray, reach) !== true || reach.metres >= met.distance) continue;
    met.distance = reach.metres;
    met.pickable = one;
  }
}

/** Where a pointer's ray comes from, and how it tells what it is on. */
export interface Sight {
  /** Writes the ray; false while there is none. */
  aim(ray: Ray): boolean;
  show(found: Pickable | null): void;
}

export class Pointing {
  /** As it was last looked along. */
  readonly ray = new Ray();
  /** What the ray met when it was last looked along. */
  readonly met: Met = { pickable: null, distance: Infinity };
  private current: Pickable | null = null;
  private pressed: Pickable | null = null;
  private stale = true;

  constructor(
    private readonly sight: Sight,
    private readonly pickables: () => readonly Pickable[],
  ) {}

  /** What the ray is on; null where that is nothing. */
  get target(): Pickable | null {
    return this.current;
  }

  /** Something moved: look again before the next frame. */
  invalidate(): void {
    this.stale = true;
  }

  update(): void {
    if (!this.stale) return;
    this.stale = false;
    this.be(this.nearest());
  }

  /** Presses what is there now; the press is held until `release`. */
  click(button: number, shift: boolean): void {
    this.stale = true;
    this.update();
    this.pressed = this.current;
    this.current?.click?.(button, shift);
  }

  /** Once a frame while the press is held. */
  drag(): void {
    if (this.pressed?.drag !== undefined && this.sight.aim(this.ray)) this.pressed.drag(this.ray);
  }

  release(): void {
    this.pressed?.drop?.();
    this.pressed = null;
  }

  /** Whether what the pointer is on takes the wheel. */
  wheel(pixels: number): boolean {
    this.update();
    if (this.current?.wheel?.(pixels) !== true) return false;
    // What it moved may lie under the ray otherwise now.
    this.stale = true;
    return true;
  }

  /** Points at nothing until it is asked again. */
  leave(): void {
    this.release();
    this.met.distance = Infinity;
    this.be(null);
    this.stale = true;
  }

  private be(found: Pickable | null): void {
    // Of a hall that stands no more there is nothing to leave.
    const stands = this.current !== null && this.pickables().includes(this.current);
    if (found !== this.current && stands) this.current?.out();
    this.current = found;
    found?.over();
    this.sight.show(found);
  }

  private nearest(): Pickable | null {
    const isAimed = this.sight.aim(this.ray);
    lookAlong(this.ray, isAimed ? this.pickables() : NOTHING, this.met);
    return this.met.pickable;
  }
}

const NOTHING: readonly Pickable[] = [];

/** Along a ray to the nearest of these, in m; infinite where it meets none. */
export function distanceAlong(ray: Ray, pickables: readonly Pickable[]): number {
  return pickables.reduce((least, one) => (one.pick(ray, reach) ? Math.min(least, reach.metres) : least), Infinity);
}

/** The mouse on the canvas. */
export class MouseSight implements Sight {
  private readonly raycaster = new Raycaster();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly camera: PerspectiveCamera,
    /** Where the pointer is on the screen, -1..1; farther out when it is elsewhere. */
    private readonly at: Vector2,
  ) {}

  aim(ray: Ray): boolean {
    if (Math.abs(this.at.x) > 1 || Math.abs(this.at.y) > 1) return false;
    this.raycaster.setFromCamera(this.at, this.camera);
    ray.copy(this.raycaster.ray);
    return true;
  }

  show(found: Pickable | null): void {
    const cursor = found?.cursor ?? 'grab';
    if (this.canvas.style.cursor !== cursor) this.canvas.style.cursor = cursor;
    const hint = found?.hint ?? '';
    if (this.canvas.title !== hint) this.canvas.title = hint;
  }
}
