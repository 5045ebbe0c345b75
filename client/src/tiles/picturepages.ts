/** The pages of pictures, and what each of them draws. */
import type { WebGLRenderer } from 'three';

import { PAGE_SIZE } from './cells';
import { addInstances, type Instance } from './instances';
import type { Place } from './packer';
import { Page, type TexelFormat } from './page';
import type { PageMesh, PanelGroup } from './panels';
import { PICTURE_MIPS, type Extent, type PicturePlan } from './picturecells';
import { PICTURE_BYTES } from './picturemips';
import { PICTURES_FRAGMENT } from './pictureshader';

const PICTURE_TEXELS: TexelFormat = { internal: 'SRGB8_ALPHA8', channels: 'RGBA', bytes: PICTURE_BYTES };

/** A panel that shows pictures. */
export interface PicturedPanel {
  readonly index: number;
  /** What a picture takes of a cell. */
  readonly share: Extent;
}

/** Where the pictures of a panel lie. */
export interface PlacedPictures {
  readonly plan: PicturePlan;
  /** A place for each piece of the plan. */
  readonly places: readonly Place[];
}

interface DrawnPage {
  readonly page: Page;
  readonly mesh: PageMesh;
  instances: Instance[];
}

export class PicturePages {
  private readonly all: DrawnPage[] = [];

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly panels: PanelGroup,
  ) {}

  /** Bytes of all pages with their mip levels. */
  get bytes(): number {
    return this.all.reduce((bytes, { page }) => bytes + page.bytes, 0);
  }

  page(index: number): Page {
    return this.drawn(index).page;
  }

  /** Draws nothing but what is added from now on, as soon as it is shown. */
  begin(): void {
    for (const drawn of this.all) drawn.instances = [];
  }

  add({ index: panel, share: inner }: PicturedPanel, { plan, places }: PlacedPictures): void {
    const { pieces, cellWidth, cellHeight } = plan;
    const grid = this.panels.poses.grid(panel);
    const cells = { panel, grid, inner, pieces, places, cell: { width: cellWidth, height: cellHeight } };
    this.all.forEach(({ instances }, page) => {
      addInstances(instances, cells, page);
    });
  }

  /** Draws the same empty texels in each cell of a panel. */
  addBlank({ index: panel, share: inner }: PicturedPanel, { page, x, y }: Place): void {
    const { columns, rows } = this.panels.poses.grid(panel);
    const cell = { width: 0, height: 0 };
    this.drawn(page).instances.push({ panel, column: 0, row: 0, columns, rows, x, y, cell, inner });
  }

  show(): void {
    for (const { mesh, instances } of this.all) mesh.show(instances);
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

  private drawn(index: number): DrawnPage {
    for (let next = this.all.length; next <= index; next += 1) {
      const page = new Page(this.renderer, PAGE_SIZE, PICTURE_MIPS, PICTURE_TEXELS);
      this.all.push({ page, mesh: this.panels.add(page, PICTURES_FRAGMENT), instances: [] });
    }
    const found = this.all[index];
    if (found === undefined) throw new Error(`There is no page ${index}.`);
    return found;
  }
}
