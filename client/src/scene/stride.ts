/** Tells when what is near is to be chosen anew: the visitor has walked far enough, or panels were moved. */
import { Vector3 } from 'three';

import type { Moves } from './moves';

export class Stride {
  private readonly from = new Vector3();
  private travelled = 0;
  private due = true;

  /** `metres`: how far one walks, or panels are moved, until it is time. */
  constructor(
    private readonly metres: number,
    private readonly moves: Pick<Moves, 'travelled'>,
  ) {}

  /** It is time, wherever one is. */
  now(): void {
    this.due = true;
  }

  /** Once a frame: whether it is time; the next stride begins there. Makes no objects. */
  taken({ x, y, z }: Vector3): boolean {
    const { from } = this;
    const dx = x - from.x;
    const dy = y - from.y;
    const dz = z - from.z;
    const left = this.metres - (this.moves.travelled - this.travelled);
    if (!this.due && left > 0 && dx * dx + dy * dy + dz * dz < left * left) return false;
    this.due = false;
    from.x = x;
    from.y = y;
    from.z = z;
    this.travelled = this.moves.travelled;
    return true;
  }
}
