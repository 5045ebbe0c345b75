/** What one has to know wherever one is: messages, what to do first, and the results where one wants them in view. */
import { computed, effect, type ReadonlySignal } from '@preact/signals-core';
import { Vector3, type Object3D } from 'three';

import { followCarrying } from '../model/hints';
import { imageText } from '../model/inputnoise';
import { CONNECTION_TEXTS } from '../model/notices';
import { peek } from '../model/peek';
import type { Notice, State } from '../model/state';
import { Board } from '../scene/board';
import { Facing } from '../scene/facing';
import type { Glyphs } from '../scene/glyphs';
import { GLASS } from '../scene/palette';
import { wrapped } from '../scene/walker';
import type { Gaze } from '../xr/gaze';
import { drawing, GAP, lines, place, type Measure } from './layout';
import { findingsOfAll } from './pages/images';
import { line, title, type Row } from './parts';
import { EM, READING } from './readable';

const WIDTH = 24;
const HEIGHT = 16;
const PAD = 0.8;
const METRE = 24;
const FINDINGS = 5;
const MESSAGES = 2;
const FEW_FINDINGS = 2;
/** Its upper edge is so far below the horizon, in rad. */
const BELOW = 0.26;
/** Over a board that is open its lower edge is so far above the horizon, in rad. */
const ABOVE = 0.4;
/** It is let aside so far before it comes along, in rad, and comes so much of the way a frame. */
const SLACK = 0.3;
const EASE = 0.15;
/** Who is that far off from one frame to the next was put there, in m as they feel them. */
const PUT = 1;

/** Who has come so far knows how, in m as they feel them. */
const WALKED = 2;
const HINTS = {
  'headset.pick': 'Point at a photograph and press the trigger, or pinch: you have it in hand.',
  'headset.insert': 'Point at the frame and press again: every feature map changes.',
  'headset.walk': 'Stick forward, or pinch the floor: you go there. On the menu, Walking has all controls.',
} as const;

export class Bulletin {
  readonly board: Board;
  private readonly facing = new Facing();
  private heading = 0;
  /** Of what is written, in ems. */
  private height = 0;
  /** Where the visitor was when it came. */
  private readonly from = new Vector3();
  /** Where they were a frame ago. */
  private readonly before = new Vector3();
  private begins = true;

  constructor(
    private readonly state: State,
    private readonly glyphs: Glyphs,
    private readonly resultsInView: ReadonlySignal<boolean>,
    /** Whether a board is open before the visitor. */
    private readonly beside: ReadonlySignal<boolean>,
  ) {
    this.board = new Board({ width: WIDTH, height: HEIGHT, metre: METRE }, glyphs);
    this.object.visible = false;
    const rows = computed(() => (state.immersed.value ? this.rows() : []));
    effect(() => { this.draw(rows.value); });
    followCarrying(state, (done) => { if (state.immersed.peek()) state.headsetHints.finish(`headset.${done}`); });
  }

  get object(): Object3D {
    return this.board.object;
  }

  /** Once a frame: stays low before the visitor, or over an open board, and comes along when they turn away. */
  update(gaze: Gaze): void {
    if (!this.object.visible) return;
    const { eye, heading, scale } = gaze;
    if (this.begins) this.begin(gaze);
    if (eye.distanceTo(this.from) > WALKED * scale) this.state.headsetHints.finish('headset.walk');
    const aside = wrapped(heading - this.heading);
    if (Math.abs(aside) > Math.PI / 2 || eye.distanceTo(this.before) > PUT * scale) this.heading = heading;
    else if (Math.abs(aside) > SLACK) this.heading += (aside - Math.sign(aside) * SLACK) * EASE;
    this.before.copy(eye);
    const below = (HEIGHT / 2) * EM + (peek(this.beside) ? -this.height * EM - ABOVE : BELOW);
    const level = Math.cos(below);
    const distance = READING * scale;
    const { position } = this.object;
    position.x = eye.x - Math.sin(this.heading) * level * distance;
    position.y = eye.y - Math.sin(below) * distance;
    position.z = eye.z - Math.cos(this.heading) * level * distance;
    this.object.scale.setScalar(EM * distance);
    this.facing.face(this.object, eye);
  }

  private begin({ eye, heading }: Gaze): void {
    this.begins = false;
    this.heading = heading;
    this.from.copy(eye);
  }

  private rows(): Row[] {
    const messages = this.messages().flatMap(({ tone, text }) => this.linesOf(text, tone === 'error' ? 'alarm' : 'plain'));
    const hint = this.state.headsetHints.current.value;
    if (hint !== null && messages.length === 0 && !this.beside.value) messages.push(...this.linesOf(HINTS[hint], 'plain'));
    const network = this.state.current.value;
    if (!this.resultsInView.value || network === null) return messages;
    const image = network.inserted.value;
    const findings = messages.length > 0 || this.beside.value ? FEW_FINDINGS : FINDINGS;
    return [...messages, title(image === null ? '' : imageText(image), network.name), ...findingsOfAll(this.state, network, findings)];
  }

  private linesOf(text: string, tone: 'alarm' | 'plain'): Row[] {
    return lines(text, WIDTH - 2 * PAD, this.measure).slice(0, 3).map((one) => line(one, tone));
  }

  /** What stays true comes before what passes. */
  private messages(): Pick<Notice, 'tone' | 'text'>[] {
    const { notices, connection } = this.state;
    const text = CONNECTION_TEXTS[connection.value];
    if (text === '') return notices.value.slice(-MESSAGES);
    return [{ tone: 'error', text }, ...notices.value.slice(1 - MESSAGES)];
  }

  private draw(rows: readonly Row[]): void {
    this.object.visible = rows.length > 0;
    if (rows.length === 0) {
      this.begins = true;
      return;
    }
    const into = drawing();
    const end = place(rows, { x: PAD, y: PAD, width: WIDTH - 2 * PAD }, into, this.measure);
    this.height = Math.min(HEIGHT, end - GAP + PAD);
    const back = { x: 0, y: 0, width: WIDTH, height: this.height, radius: 0.8 };
    this.board.set([{ ...back, color: GLASS, opacity: 0.92 }, ...into.widgets], into.captions);
  }

  private readonly measure: Measure = (text, weight) => this.glyphs.width(text, weight);
}
