/** The pages of both levels, and which layers each of them draws. */
import type { Object3D, WebGLRenderer } from 'three';

import { MIPS, PAGE_SIZE, type Level } from './cells';
import { addInstances, type Instance } from './instances';
import type { LayerState } from './layers';
import type { Packer } from './packer';
import { MAP_TEXELS, Page } from './page';
import { PanelGroup, type PageMesh } from './panels';
import type { Poses } from './poses';
import { MAPS_FRAGMENT } from './shaders';

/** A page with what is drawn of it. */
interface DrawnPage {
  readonly level: Level;
  readonly index: number;
  readonly page: Page;
  readonly mesh: PageMesh;
  /** The layers that have a piece in the page, drawn or not. */
  readonly owners: Set<LayerState>;
  isChanged: boolean;
}

export class Pages {
  readonly object: Object3D;
  readonly panels: PanelGroup;
  private isChanged = true;
  private readonly all: DrawnPage[] = [];
  private readonly byLevel: Readonly<Record<Level, DrawnPage[]>> = { base: [], detail: [] };

  constructor(
    private readonly renderer: WebGLRenderer,
    poses: Poses,
    private readonly basePacker: Packer,
  ) {
    this.panels = new PanelGroup(poses);
    this.object = this.panels.object;
  }

  /** Bytes of all pages with their mip levels. */
  get bytes(): number {
    return this.all.reduce((bytes, { page }) => bytes + page.bytes, 0);
  }

  page(level: Level, index: number): Page {
    return this.drawn(level, index).page;
  }

  /** Tells the pages in which a layer's level lies that the layer is there. */
  own(state: LayerState, level: Level): void {
    for (const { page } of state[level] ?? []) {
      const drawn = this.drawn(level, page);
      drawn.owners.add(state);
    }
    this.markChanged(state);
  }

  /** Tells the detail pages that a layer is no longer there. */
  disownDetail(state: LayerState): void {
    for (const drawn of this.byLevel.detail) {
      if (drawn.owners.delete(state)) drawn.isChanged = true;
    }
    this.markChanged(state);
  }

  /** Draws this level of a layer from now on. */
  show(state: LayerState, level: Level): void {
    if (state.shows === level) return;
    state.shows = level;
    this.markChanged(state);
  }

  /** What is drawn of a layer is no longer the same. */
  markChanged(state: LayerState): void {
    this.isChanged = true;
    for (const { page } of state.base) this.drawn('base', page).isChanged = true;
    for (const { page } of state.detail ?? []) this.drawn('detail', page).isChanged = true;
  }

  /** Brings the draws up to date. */
  drawChanged(): void {
    if (!this.isChanged) return;
    this.isChanged = false;
    for (const drawn of this.all) if (drawn.isChanged) draw(drawn, this.panels.poses);
  }

  /** Reads the texels of one map back; see `Tiles.texel`. */
  read({ plan, base, detail, baseRun, detailRun }: LayerState, channel: number, level: Level): Uint8Array {
    const places = level === 'base' ? base : detail;
    const levelPlan = plan[level];
    if (!places || !levelPlan || (level === 'base' ? baseRun : detailRun) < 0) {
      throw new Error(`The ${level} level of ${plan.layer} is not on the GPU.`);
    }
    const column = channel % plan.columns;
    const row = Math.floor(channel / plan.columns);
    const index = levelPlan.pieces.findIndex(
      (piece) =>
        column - piece.column < piece.columns &&
        column >= piece.column &&
        row - piece.row < piece.rows &&
        row >= piece.row,
    );
    const piece = levelPlan.pieces[index];
    const place = places[index];
    if (!piece || !place) throw new Error(`${plan.layer} has no channel ${channel}.`);
    return this.page(level, place.page).read(
      place.x + (column - piece.column) * levelPlan.cellWidth,
      place.y + (row - piece.row) * levelPlan.cellHeight,
      Math.ceil(levelPlan.width / 2 ** levelPlan.drop),
      Math.ceil(levelPlan.height / 2 ** levelPlan.drop),
    );
  }

  /** Outlines one cell; none with panel -1. */
  outline(panel: number, column: number, row: number): void {
    this.panels.outline(panel, column, row);
  }

  /** Makes all textures anew, empty, after the context was lost. */
  recreate(): void {
    for (const { page } of this.all) page.create();
  }

  dispose(): void {
    for (const { page, mesh } of this.all) {
      mesh.dispose();
      page.dispose();
    }
  }

  private drawn(level: Level, index: number): DrawnPage {
    const pages = this.byLevel[level];
    for (let next = pages.length; next <= index; next += 1) {
      // The base level is placed once, so its pages are only as high as what they hold.
      const height = level === 'base' ? this.basePacker.usedHeight(next) : PAGE_SIZE;
      const page = new Page(this.renderer, height, MIPS[level], MAP_TEXELS);
      const mesh = this.panels.add(page, MAPS_FRAGMENT);
      const drawn = { level, index: next, page, mesh, owners: new Set<LayerState>(), isChanged: false };
      pages.push(drawn);
      this.all.push(drawn);
    }
    const drawn = pages[index];
    if (drawn === undefined) throw new Error(`There is no ${level} page ${index}.`);
    return drawn;
  }
}

function draw(drawn: DrawnPage, poses: Poses): void {
  const { level } = drawn;
  drawn.isChanged = false;
  const instances: Instance[] = [];
  for (const state of drawn.owners) {
    const plan = state.plan[level];
    if (state.isTurned || state.shows !== level || plan === null) continue;
    const shrink = 2 ** plan.drop;
    const cell = { width: plan.cellWidth, height: plan.cellHeight };
    const inner = { width: plan.width / shrink, height: plan.height / shrink };
    const { index: panel } = state;
    const cells = { panel, grid: poses.grid(panel), pieces: plan.pieces, places: state[level] ?? [], cell, inner };
    addInstances(instances, cells, drawn.index);
  }
  drawn.mesh.show(instances);
}
