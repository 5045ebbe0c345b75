/** Where the rows of a board lie on it, and what draws them: pure functions, lengths in ems. */
import type { Caption, Widget } from '../scene/board';
import type { Weight } from '../scene/glyphs';
import type { Box } from '../scene/rectangles';
import { AMBER, ALARM, FAINT, INK, MUTED, RAISED, SLOT, TEXT } from '../scene/palette';
import type { AnyPart, ButtonPart, ChartPart, Row, SliderPart, SwitchPart, TextPart } from './parts';

/** Height of a capital in ems. */
export const CAPITAL = 0.727;
/** Between rows, and between the parts of a row. */
export const GAP = 0.3;
const RADIUS = 0.35;
/** Left and right of a button's label. */
const INSET = 0.35;
const TRACK = 0.3;
const KNOB = 1;
const COLD = '#4d8ffa';

/** How wide a line is at size 1. */
export type Measure = (text: string, weight: Weight) => number;

/** Something that can be pressed, and its middle from the board's upper left corner. */
export interface Target {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** What is drawn, from behind to before. */
export interface Drawing {
  readonly widgets: Widget[];
  readonly captions: Caption[];
  readonly targets: Target[];
}

export function drawing(): Drawing {
  return { widgets: [], captions: [], targets: [] };
}

/** Adds rows from the upper left corner of `area` on, and returns where the next one would begin. */
export function place(rows: readonly Row[], area: Omit<Box, 'height'>, into: Drawing, measure: Measure): number {
  let { y } = area;
  for (const { height, parts } of rows) {
    const widths = widthsOf(parts, area.width, measure);
    let { x } = area;
    parts.forEach((part, index) => {
      const width = widths[index] ?? 0;
      put(part, { x, y, width, height }, into, measure);
      x += width + GAP;
    });
    y += height + GAP;
  }
  return y;
}

/** How wide a button is that is as wide as its label needs. */
export function naturalWidth(label: string, measure: Measure): number {
  return measure(label, 600) + 2 * INSET;
}

/** The text, or as much of its beginning and end as fits: letters are never made smaller. */
export function fitted(text: string, width: number, weight: Weight, measure: Measure): string {
  if (measure(text, weight) <= width) return text;
  for (let kept = text.length - 1; kept > 1; kept -= 1) {
    const end = Math.ceil(kept / 2);
    const cut = `${text.slice(0, kept - end)}\u2026${text.slice(text.length - end)}`;
    if (measure(cut, weight) <= width) return cut;
  }
  return '\u2026';
}

/**
 * What is not fixed is shared; a part without a width and a share counts as 1. A label that would
 * be cut takes from the others what they do not need, as far as there is enough for all labels.
 */
function widthsOf(parts: readonly AnyPart[], width: number, measure: Measure): number[] {
  let fixed = parts.map((part) => (part.width === NATURAL ? natural(part, measure) : part.width));
  const needs = parts.map((part, index) => fixed[index] ?? (part.kind === 'button' ? measure(part.label, 600) + INSET : 0));
  const suffices = needs.reduce((sum, need) => sum + need, GAP * (parts.length - 1)) <= width;
  for (;;) {
    const widths = shared(parts, fixed, width);
    const short = needs.map((need, index) => fixed[index] === undefined && need > (widths[index] ?? 0));
    if (!suffices || !short.includes(true)) return widths;
    fixed = fixed.map((one, index) => one ?? (short[index] === true ? needs[index] : undefined));
  }
}

/** Gives to each part that is not fixed its share of what the fixed ones leave. */
function shared(parts: readonly AnyPart[], fixed: readonly (number | undefined)[], width: number): number[] {
  const taken = fixed.reduce<number>((sum, one) => sum + (one ?? 0), 0) + GAP * (parts.length - 1);
  const shares = parts.map((part, index) => (fixed[index] === undefined ? (part.share ?? 1) : 0));
  const unit = Math.max(0, width - taken) / Math.max(1e-6, shares.reduce((a, b) => a + b, 0));
  return fixed.map((one, index) => one ?? unit * (shares[index] ?? 0));
}

/** As the width of a part: what its writing needs. */
export const NATURAL = -1;

function natural(part: AnyPart, measure: Measure): number {
  if (part.kind === 'button') return naturalWidth(part.label, measure);
  return part.kind === 'text' ? measure(part.text, weightOf(part)) : 1;
}

function put(part: AnyPart, box: Box, into: Drawing, measure: Measure): void {
  switch (part.kind) {
    case 'text':
      putText(part, box, into, measure);
      break;
    case 'button':
      putButton(part, box, into, measure);
      break;
    case 'switch':
      putSwitch(part, box, into, measure);
      break;
    case 'slider':
      putSlider(part, box, into);
      break;
    case 'bar':
      putTrack(box, part.value, into);
      break;
    case 'chart':
      putChart(part, box, into);
  }
}

const TONES = { title: TEXT, plain: TEXT, muted: MUTED, alarm: ALARM, accent: AMBER } as const;

function weightOf({ tone }: TextPart): Weight {
  return tone === 'title' ? 600 : 400;
}

function putText(part: TextPart, box: Box, into: Drawing, measure: Measure): void {
  const weight = weightOf(part);
  const right = part.align === 'right';
  into.captions.push({
    x: right ? box.x + box.width : box.x,
    y: baseline(box),
    text: fitted(part.text, box.width, weight, measure),
    size: 1,
    weight,
    color: TONES[part.tone],
    align: right ? 'right' : 'left',
  });
}

function putButton({ label, name, press, chosen }: ButtonPart, box: Box, into: Drawing, measure: Measure): void {
  const action = press === null ? {} : { action: press };
  const color = chosen === true ? AMBER : RAISED;
  into.widgets.push({ ...box, radius: RADIUS, color, opacity: press === null ? 0.4 : 1, ...action });
  const tone = press === null ? FAINT : chosen === undefined ? AMBER : chosen ? INK : TEXT;
  into.captions.push({
    x: box.x + box.width / 2,
    y: baseline(box),
    text: fitted(label, box.width - INSET, 600, measure),
    size: 1,
    weight: 600,
    color: tone,
    align: 'centre',
  });
  aimAt(name ?? label, box, into);
}

function putSwitch({ label, on, press }: SwitchPart, box: Box, into: Drawing, measure: Measure): void {
  const height = 0.9;
  const width = 1.7;
  const pill = { x: box.x + box.width - width - INSET, y: box.y + (box.height - height) / 2, width, height };
  const knob = height - 0.24;
  const knobX = on ? pill.x + width - knob - 0.12 : pill.x + 0.12;
  into.widgets.push(
    { ...box, radius: RADIUS, color: RAISED, action: press },
    { ...pill, radius: height / 2, color: on ? AMBER : SLOT },
    { x: knobX, y: pill.y + 0.12, width: knob, height: knob, radius: knob / 2, color: on ? INK : MUTED },
  );
  const room = pill.x - box.x - 2 * INSET;
  const text = fitted(label, room, 600, measure);
  into.captions.push({ x: box.x + INSET, y: baseline(box), text, size: 1, weight: 600, color: TEXT });
  aimAt(label, box, into);
}

function putSlider({ name, at, slide, release }: SliderPart, box: Box, into: Drawing): void {
  const way = { x: box.x + KNOB / 2, y: box.y, width: box.width - KNOB, height: box.height };
  into.widgets.push({ ...way, radius: RADIUS, color: SLOT, slide, release });
  putTrack(way, at, into);
  const x = way.x + at * way.width - KNOB / 2;
  const y = box.y + (box.height - KNOB) / 2;
  into.widgets.push({ x, y, width: KNOB, height: KNOB, radius: KNOB / 2, color: AMBER });
  aimAt(name, way, into);
}

function putTrack({ x, y, width, height }: Box, value: number, into: Drawing): void {
  const track = { x, y: y + (height - TRACK) / 2, height: TRACK, radius: TRACK / 2 };
  into.widgets.push({ ...track, width, color: RAISED });
  if (value > 0) into.widgets.push({ ...track, width: Math.max(TRACK, width * Math.min(1, value)), color: AMBER });
}

function putChart({ bars, zero }: ChartPart, box: Box, into: Drawing): void {
  into.widgets.push({ ...box, radius: RADIUS, color: SLOT });
  const step = (box.width - 2 * INSET) / Math.max(1, bars.length);
  bars.forEach((bar, index) => {
    if (bar <= 0) return;
    const height = Math.max(0.08, (box.height - 2 * INSET) * bar);
    const x = box.x + INSET + index * step;
    const y = box.y + box.height - INSET - height;
    into.widgets.push({ x, y, width: step * 0.84, height, radius: 0.02, color: index < zero ? COLD : TEXT });
  });
}

function baseline({ y, height }: Box): number {
  return y + (height + CAPITAL) / 2;
}

function aimAt(label: string, { x, y, width, height }: Box, into: Drawing): void {
  into.targets.push({ label, x: x + width / 2, y: y + height / 2 });
}

/** A text broken into lines of this width, between words. */
export function lines(text: string, width: number, measure: Measure): string[] {
  const found: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = found.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && measure(longer, 400) <= width) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}
