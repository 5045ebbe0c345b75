/** A small plate over the off hand, like a watch: it opens the boards. */
import type { Object3D } from 'three';

import type { Gaze } from '../xr/gaze';
import type { Hand } from '../xr/hand';
import { Board } from '../scene/board';
import { Facing } from '../scene/facing';
import type { Glyphs } from '../scene/glyphs';
import { GLASS } from '../scene/palette';
import { drawing, GAP, place, type Target } from './layout';
import { button, row, ROW } from './parts';

const PAD = 0.35;
const WIDTH = 14;
/** Of one button. */
const BUTTON = 4.2;
const HEIGHT = ROW + 2 * PAD;
const METRE = 24;
/** An em over its distance to the eye: capitals are 1.35 degrees high on a plate that faces it. */
const EM = 0.0325;
/** Over the palm, and from there towards the eye, in m as the visitor feels them. */
const OVER = 0.1;
const TOWARDS = 0.03;

/** Whether a button's board is open. */
export interface Pressed {
  readonly menu: boolean;
  readonly layer: boolean;
  /** What lets go of what is in hand; null while that is nothing. */
  readonly letGo: (() => void) | null;
}

export class WristPlate {
  readonly board: Board;
  targets: readonly Target[] = [];
  private readonly facing = new Facing();

  constructor(
    private readonly glyphs: Glyphs,
    private readonly toggleMenu: () => void,
    private readonly toggleLayer: () => void,
  ) {
    this.board = new Board({ width: WIDTH, height: HEIGHT, metre: METRE }, glyphs);
    this.board.object.visible = false;
  }

  get object(): Object3D {
    return this.board.object;
  }

  show({ menu, layer, letGo }: Pressed): void {
    const into = drawing();
    const buttons = [
      button('Menu', this.toggleMenu, { chosen: menu }),
      button('Layer', this.toggleLayer, { chosen: layer }),
      ...(letGo === null ? [] : [button('Let go', letGo)]),
    ];
    const width = buttons.length * (BUTTON + GAP) - GAP;
    const x = (WIDTH - width) / 2;
    into.widgets.push({ x: x - PAD, y: 0, width: width + 2 * PAD, height: HEIGHT, radius: 0.6, color: GLASS, opacity: 0.94 });
    place([row(...buttons)], { x, y: PAD, width }, into, (text, weight) => this.glyphs.width(text, weight));
    this.targets = into.targets;
    this.board.set(into.widgets, into.captions);
  }

  /** Once a frame: stays over the hand, turned to the eye, as large as one can read it there. */
  update(hand: Hand, { eye, scale }: Gaze): void {
    const { object, facing } = this;
    object.visible = hand.present;
    if (!hand.present) return;
    const { position } = object;
    position.setFromMatrixPosition(hand.grip);
    position.y += OVER * scale;
    facing.face(object, eye);
    const share = (TOWARDS * scale) / Math.max(1e-3, facing.away);
    position.x += (eye.x - position.x) * share;
    position.y += (eye.y - position.y) * share;
    position.z += (eye.z - position.z) * share;
    object.scale.setScalar(EM * (1 - share) * facing.away);
  }
}
