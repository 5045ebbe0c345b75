/** The whole walk as a small model on the board: one points at a panel and is there. */
import { signal } from '@preact/signals-core';
import type { Ray } from 'three';

import type { Gaze } from '../../xr/gaze';
import type { Minimap } from '../../xr/minimap';
import type { Pickable, Reach } from '../../scene/pointing';
import { HEIGHT, type Page } from '../largeboard';
import { line, type Row } from '../parts';

/** The model's box on the board, in ems: across, and up. */
const ROOM = { width: 26, height: 16 } as const;
/** Before the board, so that the model stands out of it. */
const OUT = 0.4;
/** How far below the board's middle the model's is. */
const BELOW = HEIGHT / 2 - ROOM.height / 2 - 0.9;

export class MapPage implements Page, Pickable {
  readonly name = 'Map';
  readonly within = 'Places';
  readonly fills = true;
  /** What is pointed at. */
  private readonly named = signal<string | null>(null);

  constructor(private readonly minimap: Minimap) {
    // First out of the board, then perhaps turned on it.
    minimap.object.rotation.order = 'ZXY';
    minimap.object.rotation.x = Math.PI / 2;
    minimap.object.position.set(0, -BELOW, OUT);
  }

  rows(): readonly Row[] {
    const hint = this.named.value;
    return [line(hint ?? 'Point at a panel of the walk and press to go there.', hint === null ? 'muted' : 'title')];
  }

  /** Once a frame; `shown`: whether the board shows this page. */
  update(shown: boolean, gaze: Gaze): void {
    const { object } = this.minimap;
    object.visible = shown;
    if (!shown) return;
    const { width, depth, hint } = this.minimap;
    const upright = Math.min(ROOM.width / width, ROOM.height / depth);
    const lying = Math.min(ROOM.width / depth, ROOM.height / width);
    // A long walk leads to the right, where it has more room than upwards.
    object.rotation.z = lying > upright ? -Math.PI / 2 : 0;
    object.scale.setScalar(Math.max(upright, lying));
    this.minimap.update(gaze);
    this.named.value = hint;
  }

  get cursor(): string {
    return this.minimap.cursor;
  }

  pick(ray: Ray, reach: Reach): boolean {
    return this.minimap.object.visible && this.minimap.pick(ray, reach);
  }

  over(): void {
    this.minimap.over();
  }

  out(): void {
    this.minimap.out();
  }

  click(button: number): void {
    this.minimap.click(button);
  }
}
