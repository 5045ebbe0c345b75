/** What one has to know wherever one is: messages, and the results where one wants them in view. */
import { computed, effect, type Signal } from '@preact/signals-core';
import { Vector3, type Object3D } from 'three';

import { CONNECTION_TEXTS } from '../model/notices';
import type { Notice, State } from '../model/state';
import { Board } from '../scene/board';
import type { Glyphs } from '../scene/glyphs';
import { GLASS } from '../scene/palette';
import { wrapped } from '../scene/walker';
import { drawing, GAP, lines, place, type Measure } from './layout';
import { findingRows } from './pages/images';
import { line, title, type Row } from './parts';
import { EM, READING, type Gaze } from './readable';

const WIDTH = 24;
const HEIGHT = 11;
const PAD = 0.8;
const METRE = 24;
const FINDINGS = 5;
const MESSAGES = 2;
/** Below the horizon, in rad. */
const BELOW = 0.42;
/** It is let aside so far before it comes along, in rad, and comes so much of the way a frame. */
const SLACK = 0.45;
const EASE = 0.15;

export class Bulletin {
  readonly board: Board;
  private readonly ahead = new Vector3();
  private heading = 0;

  constructor(
    private readonly state: State,
    private readonly glyphs: Glyphs,
    private readonly resultsInView: Signal<boolean>,
  ) {
    this.board = new Board({ width: WIDTH, height: HEIGHT, metre: METRE }, glyphs);
    this.object.visible = false;
    const rows = computed(() => (state.immersed.value ? this.rows() : []));
    effect(() => { this.draw(rows.value); });
  }

  get object(): Object3D {
    return this.board.object;
  }

  /** Once a frame: stays low before the visitor, and comes along when they turn away from it. */
  update({ eye, heading, scale }: Gaze): void {
    if (!this.object.visible) return;
    const aside = wrapped(heading - this.heading);
    if (Math.abs(aside) > Math.PI / 2) this.heading = heading;
    else if (Math.abs(aside) > SLACK) this.heading += (aside - Math.sign(aside) * SLACK) * EASE;
    this.ahead.set(-Math.sin(this.heading) * Math.cos(BELOW), -Math.sin(BELOW), -Math.cos(this.heading) * Math.cos(BELOW));
    const distance = READING * scale;
    this.object.position.copy(eye).addScaledVector(this.ahead, distance);
    this.object.scale.setScalar(EM * distance);
    this.object.lookAt(eye);
  }

  private rows(): Row[] {
    const messages = this.messages().flatMap(({ tone, text }) =>
      lines(text, WIDTH - 2 * PAD, this.measure).slice(0, 3).map((one) => line(one, tone === 'error' ? 'alarm' : 'plain')),
    );
    const network = this.state.current.value;
    if (!this.resultsInView.value || network === null) return messages;
    const image = network.inserted.value;
    const findings = messages.length > 3 ? 2 : FINDINGS;
    return [...messages, title(image?.label ?? image?.name ?? '', network.name), ...findingRows(network, findings)];
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
    if (rows.length === 0) return;
    const into = drawing();
    const end = place(rows, { x: PAD, y: PAD, width: WIDTH - 2 * PAD }, into, this.measure);
    const back = { x: 0, y: 0, width: WIDTH, height: Math.min(HEIGHT, end - GAP + PAD), radius: 0.8 };
    this.board.set([{ ...back, color: GLASS, opacity: 0.92 }, ...into.widgets], into.captions);
  }

  private readonly measure: Measure = (text, weight) => this.glyphs.width(text, weight);
}
