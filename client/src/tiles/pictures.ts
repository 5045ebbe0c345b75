/**
 * Pictures on the panels that are turned, in the cells in which the maps would be: places in
 * pages of their own, uploads, and one draw for each page.
 */
import type { WebGLRenderer } from 'three';

import type { Hall } from '../net/types';
import { mapsShape, PAGE_SIZE, pieceHeight, pieceWidth, type MapsShape } from './cells';
import { Packer, type Place } from './packer';
import type { PanelGroup } from './panels';
import {
  cellIn,
  PICTURE_MIPS,
  planPictures,
  shareOfCell,
  SHOWS,
  showsOf,
  type Extent,
  type PicturePlan,
  type Shows,
} from './picturecells';
import { PICTURE_BYTES } from './picturemips';
import { PicturePages, type PicturedPanel } from './picturepages';
import { mipSizes, totalTexels } from './pyramid';
import { Uploader, type Upload } from './uploader';

export const PICTURE_PAGE_BYTES = totalTexels(mipSizes(PAGE_SIZE, PAGE_SIZE, PICTURE_MIPS)) * PICTURE_BYTES;
/** How full pages become. */
const FILL = 0.8;
/** Uploads take this long a frame, in ms; those of the maps have their own share. */
const UPLOAD_MS = 2;

/** The cells of a layer that has a place. */
export interface PlacedLayer {
  readonly layer: string;
  readonly plan: PicturePlan;
  /** A place for each piece of the plan. */
  readonly places: readonly Place[];
  /** What the cells show; those that are not named show nothing. */
  readonly shows: Map<number, Shows>;
  /** Names its uploads. */
  readonly run: number;
}

/** A cell that is to be shown: its texels with all mip levels. */
export interface ReadyCell {
  readonly channel: number;
  readonly texels: Uint8Array<ArrayBuffer>;
}

interface Panel extends PicturedPanel {
  readonly shape: MapsShape;
  readonly columns: number;
  readonly rows: number;
}

export class Pictures {
  private readonly layers: ReadonlyMap<string, Panel>;
  private readonly packer: Packer;
  private readonly pages: PicturePages;
  private readonly placed = new Map<string, PlacedLayer>();
  private readonly uploader = new Uploader();
  private turned: ReadonlySet<string> = new Set();
  /** Always empty; panels without a place draw it in each of their cells. */
  private blank: Place | null = null;
  private runs = 0;
  private isChanged = false;
  private regridded = 0;
  private readonly restore = (): void => {
    this.recreate();
  };

  /**
   * @param panels that draw the hall's maps
   * @param picture the pictures' size in pixels
   * @param budgetBytes of all pages together
   */
  constructor(
    private readonly renderer: WebGLRenderer,
    hall: Hall,
    private readonly panels: PanelGroup,
    private readonly picture: Extent,
    budgetBytes: number,
  ) {
    this.layers = panelsOf(hall, picture);
    const most = Math.max(1, Math.floor(budgetBytes / PICTURE_PAGE_BYTES));
    this.pages = new PicturePages(renderer, panels);
    this.packer = new Packer(2 ** (PICTURE_MIPS - 1), most);
    renderer.domElement.addEventListener('webglcontextrestored', this.restore);
  }

  /** Bytes of all pages with their mip levels. */
  get bytes(): number {
    return this.pages.bytes;
  }

  get(layer: string): PlacedLayer | undefined {
    return this.placed.get(layer);
  }

  /** Shows pictures on the panels of exactly these layers. */
  turn(layers: ReadonlySet<string>): void {
    this.turned = new Set([...layers].filter((layer) => this.layers.has(layer)));
    for (const layer of [...this.placed.keys()]) if (!this.turned.has(layer)) this.evict(layer);
    this.isChanged = true;
  }

  /** Finds a place for a turned layer's pictures, all of them empty; null without room. */
  place(layer: string): PlacedLayer | null {
    const known = this.placed.get(layer);
    const panel = this.layers.get(layer);
    if (known !== undefined || panel === undefined) return known ?? null;
    this.keepBlank();
    const share = (this.packer.capacity * FILL) / Math.max(1, this.turned.size);
    const plan = planPictures(panel.shape, panel, this.picture, share);
    const places = this.placePieces(plan);
    if (places === null) return null;
    this.runs += 1;
    const made: PlacedLayer = { layer, plan, places, shows: new Map(), run: this.runs };
    this.placed.set(layer, made);
    this.empty(made);
    this.isChanged = true;
    return made;
  }

  /** Gives a layer's place back; its panel shows empty cells until it has another one. */
  evict(layer: string): void {
    const placed = this.placed.get(layer);
    if (placed === undefined) return;
    this.placed.delete(layer);
    this.uploader.drop(({ run }) => run === placed.run);
    for (const place of placed.places) this.packer.free(place);
    this.isChanged = true;
  }

  /** Empties all cells of a layer. */
  empty(placed: PlacedLayer): void {
    this.uploader.drop(({ run }) => run === placed.run);
    placed.shows.clear();
    for (const place of placed.places) this.pages.page(place.page).fill([place], [0, 0, 0, 0]);
  }

  /** Shows that these channels have no picture, for good or for now. */
  mark(placed: PlacedLayer, channels: readonly number[], as: 'waiting' | 'dead'): void {
    if (this.placed.get(placed.layer) !== placed) return;
    const cells = channels.map((channel) => this.cellOf(placed, channel));
    this.uploader.drop(
      (upload) =>
        upload.run === placed.run &&
        cells.some(({ page, x, y }) => this.pages.page(page) === upload.target && x === upload.x && y === upload.y),
    );
    for (const page of new Set(cells.map((cell) => cell.page))) {
      this.pages.page(page).fill(cells.filter((cell) => cell.page === page), [0, 0, 0, SHOWS[as] / 255]);
    }
    for (const channel of channels) placed.shows.set(channel, as);
  }

  /** Takes cells; they are uploaded in the next frames, then `settled` is called, written or not. */
  put(placed: PlacedLayer, cells: readonly ReadyCell[], settled: () => void): void {
    let waiting = cells.length;
    if (waiting === 0 || this.placed.get(placed.layer) !== placed) {
      settled();
      return;
    }
    for (const { channel, texels } of cells) {
      this.uploader.add('base', this.uploadOf(placed, channel, texels, () => {
        waiting -= 1;
        if (waiting === 0) settled();
      }));
    }
  }

  /** Call once a frame. */
  update(): void {
    this.uploader.work(UPLOAD_MS);
    if (!this.isChanged && this.regridded === this.panels.regridded) return;
    this.regridded = this.panels.regridded;
    this.isChanged = false;
    this.draw();
  }

  /** What a cell of a turned layer shows. */
  showsAt(layer: string, channel: number): Shows {
    return this.placed.get(layer)?.shows.get(channel) ?? 'waiting';
  }

  /** Reads the texels of a picture back, RGBA, row by row; empty without a place. Slow: for tests. */
  texels(layer: string, channel: number): Uint8Array {
    const placed = this.placed.get(layer);
    if (placed === undefined) return new Uint8Array();
    const { page, x, y, width, height } = this.cellOf(placed, channel);
    return this.pages.page(page).read(x, y, width, height);
  }

  dispose(): void {
    this.renderer.domElement.removeEventListener('webglcontextrestored', this.restore);
    this.uploader.drop(() => true);
    this.pages.dispose();
  }

  private uploadOf(
    placed: PlacedLayer,
    channel: number,
    texels: Uint8Array<ArrayBuffer>,
    settled: () => void,
  ): Upload {
    const { page, x, y, width, height } = this.cellOf(placed, channel);
    return {
      run: placed.run,
      target: this.pages.page(page),
      x,
      y,
      mips: mipSizes(width, height, PICTURE_MIPS),
      texels,
      settled: (isWritten) => {
        const shows = showsOf(texels[PICTURE_BYTES - 1] ?? 0);
        if (isWritten && shows !== undefined) placed.shows.set(channel, shows);
        settled();
      },
    };
  }

  private cellOf({ plan, places, layer }: PlacedLayer, channel: number): Place {
    const { piece, x, y } = cellIn(plan, channel);
    const place = places[piece];
    if (place === undefined) throw new Error(`Piece ${piece} of ${layer} has no place.`);
    return { page: place.page, x: place.x + x, y: place.y + y, width: plan.cellWidth, height: plan.cellHeight };
  }

  private placePieces(plan: PicturePlan): Place[] | null {
    const places: Place[] = [];
    for (const piece of plan.pieces) {
      const place = this.packer.place(pieceWidth(plan, piece), pieceHeight(plan, piece));
      if (place === null) {
        for (const made of places) this.packer.free(made);
        return null;
      }
      places.push(place);
    }
    return places;
  }

  private keepBlank(): Place | null {
    if (this.blank === null) {
      this.blank = this.packer.place(1, 1);
      if (this.blank !== null) this.pages.page(this.blank.page).fill([this.blank], [0, 0, 0, 0]);
    }
    return this.blank;
  }

  private draw(): void {
    const blank = this.turned.size > 0 ? this.keepBlank() : this.blank;
    this.pages.begin();
    for (const layer of this.turned) {
      const panel = this.layers.get(layer);
      const placed = this.placed.get(layer);
      if (panel === undefined) continue;
      if (placed !== undefined) this.pages.add(panel, placed);
      else if (blank !== null) this.pages.addBlank(panel, blank);
    }
    this.pages.show();
  }

  private recreate(): void {
    this.uploader.drop(() => true);
    this.pages.recreate();
    // What was shown is gone; whoever brings pictures sees it, and brings them once more.
    for (const placed of this.placed.values()) placed.shows.clear();
  }
}

function panelsOf(hall: Hall, picture: Extent): ReadonlyMap<string, Panel> {
  const shapes = new Map(hall.graph.layers.map(({ id, shape }) => [id, mapsShape(shape)]));
  return new Map(
    hall.arrangement.panels.flatMap(({ layer, columns, rows, cell_width, cell_height }, index) => {
      const shape = shapes.get(layer);
      const share = shareOfCell({ width: cell_width, height: cell_height }, picture);
      return shape === undefined ? [] : [[layer, { index, shape, columns, rows, share }]];
    }),
  );
}
