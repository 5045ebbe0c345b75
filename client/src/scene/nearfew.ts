/** Which few of many things are the nearest: chosen anew when the visitor has walked far enough. */
import type { Vector3 } from 'three';

import type { Moves } from './moves';
import { Stride } from './stride';

/** Of how many one is told, how near they have to be, and after how far a walk they are chosen anew, in m. */
export interface Reading {
  readonly most: number;
  readonly within: number;
  readonly stride: number;
}

export class NearFew {
  private readonly stride: Stride;
  /** The nearest so far, by number, and the squares of their distances; nearest first. */
  private readonly order: Int32Array;
  private readonly squares: Float64Array;
  private count = 0;
  /** Of each thing: 1 where it was among them when they were chosen last. */
  private readonly wasNear: Uint8Array;
  private due = true;

  /** `centres`: read anew each time, so that things may be moved. */
  constructor(
    private readonly centres: readonly Vector3[],
    private readonly reading: Reading,
    moves: Pick<Moves, 'travelled'>,
  ) {
    this.stride = new Stride(reading.stride, moves);
    this.order = new Int32Array(reading.most);
    this.squares = new Float64Array(reading.most);
    this.wasNear = new Uint8Array(centres.length);
  }

  /** It is time, whoever is near. */
  now(): void {
    this.due = true;
    this.stride.now();
  }

  /** Once a frame: whether others are near than before, or it is time. Makes no objects. */
  changed(eye: Vector3): boolean {
    if (!this.stride.taken(eye)) return false;
    const before = this.count;
    this.choose(eye);
    let changed = this.due || this.count !== before;
    for (let rank = 0; rank < this.count && !changed; rank += 1) changed = this.wasNear[this.order[rank] ?? 0] !== 1;
    if (!changed) return false;
    this.due = false;
    this.wasNear.fill(0);
    for (let rank = 0; rank < this.count; rank += 1) this.wasNear[this.order[rank] ?? 0] = 1;
    return true;
  }

  /** The numbers of those that are near, nearest first. */
  get numbers(): number[] {
    return [...this.order.subarray(0, this.count)];
  }

  private choose({ x, y, z }: Vector3): void {
    const { centres, order, squares, reading } = this;
    this.count = 0;
    for (let number = 0; number < centres.length; number += 1) {
      const centre = centres[number];
      if (centre === undefined) continue;
      const dx = centre.x - x;
      const dy = centre.y - y;
      const dz = centre.z - z;
      const square = dx * dx + dy * dy + dz * dz;
      if (square >= reading.within * reading.within) continue;
      const isFull = this.count === reading.most;
      if (isFull && square >= (squares[this.count - 1] ?? 0)) continue;
      if (!isFull) this.count += 1;
      let rank = this.count - 1;
      for (; rank > 0 && (squares[rank - 1] ?? 0) > square; rank -= 1) {
        squares[rank] = squares[rank - 1] ?? 0;
        order[rank] = order[rank - 1] ?? 0;
      }
      squares[rank] = square;
      order[rank] = number;
    }
  }
}
