/** Where a hand's bones are, in the rig's space: of a bare hand its joints, of a controller a plain handle. */
import { Vector3, type Matrix4 } from 'three';

/** Of a hand, in the order of WebXR: the wrist, and each finger from the palm to its tip. */
export const JOINTS = 25;
/** The joints next to the wrist; every other one hangs on the one before it. */
const ROOTS: ReadonlySet<number> = new Set([1, 5, 10, 15, 20]);
/** Of a joint whose radius the headset does not tell, in m. */
const USUAL_RADIUS = 0.008;
/** A controller's handle along its grip, whose -z is ahead, in m. */
const BACK = { z: 0.07, radius: 0.012 } as const;
const FRONT = { z: -0.045, radius: 0.016 } as const;

/** What WebXR's frames have beside what their types say; each fills an array, so that no object is made. */
interface JointFrame extends XRFrame {
  fillPoses?(spaces: readonly XRSpace[], base: XRSpace, poses: Float32Array): boolean;
  fillJointRadii?(spaces: readonly XRJointSpace[], radii: Float32Array): boolean;
}

/** The joint nearer to the wrist; of the wrist itself there is none. */
export function towardsWrist(joint: number): number {
  return ROOTS.has(joint) ? 0 : joint - 1;
}

export class Joints {
  /** x, y, z and radius of each joint, in m; a bone to a joint without a radius is not there. */
  readonly places = new Float32Array(4 * JOINTS);
  private hand: XRHand | null = null;
  private spaces: readonly XRJointSpace[] = [];
  private readonly poses = new Float32Array(16 * JOINTS);
  private readonly radii = new Float32Array(JOINTS);
  private readonly at = new Vector3();

  /** Whether there is anything to see. */
  get seen(): boolean {
    return (this.places[7] ?? 0) > 0;
  }

  /** Of a bare hand in this frame. */
  read(hand: XRHand, frame: XRFrame, space: XRReferenceSpace): void {
    if (hand !== this.hand) {
      this.hand = hand;
      this.spaces = [...hand.values()];
    }
    const { places, poses, radii, spaces } = this;
    const filling: JointFrame = frame;
    if (spaces.length !== JOINTS || filling.fillPoses?.(spaces, space, poses) !== true) {
      this.hide();
      return;
    }
    filling.fillJointRadii?.(spaces, radii);
    for (let joint = 0; joint < JOINTS; joint += 1) {
      const radius = radii[joint] as number;
      for (let axis = 0; axis < 3; axis += 1) places[4 * joint + axis] = poses[16 * joint + 12 + axis] as number;
      places[4 * joint + 3] = radius > 0 ? radius : USUAL_RADIUS;
    }
  }

  /** Of a controller that is held so. */
  hold(grip: Matrix4): void {
    this.hide();
    this.put(0, BACK, grip);
    this.put(1, FRONT, grip);
  }

  hide(): void {
    this.places.fill(0);
  }

  private put(joint: number, { z, radius }: typeof BACK | typeof FRONT, grip: Matrix4): void {
    this.at.set(0, 0, z).applyMatrix4(grip).toArray(this.places, 4 * joint);
    this.places[4 * joint + 3] = radius;
  }
}
