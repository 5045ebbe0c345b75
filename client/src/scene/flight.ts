/** Being carried to a place: a layer's panel, or where the visit begins. */
import { Vector3 } from 'three';

import type { Arrangement } from '../net/types';
import { at, type Place } from './place';
import { EYE_HEIGHT, wrapped, type Pose, type Walker } from './walker';

const SECONDS = 1.3;

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
    if (still) this.step(SECONDS);
  }

  cancel(): void {
    this.to = null;
  }

  step(seconds: number): void {
    const { walker, from, to } = this;
    if (from === null || to === null) return;
    this.elapsed += seconds;
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

/** Before a panel, far enough to see it whole, at eye height. */
export function poseBefore(place: Place, aspect: number, fieldOfView: number): Pose {
  const half = Math.tan(fieldOfView / 2);
  const headroom = 0.7; // for the name above
  const tall = (place.height + headroom) / 2 / half;
  const wide = (place.width + 0.6) / 2 / (half * aspect);
  const away = Math.max(1.2 * place.height, tall, wide, 1.4);
  const eye = at(place, 0, 0, away);
  eye.y = EYE_HEIGHT;
  const rise = place.centre.y + headroom / 3 - eye.y;
  return { eye, yaw: Math.atan2(place.normal.x, place.normal.z), pitch: Math.atan2(rise, away) };
}

/**
 * Where the visit begins: beside and above the avenue, looking along it, so that the frame,
 * the results and the first panels stand before the visitor and the whole network behind.
 */
export function startPose(arrangement: Arrangement, aspect: number): Pose {
  const frame = arrangement.input_frame;
  const { min_x, max_x, min_z } = arrangement.bounds;
  const width = Math.min(max_x - min_x, 14);
  const narrow = Math.max(1, 1.5 / aspect);
  const eye = new Vector3(
    frame.x + 3.2 + width * 0.16,
    frame.y + frame.height / 2 + 1.9,
    frame.z + 7.6 * narrow,
  );
  const length = Math.min(frame.z - min_z, 60);
  const target = new Vector3(frame.x + 0.9, frame.y + 0.35, frame.z - Math.min(6, length * 0.2));
  const along = target.sub(eye);
  return {
    eye,
    yaw: Math.atan2(-along.x, -along.z),
    pitch: Math.atan2(along.y, Math.hypot(along.x, along.z)),
  };
}
