/** The panels' bodies as something to point at: they hide what is behind, and are what one takes a panel by. */
import { Vector3, type Ray } from 'three';

import type { NetworkState } from '../model/networkstate';
import type { LayerPlace } from '../model/pointed';
import { HEADER, MARGIN, onPlate, PLATE_MARGIN, PLATE_WIDTH, plateTop, SECTION_HEIGHT, type Exhibit } from './exhibit';
import type { Pickable, Reach } from './pointing';

/** A slab begins this far behind its maps, so that a map before it is nearer. */
const BEHIND = 0.012;

/** A panel's slab and plate as rectangles in its own plane: m from its centre, as the layout has it. */
interface Slab {
  readonly exhibit: Exhibit;
  readonly right: number;
  readonly lower: number;
  readonly upper: number;
  readonly plate: { readonly left: number; readonly right: number; readonly lower: number; readonly upper: number };
}

export class Slabs implements Pickable {
  private readonly point = new Vector3();
  private readonly slabs: readonly Slab[];
  /** Whether the plates are to be seen. */
  plates = true;
  private hit: Slab | null = null;
  private fromBehind = false;

  constructor(
    exhibits: Iterable<Exhibit>,
    private readonly network: NetworkState,
  ) {
    this.slabs = [...exhibits].map(slabOf);
  }

  /** Its rim, seen from the front: from behind a slab is large, and one looks about there. */
  get drags(): boolean {
    return !this.fromBehind;
  }

  get cursor(): string {
    return this.drags ? 'grab' : 'default';
  }

  pick(ray: Ray, reach: Reach): boolean {
    reach.metres = Infinity;
    this.hit = null;
    for (const slab of this.slabs) {
      const { place } = slab.exhibit;
      const towards = ray.direction.dot(place.normal);
      const { point } = this;
      const distance = point.copy(place.centre).sub(ray.origin).dot(place.normal) / towards;
      // From behind, the slab comes first.
      const met = distance + (towards < 0 ? BEHIND : -BEHIND);
      if (!(met > 0 && met < reach.metres)) continue;
      if (!covers(slab, ray.at(distance, point).sub(place.centre), this.plates)) continue;
      reach.metres = met;
      this.hit = slab;
      this.fromBehind = towards > 0;
    }
    return this.hit !== null;
  }

  over(): void {
    // The cursor says it.
  }

  out(): void {
    // As above.
  }

  grip(): LayerPlace | null {
    return this.hit === null ? null : { network: this.network, layer: this.hit.exhibit.place.layer };
  }
}

/** `way`: from the panel's centre, in its plane; `plates`: whether they count. */
function covers({ exhibit, right, lower, upper, plate }: Slab, way: Vector3, plates: boolean): boolean {
  const { place, layout } = exhibit;
  const scale = layout.width / place.width;
  const across = way.dot(place.right) * scale;
  const up = way.y * scale;
  if (Math.abs(across) <= right) return up >= lower && up <= upper;
  return plates && across >= plate.left && across <= plate.right && up >= plate.lower && up <= plate.upper;
}

function slabOf(exhibit: Exhibit): Slab {
  const { layout, sections } = exhibit;
  const half = layout.height / 2 + MARGIN;
  const left = onPlate(exhibit, -PLATE_MARGIN, 0).sub(layout.centre).dot(layout.right);
  const upper = plateTop(exhibit) + PLATE_MARGIN - layout.centre.y;
  const lower = upper - sections * SECTION_HEIGHT - PLATE_MARGIN;
  const plate = { left, right: left + PLATE_WIDTH + 2 * PLATE_MARGIN, lower, upper };
  return { exhibit, right: layout.width / 2 + MARGIN, lower: -half, upper: half + HEADER, plate };
}
