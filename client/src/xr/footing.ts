/** Where in the halls one may come to stand. */
import type { Object3D } from 'three';

import { PLATE_WIDTH, SIGN_WIDTH, type Exhibit } from '../scene/exhibit';
import type { Arrangement, InputFrame, Sign } from '../net/types';

type Bounds = Arrangement['bounds'];

/** What of a hall stands in the way; `HallScene` is one. */
export interface Standing {
  readonly exhibits: ReadonlyMap<string, Exhibit>;
  /** Whether its signs are to be seen. */
  readonly blocks: { readonly shown: boolean };
  readonly hall: { readonly arrangement: Pick<Arrangement, 'bounds' | 'input_frame' | 'signs'> };
}

/** A board that hangs in a hall; `scene/board.ts` has them. */
export interface Hanging {
  readonly object: Object3D;
  readonly form: { readonly width: number; readonly height: number };
}

/** Around what stands on a hall's floor one may still walk, in m. */
const AROUND = 14;
/** As the visitor feels them, in m: half their breadth, and what they stoop for. */
const BODY = 0.32;
const TALL = 1.9;
/** Nobody comes to stand with a sign or a board before their nose: so far off it they can read it, in m as they feel them. */
const OFF = 0.7;
/** A plate and its gap on the left of a panel, in m. */
const PLATE = PLATE_WIDTH + 0.13;

export class Footing {
  private halls: readonly Standing[] = [];
  private boards: readonly Hanging[] = [];
  private x = 0;
  private z = 0;
  private body = 0;
  private off = 0;
  private tall = 0;
  private blocked = false;

  /** `visitor`: what hangs on them comes along, and is in nobody's way. */
  constructor(private readonly visitor: Object3D | null = null) {}

  /** These halls stand from now on, and these boards hang in them. */
  among(halls: readonly Standing[], boards: readonly Hanging[] = []): void {
    this.halls = halls;
    this.boards = boards;
  }

  /** Whether a visitor of this size may stand there: near the halls, in no panel and before the nose of no sign. */
  free(x: number, z: number, size: number): boolean {
    this.x = x;
    this.z = z;
    // Giants step over what stands there, but their eyes are to be nowhere within it.
    this.body = BODY * Math.min(1, size);
    this.off = OFF * Math.min(1, size);
    this.tall = TALL * size;
    this.blocked = false;
    let near = false;
    for (const { exhibits, blocks, hall } of this.halls) {
      const { bounds, input_frame, signs } = hall.arrangement;
      near ||= this.isNear(bounds, size);
      this.meetFrame(input_frame);
      if (blocks.shown) signs.forEach(this.meetSign);
      exhibits.forEach(this.meet);
    }
    this.boards.forEach(this.meetBoard);
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
    const plate = sections > 0 ? (PLATE * width) / layout.width : 0;
    const aside = x * right.x + z * right.z;
    this.meetFace(aside, width / 2 + plate, width / 2, x * normal.x + z * normal.z, this.body);
  };

  /** It reaches from its post to the right. */
  private readonly meetSign = ({ x, z, yaw }: Sign): void => {
    const cos = Math.cos(yaw);
    const sin = Math.sin(yaw);
    const aside = (this.x - x) * cos - (this.z - z) * sin;
    this.meetFace(aside, 0, SIGN_WIDTH, (this.x - x) * sin + (this.z - z) * cos, this.off);
  };

  /** Its right is level, however it leans. */
  private readonly meetBoard = ({ object, form }: Hanging): void => {
    const { elements } = object.matrixWorld;
    const across = Math.sqrt(elements[0] * elements[0] + elements[2] * elements[2]);
    if (!object.visible || (this.visitor !== null && object.parent === this.visitor)) return;
    if (elements[13] - (form.height / 2) * elements[5] > this.tall) return;
    const x = (this.x - elements[12]) / across;
    const z = (this.z - elements[14]) / across;
    const aside = x * elements[0] + z * elements[2];
    this.meetFace(aside, (form.width / 2) * across, (form.width / 2) * across, z * elements[0] - x * elements[2], this.off);
  };

  /**
   * One stands `aside` to the right of and `before` something that reaches so far to the `left` and
   * `right`, all in m; in front of it `keeps` are kept free.
   */
  private meetFace(aside: number, left: number, right: number, before: number, keeps: number): void {
    if (before > keeps || before < -this.body) return;
    if (aside > -left - this.body && aside < right + this.body) this.blocked = true;
  }

  private meetFrame({ x, z, width }: InputFrame): void {
    const aside = Math.abs(this.x - x) - width / 2;
    if (Math.abs(this.z - z) < this.body && aside < this.body) this.blocked = true;
  }
}
