/** Which level of each layer is drawn, and whose detail is wanted next: by where the eye is. */
import { Vector3, type Camera } from 'three';

import { hasDetail, type LayerState, type LayerStates } from './layers';
import { cellPixels, pixelsPerMetre, wantsDetail } from './lod';
import type { Pages } from './pages';
import type { Poses } from './poses';

export class Levels {
  private readonly eye = new Vector3();
  /** All layers, in the order of their distance when that was asked for last. */
  private readonly nearest: LayerState[];
  private readonly wantedLayers: string[] = [];
  private readonly name = (state: LayerState, rank: number): void => {
    this.wantedLayers[rank] = state.plan.layer;
  };
  private frame = 0;

  constructor(
    private readonly states: LayerStates,
    private readonly poses: Poses,
    private readonly pages: Pick<Pages, 'show'>,
  ) {
    this.nearest = [...states.all];
  }

  /** Call once a frame: draws the detail level of what is near enough and has it. */
  choose(camera: Camera, viewportHeight: number): void {
    this.frame += 1;
    const { distances, cellSides } = this.measure(camera);
    const perMetre = pixelsPerMetre(camera, viewportHeight);
    for (const state of this.states.all) {
      if (state.detail === null) continue;
      const pixels = cellPixels(cellSides[state.index] ?? 0, distances[state.index] ?? Infinity, perMetre);
      const isDetail = hasDetail(state) && wantsDetail(pixels, state.shows === 'detail');
      this.pages.show(state, isDetail ? 'detail' : 'base');
      if (isDetail) state.lastShown = this.frame;
    }
  }

  /** Returns the layers whose detail is wanted, nearest first, in the same list every time. */
  wanted(camera: Camera): readonly string[] {
    sortBy(this.nearest, this.measure(camera).distances);
    const { wantedLayers } = this;
    const wanted = this.states.want(this.nearest);
    wanted.forEach(this.name);
    wantedLayers.length = wanted.length;
    return wantedLayers;
  }

  private measure(camera: Camera): Poses {
    this.poses.measureAll(this.eye.setFromMatrixPosition(camera.matrixWorld));
    return this.poses;
  }
}

/** Sorts in place what is nearly in order, the least key first; nothing is allocated. */
function sortBy(states: LayerState[], keys: Float64Array): void {
  for (let end = 1; end < states.length; end += 1) {
    const state = states[end];
    if (state === undefined) continue;
    let at = end;
    for (let before = states[at - 1]; before !== undefined; before = states[at - 1]) {
      if ((keys[before.index] ?? 0) <= (keys[state.index] ?? 0)) break;
      states[at] = before;
      at -= 1;
    }
    states[at] = state;
  }
}
