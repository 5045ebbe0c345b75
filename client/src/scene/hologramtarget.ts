/**
 * The hologram as something to point at: it tells the value there; the wheel makes it larger and
 * then nearer; a click shows it on the full screen, or in a headset twice as near.
 */
import type { Ray } from 'three';

import type { Actions } from '../model/actions';
import { peek } from '../model/peek';
import type { State } from '../model/state';
import { LARGEST_ZOOM } from './lens';
import type { Pickable, Reach } from './pointing';
import type { Tool } from './tool';

/** Growth per pixel of the wheel. */
const GROWTH = 0.0012;
const CLICK_GROWTH = 2;

export class HologramTarget implements Pickable {
  readonly cursor = 'zoom-in';

  constructor(
    private readonly tool: Tool,
    private readonly state: State,
    private readonly actions: Actions,
  ) {}

  pick(ray: Ray, reach: Reach): boolean {
    if (!this.tool.object.visible || !this.tool.hologram.pick(ray, reach)) return false;
    // On a screen it is drawn before everything else.
    if (!peek(this.state.immersed)) reach.metres = 0;
    return true;
  }

  over(): void {
    const { hologram } = this.tool;
    hologram.point(hologram.met.x, hologram.met.y);
  }

  out(): void {
    this.tool.hologram.unpoint();
  }

  click(): void {
    if (!this.state.immersed.peek()) {
      this.actions.magnify(this.state.held.peek());
      return;
    }
    const { hologram } = this.tool;
    const factor = hologram.lens.zoom < LARGEST_ZOOM ? CLICK_GROWTH : 1 / LARGEST_ZOOM;
    hologram.zoom(factor, hologram.met.x, hologram.met.y);
  }

  wheel(pixels: number): boolean {
    const { hologram } = this.tool;
    hologram.enlarge(Math.exp(-pixels * GROWTH), hologram.met.x, hologram.met.y);
    return true;
  }
}
