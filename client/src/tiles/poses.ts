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
  private readonly stands: readonly Stand[];
  private readonly data: Float32Array<ArrayBuffer>;

  constructor(panels: readonly Panel[], plans: readonly LayerPlan[]) {
    this.count = panels.length;
    this.data = new Float32Array(Math.max(1, panels.length) * FLOATS);
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

  /** Length in m of one column (`axis` 0) or row (1). */
  cellSize(panel: number, axis: 0 | 1): number {
    const at = 4 + 4 * axis;
    return Math.hypot(this.float(panel, at), this.float(panel, at + 1), this.float(panel, at + 2));
  }

  /** Sets `target` to the point at `u` columns and `v` rows from the upper left. */
  point(panel: number, u: number, v: number, target: Vector3): Vector3 {
    return target.set(
      this.float(panel, 0) + u * this.float(panel, 4) + v * this.float(panel, 8),
      this.float(panel, 1) + u * this.float(panel, 5) + v * this.float(panel, 9),
      this.float(panel, 2) + u * this.float(panel, 6) + v * this.float(panel, 10),
    );
  }

  /** Distance in m from a point to the nearest point of the panel. */
  distance(panel: number, x: number, y: number, z: number): number {
    const u = this.along(panel, 4, x, y, z, this.columns(panel));
    const v = this.along(panel, 8, x, y, z, this.rows(panel));
    return Math.hypot(
      this.float(panel, 0) + u * this.float(panel, 4) + v * this.float(panel, 8) - x,
      this.float(panel, 1) + u * this.float(panel, 5) + v * this.float(panel, 9) - y,
      this.float(panel, 2) + u * this.float(panel, 6) + v * this.float(panel, 10) - z,
    );
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
    const ax = this.float(panel, 4);
    const ay = this.float(panel, 5);
    const az = this.float(panel, 6);
    const bx = this.float(panel, 8);
    const by = this.float(panel, 9);
    const bz = this.float(panel, 10);
    const nx = ay * bz - az * by;
    const ny = az * bx - ax * bz;
    const nz = ax * by - ay * bx;
    const ox = this.float(panel, 0) - origin.x;
    const oy = this.float(panel, 1) - origin.y;
    const oz = this.float(panel, 2) - origin.z;
    const facing = nx * direction.x + ny * direction.y + nz * direction.z;
    if (facing === 0) return;
    const distance = (nx * ox + ny * oy + nz * oz) / facing;
    if (!(distance > 0 && distance < hit.distance)) return;
    const px = distance * direction.x - ox;
    const py = distance * direction.y - oy;
    const pz = distance * direction.z - oz;
    const u = (px * ax + py * ay + pz * az) / (ax * ax + ay * ay + az * az);
    const v = (px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz);
    if (u < 0 || v < 0 || u >= this.columns(panel) || v >= this.rows(panel)) return;
    hit.panel = panel;
    hit.distance = distance;
    hit.u = u;
    hit.v = v;
  }

  /** How many steps of an axis lead nearest to a point, 0..most. */
  private along(
    panel: number,
    at: number,
    x: number,
    y: number,
    z: number,
    most: number,
  ): number {
    const ax = this.float(panel, at);
    const ay = this.float(panel, at + 1);
    const az = this.float(panel, at + 2);
    const dot =
      (x - this.float(panel, 0)) * ax +
      (y - this.float(panel, 1)) * ay +
      (z - this.float(panel, 2)) * az;
    return Math.min(most, Math.max(0, dot / (ax * ax + ay * ay + az * az)));
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
