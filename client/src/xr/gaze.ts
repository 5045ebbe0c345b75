/** Where a visitor's eyes are and look. It is handed on whole, as `Clock` is, and for the same reason. */
import { Vector3 } from 'three';

export interface Gaze {
  readonly eye: Vector3;
  /** Over the floor, in rad to the left of -z. */
  readonly heading: number;
  /** How large the visitor is beside the hall. */
  readonly scale: number;
}

/** One that is written in each frame. */
export class LiveGaze implements Gaze {
  readonly eye = new Vector3();
  heading = 0;
  scale = 1;
}
