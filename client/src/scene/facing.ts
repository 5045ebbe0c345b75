/**
 * How something flat is turned to face an eye, level from left to right. Written out in numbers:
 * those that are passed on, or returned, become objects on the heap, in each frame anew.
 */
import { Matrix4, type Object3D, type Vector3 } from 'three';

export class Facing {
  /** In columns: to its right, along its height, out of its face. */
  readonly basis = new Matrix4();
  /** From there to the eye, in m. */
  away = 0;

  /** Turns what is at a place to an eye; straight above or below that its right is the world's. */
  turn(at: Vector3, eye: Vector3): void {
    const x = eye.x - at.x;
    const y = eye.y - at.y;
    const z = eye.z - at.z;
    const level = Math.sqrt(x * x + z * z);
    const away = Math.sqrt(level * level + y * y);
    const rightX = level > 0 ? z / level : 1;
    const rightZ = level > 0 ? -x / level : 0;
    const outX = away > 0 ? x / away : 0;
    const outY = away > 0 ? y / away : 0;
    const outZ = away > 0 ? z / away : 1;
    const { elements } = this.basis;
    elements[0] = rightX;
    elements[2] = rightZ;
    elements[4] = outY * rightZ;
    elements[5] = outZ * rightX - outX * rightZ;
    elements[6] = -outY * rightX;
    elements[8] = outX;
    elements[9] = outY;
    elements[10] = outZ;
    this.away = away;
  }

  /** Turns an object, whose parent is the hall, to an eye. */
  face(object: Object3D, eye: Vector3): void {
    this.turn(object.position, eye);
    object.quaternion.setFromRotationMatrix(this.basis);
  }
}
