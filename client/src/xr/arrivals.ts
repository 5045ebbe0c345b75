/** Where one who is carried somewhere in the headset comes to stand, and where they look. */
import { BUTTON_HEIGHT, heightNow, MARGIN, onButton, PLATE_WIDTH, type Exhibit } from '../scene/exhibit';
import { STEEP } from '../scene/flight';
import { at } from '../scene/place';
import type { InputFrame } from '../net/types';

/** A place on the floor and where one looks from there. */
export interface Ground {
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
}

/** From the input frame: to its right and before it, in m, and turned to it, in rad. */
const BEFORE_FRAME = { right: 2.4, out: 3.8, yaw: 0.5 };

/** From a panel, and from the back of what stands before it, in m. */
const NEAREST = 1.2;
/** Capitals of a panel's second line, 0.125 m of Inter, are 1.3 degrees high from here, in m. */
const READABLE = 3.9;
/** What is seen without turning the head, in rad to each side and upwards. */
const ASIDE = 0.56;
const RISING = 0.5;

/** Where one sees the frame and the images near, and the network beside the frame. */
export function groundBefore(frame: InputFrame): Ground {
  const { right, out, yaw } = BEFORE_FRAME;
  return { x: frame.x + right, z: frame.z + out, yaw };
}

/**
 * Before a panel: its plate, maps and header in view and their writing large enough, but not
 * behind what stands before it.
 *
 * `free`: the way before the panel until something stands in it, in m; see `freeBefore`.
 * `eyes`: how high they are over the hall's floor, in m.
 */
export function groundAt(exhibit: Exhibit, free: number, eyes: number): Ground {
  const { layout, place, header, turns, sections } = exhibit;
  const scale = place.width / layout.width;
  const plate = sections > 0 ? scale * (PLATE_WIDTH + 0.2) : 0;
  const upper = turns ? onButton(exhibit, 0, BUTTON_HEIGHT).y : layout.top + header + MARGIN;
  const wide = (place.width + plate) / 2 / Math.tan(ASIDE);
  const tall = Math.max(0, heightNow(exhibit, upper) - eyes) / Math.tan(RISING);
  const wanted = Math.max(Math.min(wide, scale * READABLE), tall);
  const away = Math.max(NEAREST * Math.min(1, scale), Math.min(wanted, free));
  // Who is much taller than the panel looks over what stands before it.
  const { x, z } = at(place, -plate / 2, 0, Math.max(away, (eyes - place.centre.y) / Math.tan(STEEP)));
  return { x, z, yaw: Math.atan2(place.normal.x, place.normal.z) };
}
