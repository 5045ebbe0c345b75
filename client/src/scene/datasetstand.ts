/** The dataset panel stands beside the frame of the network that the visitor is nearest to. */
import { computed, effect } from '@preact/signals-core';
import type { Object3D, Vector3 } from 'three';

import type { Actions } from '../model/actions';
import type { State } from '../model/state';
import type { Board } from './board';
import { DatasetPanel } from './datasetpanel';
import type { Glyphs } from './glyphs';

export class DatasetStand {
  private panel: DatasetPanel | null = null;
  /** Stands it elsewhere; null: beside the frame. */
  private elsewhere: ((panel: Object3D) => void) | null = null;

  constructor(
    private readonly hall: Object3D,
    private readonly state: State,
    private readonly actions: Actions,
    private readonly glyphs: Glyphs,
  ) {}

  /** Follows the state from now on; `moved`: called when another panel stands. */
  follow(moved: () => void): void {
    const frame = computed(() => this.state.current.value?.hall.value?.arrangement.input_frame);
    effect(() => {
      const place = frame.value;
      if (place === undefined) return;
      this.panel?.dispose();
      this.panel = new DatasetPanel(place, this.state, this.actions, this.glyphs);
      this.hall.add(this.panel.board.object);
      this.elsewhere?.(this.panel.board.object);
      moved();
    });
    effect(() => {
      const draw = this.state.draw.value;
      // Read, so that a panel that was moved shows it, too.
      if (frame.value !== undefined) this.panel?.show(draw);
    });
  }

  /** Has the panel, and those that take its place, stood elsewhere; null: beside the frame. */
  bring(elsewhere: ((panel: Object3D) => void) | null): void {
    this.elsewhere = elsewhere;
    if (this.panel === null) return;
    if (elsewhere === null) this.panel.goHome();
    else elsewhere(this.panel.board.object);
  }

  get boards(): readonly Board[] {
    return this.panel === null ? [] : [this.panel.board];
  }

  /** Where it shows an image's picture (by id) or a button (by label); null where it does not. */
  centreOf(name: string): Vector3 | null {
    return this.panel?.centreOf(name) ?? null;
  }
}
