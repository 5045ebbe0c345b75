/** Halls, heads and hands made up for tests. */
import { Euler, Matrix4, Quaternion, Vector3 } from 'three';

import type { InputFrame, Panel, Sign } from '../../src/net/types';
import { HEADER, type Exhibit } from '../../src/scene/exhibit';
import { placeOf } from '../../src/scene/place';
import type { Standing } from '../../src/xr/footing';
import { Hand } from '../../src/xr/hand';
import type { EyePose } from '../../src/xr/rig';

/** Both eyes of a head at a place of the room, 6 cm apart. */
export function eyes(x: number, y: number, z: number, yaw = 0, pitch = 0): EyePose[] {
  const turn = new Quaternion().setFromEuler(new Euler(pitch, yaw, 0, 'YXZ'));
  return [-0.03, 0.03].map((aside) => {
    const eye = new Vector3(aside, 0, 0).applyQuaternion(turn).add(new Vector3(x, y, z));
    return { matrix: new Matrix4().compose(eye, turn, new Vector3(1, 1, 1)) };
  });
}

/** A panel of 2 by 1.6 m at x, z; `turned` like an exhibit with both sections on its plate. */
export function exhibit(x: number, z: number, yaw = 0, columns = 10): Exhibit {
  const panel: Panel = {
    layer: `at ${x} ${z}`, x, y: 1.4, z, yaw, columns, rows: 8, cell_width: 0.2, cell_height: 0.2,
  };
  const layout = placeOf(panel);
  return { layout, place: placeOf(panel), anchor: 1, header: HEADER, turns: true, sections: 2 };
}

const FRAME: InputFrame = { x: 0, y: 1.6, z: 3, width: 1.5, height: 1.5 };

/** A hall of these panels and its frame at z = 3, from x = -5 to 5 and z = -20 to 3. */
export function standing(exhibits: readonly Exhibit[], signs: readonly Sign[] = []): Standing {
  const bounds = { min_x: -5, max_x: 5, min_z: -20, max_z: 3 };
  const arrangement = { bounds, input_frame: FRAME, signs: [...signs] };
  const byLayer = new Map(exhibits.map((one) => [one.place.layer, one]));
  return { exhibits: byLayer, blocks: { shown: true }, hall: { arrangement } };
}

/** A controller that points from one place to another. */
export function pointing(side: 'left' | 'right', from: Vector3, to: Vector3): Hand {
  const hand = new Hand(side);
  hand.present = true;
  hand.ray.origin.copy(from);
  hand.ray.direction.subVectors(to, from).normalize();
  return hand;
}
