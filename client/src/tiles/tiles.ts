/**
 * All feature maps of a hall on their way to the screen: places in pages, uploads, level of
 * detail, drawing and picking. The scene holds one for each network.
 */
import { Vector3, type Camera, type Object3D, type Ray, type WebGLRenderer } from 'three';

import type { PanelView } from '../model/panelview';
import type { Placement } from '../model/placement';
import type { MapHit, MapRef } from '../model/state';
import type { Hall } from '../net/types';
import { MIPS, type LayerPlan, type Level } from './cells';
import { inherit } from './inherit';
import { hasDetail, LayerStates, type LayerState } from './layers';
import { Levels } from './levels';
import type { DecodedTile } from './messages';
import type { Place } from './packer';
import { Pages } from './pages';
import type { PanelGroup } from './panels';
import { mapAt } from './pick';
import { Poses, type PanelHit } from './poses';
import { mipSizes } from './pyramid';
import { Uploader } from './uploader';

export interface TilesOptions {
  /** Bytes of all pages together; notes: 192 MB on a headset, 1 GB on a desktop. */
  readonly budgetBytes: number;
}

/** A feature map under a ray, or the gap between maps; the distance in m and the point on the panel. */
export interface Hit extends MapHit {
  readonly distance: number;
  readonly point: Vector3;
}

/** A feature map of this hall. */
type CellRef = Pick<MapRef, 'layer' | 'channel'>;

/** Uploads take this long a frame, in ms, or this share of it where frames are slow anyway. */
const UPLOAD_MS = 4;
const UPLOAD_SHARE = 0.1;

export class Tiles {
  readonly object: Object3D;
  /** Called when the GPU lost all textures and the pages are there again, empty. */
  onContextRestored: () => void = () => undefined;
  /** Called when a layer's detail level had to make room for another one's. */
  onDetailEvicted: (layer: string) => void = () => undefined;

  readonly states: LayerStates;
  private readonly poses: Poses;
  private readonly uploader = new Uploader();
  readonly pages: Pages;
  private readonly levels: Levels;
  private readonly panelHit: PanelHit = { panel: -1, distance: 0, u: 0, v: 0 };
  private readonly hit = { network: '', layer: '', channel: 0, x: 0, y: 0, distance: 0, point: new Vector3() };
  private readonly restore = (): void => {
    this.recreatePages();
  };
  private highlighted: CellRef | null = null;
  private run = -1;
  /** When uploads were worked on in the frame before, in ms; 0 when there were none. */
  private uploadedAt = 0;

  constructor(
    private readonly renderer: WebGLRenderer,
    hall: Hall,
    options: TilesOptions,
  ) {
    this.hit.network = hall.network;
    this.states = new LayerStates(hall, options.budgetBytes);
    this.poses = new Poses(hall.arrangement.panels, this.plans);
    this.pages = new Pages(renderer, this.poses, this.states.basePacker);
    this.levels = new Levels(this.states, this.poses, this.pages);
    this.object = this.pages.object;
    for (const state of this.states.all) this.pages.own(state, 'base');
    // three's own listener came first, so its state is new when ours is called.
    renderer.domElement.addEventListener('webglcontextrestored', this.restore);
    this.pages.drawChanged();
  }

  /** How every layer is cut into cells; the frames worker needs it. */
  get plans(): LayerPlan[] {
    return this.states.all.map((state) => state.plan);
  }

  /** Bytes of all textures with their mip levels. */
  get textureBytes(): number {
    return this.poses.bytes + this.pages.bytes;
  }

  /** Shows what another arrangement of the same network shows, until its maps have come anew. */
  inherit(before: Tiles): void {
    inherit(this.renderer, before, this);
  }

  /** Starts a run: what still waits of earlier runs is dropped, what is drawn stays. */
  begin(run: number): void {
    this.run = run;
    this.uploader.keepOnly(run);
  }

  /**
   * Takes a tile; its texels are uploaded in the next frames. `settled` is called once, with
   * whether they are on the GPU now; false when the run ended or there was no room.
   */
  receive(tile: DecodedTile, settled: (isResident: boolean) => void): void {
    const state = this.states.get(tile.layer);
    const plan = state?.plan[tile.level];
    if (tile.run !== this.run || !state || !plan) {
      settled(false);
      return;
    }
    const places = tile.level === 'base' ? state.base : this.detailPlaces(state);
    if (places === null) {
      settled(false);
      return;
    }
    let waiting = places.length;
    let isWhole = true;
    places.forEach((place, index) => {
      this.uploader.add(tile.level, {
        run: tile.run,
        target: this.pages.page(tile.level, place.page),
        x: place.x,
        y: place.y,
        mips: mipSizes(place.width, place.height, MIPS[tile.level]),
        texels: tile.pieces[index] ?? new Uint8Array(),
        settled: (isWritten) => {
          isWhole &&= isWritten;
          waiting -= 1;
          if (waiting > 0) return;
          this.arrived(state, tile, isWhole);
          settled(isWhole);
        },
      });
    });
  }

  /** Call once a frame: uploads within the frame's share, then chooses levels of detail. */
  update(camera: Camera, viewportHeight: number): void {
    this.upload();
    this.levels.choose(camera, viewportHeight);
    this.pages.drawChanged();
  }

  /**
   * Returns the feature map that a ray meets first, from either side of its panel; `channel` -1 in
   * gaps and null beside panels. The same object is returned every time: copy what is kept.
   */
  pick(ray: Ray): Hit | null {
    const { panelHit, hit } = this;
    if (!this.poses.cast(ray.origin, ray.direction, panelHit)) return null;
    const plan = this.states.all[panelHit.panel]?.plan;
    if (plan === undefined) return null;
    mapAt(this.poses, panelHit, plan.shape, hit);
    hit.layer = plan.layer;
    hit.distance = panelHit.distance;
    hit.point.copy(ray.direction).multiplyScalar(panelHit.distance).add(ray.origin);
    return hit;
  }

  /**
   * Sets `target` to the middle of a map, which is above or below its panel where it is scrolled
   * out of sight; raises an error for an unknown layer.
   */
  mapCentre(ref: CellRef, target: Vector3): Vector3 {
    const { index } = this.state(ref.layer);
    const grid = this.poses.grid(index);
    return this.poses.point(index, grid.columnOf(ref.channel) + 0.5, grid.rowOf(ref.channel) + 0.5, target);
  }

  /** Puts a panel elsewhere than the layout has it; `placement` is read, not kept. */
  move(layer: string, placement: Placement): void {
    this.poses.move(this.state(layer).index, placement);
    this.panels.moved();
  }

  /** Shows a layer's channels in another order, larger, or from another row on; as usual without a view. */
  show(layer: string, view?: PanelView): void {
    const state = this.state(layer);
    const before = this.poses.grid(state.index);
    const grid = before.as(view);
    if (grid === before) return;
    this.poses.show(state.index, grid);
    this.pages.markChanged(state);
    this.panels.regridded += 1;
    this.highlight(this.highlighted);
  }

  /** Shows all layers as these views say, and those that are not named as usual. */
  showAll(views: ReadonlyMap<string, PanelView>): void {
    for (const { plan } of this.states.all) this.show(plan.layer, views.get(plan.layer));
  }

  /** How many rows of a layer's panel are shown at a time, and how many there are. */
  rowsOf(layer: string): { shown: number; total: number } {
    const { rows, total } = this.poses.grid(this.state(layer).index);
    return { shown: Math.min(rows, total), total };
  }

  /** Where panels stand and what draws them; pictures take the place of the maps there. */
  get panels(): PanelGroup {
    return this.pages.panels;
  }

  /** Leaves these layers' maps undrawn, because their panels show pictures. */
  turn(layers: ReadonlySet<string>): void {
    for (const state of this.states.all) {
      const isTurned = layers.has(state.plan.layer);
      if (state.isTurned === isTurned) continue;
      state.isTurned = isTurned;
      this.pages.markChanged(state);
    }
  }

  /** Outlines a map, or none. */
  highlight(ref: CellRef | null): void {
    this.highlighted = ref;
    const state = ref === null ? undefined : this.states.get(ref.layer);
    const grid = state && this.poses.grid(state.index);
    if (ref === null || grid === undefined || !grid.shows(ref.channel)) this.pages.outline(-1, 0, 0);
    else this.pages.outline(state?.index ?? -1, grid.columnOf(ref.channel), grid.rowOf(ref.channel));
  }

  /**
   * Returns the layers whose detail is wanted, nearest first, as many as fit the budget. The same
   * list is returned every time.
   */
  detailOrder(camera: Camera): readonly string[] {
    return this.levels.wanted(camera);
  }

  /** Which level of a layer is on the GPU, completely and for the image that is shown. */
  levelOf(layer: string): 'none' | Level {
    const state = this.states.get(layer);
    if (state === undefined || Math.max(state.baseRun, state.detailRun) < 0) return 'none';
    return hasDetail(state) ? 'detail' : 'base';
  }

  /**
   * Reads the texels of one map back from the GPU, two bytes each (positive part, negative
   * part), row by row. Raises an error when the level is not resident. Slow: for tests.
   */
  texel(layer: string, channel: number, level: Level): Uint8Array {
    return this.pages.read(this.state(layer), channel, level);
  }

  dispose(): void {
    this.renderer.domElement.removeEventListener('webglcontextrestored', this.restore);
    this.uploader.drop(() => true);
    this.pages.dispose();
    this.poses.texture.dispose();
  }

  private state(layer: string): LayerState {
    const state = this.states.get(layer);
    if (state === undefined) throw new Error(`There is no layer ${layer}.`);
    return state;
  }

  private upload(): void {
    if (this.uploader.pending === 0) {
      this.uploadedAt = 0;
      return;
    }
    const now = performance.now();
    const share = this.uploadedAt === 0 ? 0 : (now - this.uploadedAt) * UPLOAD_SHARE;
    this.uploadedAt = now;
    this.uploader.work(Math.max(UPLOAD_MS, share));
  }

  /** The places of a layer's detail level, which is about to be overwritten; null without room. */
  private detailPlaces(state: LayerState): readonly Place[] | null {
    const hadPlaces = state.detail !== null;
    const { places, evicted } = this.states.placeDetail(state);
    for (const other of evicted) {
      this.pages.disownDetail(other);
      this.onDetailEvicted(other.plan.layer);
    }
    if (places === null) return null;
    if (!hadPlaces) this.pages.own(state, 'detail');
    state.detailRun = -1;
    state.isUploading = true;
    this.pages.show(state, 'base');
    return places;
  }

  private arrived(state: LayerState, { level, run }: DecodedTile, isWhole: boolean): void {
    if (level === 'detail') state.isUploading = false;
    if (!isWhole) return;
    if (level === 'base') state.baseRun = run;
    else state.detailRun = run;
  }

  private recreatePages(): void {
    this.uploader.drop(() => true);
    this.pages.recreate();
    for (const state of this.states.all) {
      state.baseRun = state.detailRun = -1;
      this.pages.show(state, 'base');
    }
    this.onContextRestored();
  }
}
