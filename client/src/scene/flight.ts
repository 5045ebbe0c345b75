/** Being carried to a place: a layer's panel, or where the visit begins. */
import { Vector3 } from 'three';

import type { Arrangement } from '../net/types';
import type { Step } from './clock';
import {
  BUTTON_HEIGHT,
  heightNow,
  MARGIN,
  onButton,
  PLATE_MARGIN,
  PLATE_WIDTH,
  plateTop,
  SECTION_HEIGHT,
  type Exhibit,
} from './exhibit';
import { at, type Place } from './place';
import { EYE_HEIGHT, wrapped, type Pose, type Walker } from './walker';

const SECONDS = 1.3;
/** From a panel, and from the back of the one before it, in m. */
const NEAREST = 1.3;
const BEHIND_OTHERS = 0.25;
/** No panel is looked down upon more steeply, in rad. */
export const STEEP = 0.9;

export class Flight {
  private from: Pose | null = null;
  private to: Pose | null = null;
  private elapsed = 0;

  constructor(private readonly walker: Walker) {}

  get flying(): boolean {
    return this.to !== null;
  }

  /** Begins a flight; `still`: be there at once. */
  start(to: Pose, still: boolean): void {
    const { eye, yaw, pitch } = this.walker;
    this.from = { eye: eye.clone(), yaw, pitch };
    this.to = to;
    this.elapsed = 0;
    this.walker.halt();
    if (!still) return;
    this.elapsed = SECONDS;
    this.place();
  }

  cancel(): void {
    this.to = null;
  }

  /** One frame. */
  step({ step }: Step): void {
    this.elapsed += step;
    this.place();
  }

  private place(): void {
    const { walker, from, to } = this;
    if (from === null || to === null) return;
    const share = Math.min(1, this.elapsed / SECONDS);
    const eased = share * share * share * (share * (6 * share - 15) + 10);
    walker.eye.lerpVectors(from.eye, to.eye, eased);
    // Over the panels, not through them, where the way is long.
    const way = Math.hypot(to.eye.x - from.eye.x, to.eye.z - from.eye.z);
    walker.eye.y += Math.min(2.5, way * 0.06) * 4 * eased * (1 - eased);
    walker.yaw = wrapped(from.yaw + wrapped(to.yaw - from.yaw) * eased);
    walker.pitch = from.pitch + (to.pitch - from.pitch) * eased;
    if (share === 1) this.to = null;
  }
}

/**
 * Before a panel at eye height, far enough to see it whole with its header and plate, but not
 * behind what stands before it: then its lower part is left out, and its button is seen.
 *
 * `free`: the way before the panel until something stands in it, in m; see `freeBefore`.
 * `clear`: the share of the view's height, in its middle, in which the panel is to stand.
 * `covered`: the share of the view's width, on its left, in which nothing of it is to stand.
 * `standing`: how high the eyes are over the floor, in m; who is tall looks over what stands before
 * it, and who flies to a panel that hangs over them is lifted to it.
 */
export function poseBefore(
  exhibit: Exhibit,
  free: number,
  aspect: number,
  fieldOfView: number,
  clear: number,
  covered = 0,
  standing = EYE_HEIGHT,
): Pose {
  const { layout, place, header, sections } = exhibit;
  const eyes = standing + Math.max(0, place.bottom - Math.max(layout.bottom, standing));
  const half = Math.tan(fieldOfView / 2);
  const scale = place.width / layout.width;
  const plate = sections > 0 ? scale * (PLATE_WIDTH + 0.2) : 0;
  const plateUpper = sections > 0 ? plateTop(exhibit) + PLATE_MARGIN : layout.top;
  const plateLower = sections > 0 ? plateUpper - sections * SECTION_HEIGHT - PLATE_MARGIN : layout.bottom;
  const upper = exhibit.turns ? onButton(exhibit, 0, BUTTON_HEIGHT).y : layout.top + header;
  const top = heightNow(exhibit, Math.max(upper + MARGIN, plateUpper)) - eyes;
  const bottom = heightNow(exhibit, Math.min(layout.bottom - MARGIN, plateLower)) - eyes;
  const tall = distanceToSee(bottom, top, 2 * Math.atan(half * clear));
  const aside = (place.width + plate + 0.3 * scale) / 2;
  const wide = aside / (half * aspect * (1 - covered));
  const nearest = Math.max(NEAREST * Math.min(1, scale), (eyes - place.centre.y) / Math.tan(STEEP));
  const away = Math.max(nearest, Math.min(Math.max(tall, wide), free));
  const seen = half * aspect * away;
  // Where it stands too near, rather its left is covered than its right out of view.
  const shift = Math.min(covered * seen, Math.max(0, seen - aside));
  const eye = at(place, -plate / 2 - shift, 0, away);
  eye.y = eyes;
  // A quarter of what is to stay free above suffices for the button.
  const highest = Math.atan((half * (3 + clear)) / 4);
  const middle = (Math.atan2(top, away) + Math.atan2(bottom, away)) / 2;
  const pitch = Math.max(middle, Math.atan2(top, away) - highest);
  return { eye, yaw: Math.atan2(place.normal.x, place.normal.z), pitch };
}

/** From where a wall between two heights, counted from the eye's, fills an angle. */
function distanceToSee(bottom: number, top: number, angle: number): number {
  const height = top - bottom;
  const tangent = Math.tan(angle);
  const root = Math.sqrt(Math.max(0, height * height - 4 * tangent * tangent * top * bottom));
  return (height + root) / (2 * tangent);
}

/** How far one may step back before a panel until one of the others stands in the way, in m. */
export function freeBefore(place: Place, others: Iterable<Place>): number {
  let free = Infinity;
  for (const other of others) {
    const x = other.centre.x - place.centre.x;
    const z = other.centre.z - place.centre.z;
    const before = x * place.normal.x + z * place.normal.z;
    const beside = Math.abs(x * place.right.x + z * place.right.z);
    if (before < 0.1 || beside > (place.width + other.width) / 2) continue;
    free = Math.min(free, before - BEHIND_OTHERS);
  }
  return free;
}

/**
 * Where the visit begins: beside and above the avenue, looking along it, so that the frame,
 * the results and the first panels stand before the visitor and the whole network behind.
 */
export function startPose(arrangement: Arrangement, aspect: number): Pose {
  const frame = arrangement.input_frame;
  const { min_x, max_x } = arrangement.bounds;
  // A wide hall is seen from farther and higher; in a narrow window from farther and less aside.
  const wide = Math.min(Math.max(max_x - min_x - 8, 0), 24);
  const back = Math.max(1, 1.45 / aspect);
  const eye = new Vector3(
    frame.x + 5 / Math.sqrt(back) + wide * 0.1,
    frame.y + 2.3 + wide * 0.1,
    frame.z + (4.4 + wide * 0.06) * back,
  );
  // A hall that winds to the left is looked at farther to the left.
  const lean = Math.min(Math.max(2 * frame.x - min_x - max_x, 0), 40) * 0.08;
  const ahead = new Vector3(frame.x - 0.82 + wide * 0.08 - lean, frame.y - 0.15, frame.z - 4.4);
  const along = ahead.sub(eye);
  return {
    eye,
    yaw: Math.atan2(-along.x, -along.z),
    pitch: Math.atan2(along.y, Math.hypot(along.x, along.z)),
  };
}
