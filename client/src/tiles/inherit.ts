/**
 * Hands what is drawn over from one arrangement of a network to the next, on the GPU, so that
 * nothing turns dark until the same maps have come once more.
 */
import type { WebGLRenderer } from 'three';

import { MIPS, type LevelPlan } from './cells';
import type { LayerState, LayerStates } from './layers';
import type { Place } from './packer';
import type { Pages } from './pages';
import { mipSizes } from './pyramid';

/** The layers of an arrangement and the pages in which they lie. */
export interface Resident {
  readonly states: LayerStates;
  readonly pages: Pages;
}

/** Copies the base level of every layer that stands in both arrangements. */
export function inherit(renderer: WebGLRenderer, before: Resident, after: Resident): void {
  const gl = renderer.getContext() as WebGL2RenderingContext;
  const framebuffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
  for (const state of after.states.all) {
    const old = before.states.get(state.plan.layer);
    if (old === undefined || !isCutAlike(old.plan.base, state.plan.base)) continue;
    copyBase(before.pages, old, after.pages, state);
  }
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
  gl.deleteFramebuffer(framebuffer);
  renderer.resetState();
}

function copyBase(from: Pages, old: LayerState, to: Pages, state: LayerState): void {
  state.base.forEach((place, index) => {
    const source = old.base[index];
    if (source === undefined) return;
    copyPlace(from, source, to, place);
  });
}

function copyPlace(from: Pages, source: Place, to: Pages, target: Place): void {
  const sizes = mipSizes(target.width, target.height, MIPS.base);
  sizes.forEach(({ width, height }, mip) => {
    const at = { x: source.x >> mip, y: source.y >> mip };
    const page = to.page('base', target.page);
    page.copy(from.page('base', source.page), mip, at, { x: target.x >> mip, y: target.y >> mip, width, height });
  });
}

/** Whether the texels of one plan are those of the other, piece by piece. */
function isCutAlike(a: LevelPlan, b: LevelPlan): boolean {
  const sameCells = a.cellWidth === b.cellWidth && a.cellHeight === b.cellHeight && a.drop === b.drop;
  return sameCells && JSON.stringify(a.pieces) === JSON.stringify(b.pieces);
}
