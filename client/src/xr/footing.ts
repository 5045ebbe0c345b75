/** Where in the halls one may come to stand. */
import { PLATE_WIDTH, type Exhibit } from '../scene/exhibit';
import type { Arrangement, InputFrame } from '../net/types';

type Bounds = Arrangement['bounds'];

/** What of a hall stands in the way; `HallScene` is one. */
export interface Standing {
  readonly exhibits: ReadonlyMap<string, Exhibit>;
  readonly hall: { readonly arrangement: { readonly bounds: Bounds; readonly input_frame: InputFrame } };
}

/** Around what stands on a hall's floor one may still walk, in m. */
const AROUND = 14;
/** As the visitor feels them, in m: half their breadth, and what they stoop for. */
const BODY = 0.32;
const TALL = 1.9;
/** A plate and its gap on the left of a panel, in m. */
const PLATE = PLATE_WIDTH + 0.13;

export class Footing {
  private halls: readonly Standing[] = [];
  private x = 0;
  private z = 0;
  private body = 0;
  private tall = 0;
  private blocked = false;

  /** These halls stand from now on. */
  among(halls: readonly Standing[]): void {
    this.halls = halls;
  }

  /** Whether a visitor of this size may stand there: near the halls, and in no panel. */
  free(x: number, z: number, size: number): boolean {
    this.x = x;
    this.z = z;
    // Giants step over what stands there, but their eyes are to be nowhere within it.
    this.body = BODY * Math.min(1, size);
    this.tall = TALL * size;
    this.blocked = false;
    let near = false;
    for (const { exhibits, hall } of this.halls) {
      near ||= this.isNear(hall.arrangement.bounds, size);
      this.meetFrame(hall.arrangement.input_frame);
      exhibits.forEach(this.meet);
    }
    return near && !this.blocked;
  }

  private isNear({ min_x, max_x, min_z, max_z }: Bounds, size: number): boolean {
    const { x, z } = this;
    const around = AROUND * Math.max(1, size);
    return x > min_x - around && x < max_x + around && z > min_z - around && z < max_z + around;
  }

  private readonly meet = ({ layout, place, sections }: Exhibit): void => {
    const { centre, normal, right, width, bottom } = place;
    if (bottom > this.tall) return;
    const x = this.x - centre.x;
    const z = this.z - centre.z;
    if (Math.abs(x * normal.x + z * normal.z) > this.body) return;
    const aside = x * right.x + z * right.z;
    const plate = sections > 0 ? (PLATE * width) / layout.width : 0;
    const left = width / 2 + plate + this.body;
    if (aside > -left && aside < width / 2 + this.body) this.blocked = true;
  };

  private meetFrame({ x, z, width }: InputFrame): void {
    const aside = Math.abs(this.x - x) - width / 2;
    if (Math.abs(this.z - z) < this.body && aside < this.body) this.blocked = true;
  }
}
