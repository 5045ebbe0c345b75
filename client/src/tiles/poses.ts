/**
 * Where panels stand and which of their cells they show, as numbers that the draw, the picking and
 * the level of detail share. A panel takes 12 floats, three texels of `texture`:
 *
 *     upper left corner x y z, columns
 *     step of one column x y z, channels from the first shown row on
 *     step of one row x y z, rows
 */
import { DataTexture, FloatType, NearestFilter, RGBAFormat, type Vector3 } from 'three';

import { UNMOVED, type Placement } from '../model/placement';
import type { Panel } from '../net/types';
import type { LayerPlan } from './cells';
import { Grid } from './grid';

const FLOATS = 12;

/** Where a ray meets a panel: `u` counts columns, `v` rows from the upper left. */
export interface PanelHit {
  panel: number;
  distance: number;
  u: number;
  v: number;
}

/** A panel, where it stands otherwise than the layout has it, and the cells that it shows. */
interface Stand {
  readonly panel: Panel;
  readonly placement: { -readonly [key in keyof Placement]: number };
  grid: Grid;
}

export class Poses {
  readonly texture: DataTexture;
  readonly count: number;
  /** Of each panel: how far it was in m when it was measured last, and its cells' longer side in m. */
  readonly distances: Float64Array;
  readonly cellSides: Float64Array;
  private readonly stands: readonly Stand[];
  private readonly data: Float32Array<ArrayBuffer>;

  constructor(panels: readonly Panel[], plans: readonly LayerPlan[]) {
    this.count = panels.length;
    this.data = new Float32Array(Math.max(1, panels.length) * FLOATS);
    this.distances = new Float64Array(panels.length);
    this.cellSides = new Float64Array(panels.length);
    this.stands = panels.map((panel, index) => {
      const grid = new Grid(panel, plans[index]?.shape.channels ?? 0);
      return { panel, placement: { ...UNMOVED }, grid };
    });
    this.stands.forEach((stand, index) => {
      this.write(index, stand);
    });
    this.texture = new DataTexture(this.data, 3, Math.max(1, panels.length), RGBAFormat, FloatType);
    this.texture.minFilter = this.texture.magFilter = NearestFilter;
    this.texture.needsUpdate = true;
  }

  /** Bytes of the texture. */
  get bytes(): number {
    return this.data.byteLength;
  }

  columns(panel: number): number {
    return this.float(panel, 3);
  }

  rows(panel: number): number {
    return this.float(panel, 11);
  }

  /** Which cells a panel shows. */
  grid(panel: number): Grid {
    return this.stand(panel).grid;
  }

  show(panel: number, grid: Grid): void {
    const stand = this.stand(panel);
    stand.grid = grid;
    this.write(panel, stand);
    this.texture.needsUpdate = true;
  }

  /** Puts a panel elsewhere than the layout has it; `placement` is read, not kept. */
  move(panel: number, { x, y, z, yaw, scale }: Placement): void {
    const stand = this.stand(panel);
    const { placement } = stand;
    placement.x = x;
    placement.y = y;
    placement.z = z;
    placement.yaw = yaw;
    placement.scale = scale;
    this.write(panel, stand);
    this.texture.needsUpdate = true;
  }

  /** Sets `target` to the point at `u` columns and `v` rows from the upper left. */
  point(panel: number, u: number, v: number, target: Vector3): Vector3 {
    return target.set(
      this.float(panel, 0) + u * this.float(panel, 4) + v * this.float(panel, 8),
      this.float(panel, 1) + u * this.float(panel, 5) + v * this.float(panel, 9),
      this.float(panel, 2) + u * this.float(panel, 6) + v * this.float(panel, 10),
    );
  }

  /** Distance in m from a point to the nearest point of the panel; `distances` has it, too. */
  distance(panel: number, from: Vector3): number {
    this.measure(panel, from);
    return this.distances[panel] ?? Infinity;
  }

  /** Writes the `distances` of all panels from a point. */
  measureAll(from: Vector3): void {
    for (let panel = 0; panel < this.count; panel += 1) this.measure(panel, from);
  }

  /** Whether a point lies on the side that a panel shows. */
  faces(panel: number, { x, z }: Vector3): boolean {
    // It stands upright, so its normal is its right turned by a quarter.
    const out = (z - this.float(panel, 2)) * this.float(panel, 4) - (x - this.float(panel, 0)) * this.float(panel, 6);
    return out > 0;
  }

  /**
   * Finds the nearest panel that a ray meets, from either side, and writes it to `hit`.
   * `direction` has length 1. Returns false when there is none.
   */
  cast(origin: Vector3, direction: Vector3, hit: PanelHit): boolean {
    hit.panel = -1;
    hit.distance = Infinity;
    for (let panel = 0; panel < this.count; panel += 1) this.castAt(panel, origin, direction, hit);
    return hit.panel >= 0;
  }

  private castAt(panel: number, origin: Vector3, direction: Vector3, hit: PanelHit): void {
    const { data } = this;
    const at = panel * FLOATS;
    const right = data[at + 4] ?? 0;
    const back = data[at + 6] ?? 0;
    const down = data[at + 9] ?? 0;
    const x = (data[at] ?? 0) - origin.x;
    const y = (data[at + 1] ?? 0) - origin.y;
    const z = (data[at + 2] ?? 0) - origin.z;
    const facing = direction.z * right - direction.x * back;
    if (facing === 0) return;
    const distance = (z * right - x * back) / facing;
    if (!(distance > 0 && distance < hit.distance)) return;
    const v = (distance * direction.y - y) / down;
    if (v < 0 || v >= (data[at + 11] ?? 0)) return;
    const along = (distance * direction.x - x) * right + (distance * direction.z - z) * back;
    const u = along / (right * right + back * back);
    if (u < 0 || u >= (data[at + 3] ?? 0)) return;
    hit.panel = panel;
    hit.distance = distance;
    hit.u = u;
    hit.v = v;
  }

  /** Returns nothing, because a number that is returned is an object in the heap, every frame anew. */
  private measure(panel: number, from: Vector3): void {
    const { data } = this;
    const at = panel * FLOATS;
    // A panel stands upright, so its columns run level and its rows straight down.
    const right = data[at + 4] ?? 0;
    const back = data[at + 6] ?? 0;
    const down = data[at + 9] ?? 0;
    const x = from.x - (data[at] ?? 0);
    const y = from.y - (data[at + 1] ?? 0);
    const z = from.z - (data[at + 2] ?? 0);
    const columns = (x * right + z * back) / (right * right + back * back);
    const u = Math.min(data[at + 3] ?? 0, Math.max(0, columns));
    const v = Math.min(data[at + 11] ?? 0, Math.max(0, y / down));
    const aside = x - u * right;
    const over = y - v * down;
    const before = z - u * back;
    this.distances[panel] = Math.sqrt(aside * aside + over * over + before * before);
  }

  private write(index: number, { panel, placement, grid }: Stand): void {
    const { data } = this;
    const at = index * FLOATS;
    const yaw = panel.yaw + placement.yaw;
    const rightX = Math.cos(yaw);
    const rightZ = -Math.sin(yaw);
    const cellWidth = grid.cellWidth * placement.scale;
    const cellHeight = grid.cellHeight * placement.scale;
    // The cells begin at the panel's upper edge, in the middle between left and right.
    const halfWidth = (grid.columns * cellWidth) / 2;
    const halfHeight = (panel.rows * panel.cell_height * placement.scale) / 2;
    data[at] = panel.x + placement.x - rightX * halfWidth;
    data[at + 1] = panel.y + placement.y + halfHeight;
    data[at + 2] = panel.z + placement.z - rightZ * halfWidth;
    data[at + 3] = grid.columns;
    data[at + 4] = rightX * cellWidth;
    data[at + 5] = 0;
    data[at + 6] = rightZ * cellWidth;
    data[at + 7] = grid.channels - grid.row * grid.columns;
    data[at + 8] = 0;
    data[at + 9] = -cellHeight;
    data[at + 10] = 0;
    data[at + 11] = grid.rows;
    this.cellSides[index] = Math.max(cellWidth, cellHeight);
  }

  private stand(panel: number): Stand {
    const stand = this.stands[panel];
    if (stand === undefined) throw new Error(`There is no panel ${panel} of ${this.count}.`);
    return stand;
  }

  private float(panel: number, index: number): number {
    return this.data[panel * FLOATS + index] ?? 0;
  }
}
