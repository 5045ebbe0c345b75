/** In words what a press would do, over the reticle: what the mouse says with a cursor and a title. */
import { Vector3, type Object3D } from 'three';

import { Facing } from '../scene/facing';
import type { Glyphs } from '../scene/glyphs';
import { TEXT } from '../scene/palette';
import { UP } from '../scene/place';
import type { Pointing } from '../scene/pointing';
import { Text } from '../scene/text';

/** Of an em at 1 m, so that a capital is a little over 1.3 degrees high; and over the reticle. */
const SIZE = 0.0325;
const ABOVE = 0.03;
const RIGHT = new Vector3(1, 0, 0);
const AT = new Vector3(0, ABOVE, 0);

export class Tooltip {
  private readonly writing: Text;
  private said = '';
  private readonly facing = new Facing();

  constructor(glyphs: Glyphs) {
    this.writing = new Text(glyphs);
    this.writing.object.renderOrder = 56;
    this.writing.object.material.depthTest = false;
  }

  get object(): Object3D {
    return this.writing.object;
  }

  /** What it says; empty while it says nothing. */
  get text(): string {
    return this.said;
  }

  /** Once a frame: says what a press does where a hand points, turned to the eye. */
  update(pointing: Pointing, eye: Vector3): void {
    this.say(pointing.target?.hint ?? '');
    if (this.said === '') return;
    const { object, facing } = this;
    const { origin, direction } = pointing.ray;
    const { distance } = pointing.met;
    object.position.x = origin.x + direction.x * distance;
    object.position.y = origin.y + direction.y * distance;
    object.position.z = origin.z + direction.z * distance;
    facing.face(object, eye);
    object.scale.setScalar(facing.away);
  }

  hide(): void {
    this.say('');
  }

  private say(text: string): void {
    if (text === this.said) return;
    this.said = text;
    const line = { text, at: AT, right: RIGHT, up: UP, size: SIZE, color: TEXT, weight: 600, align: 'centre' } as const;
    this.writing.set(text === '' ? [] : [line]);
  }
}
