/** Above the input frame: the image with its segments or boxes, and a legend beside it. */
import type { Object3D } from 'three';

import { findingsOf, headingOf, type Finding } from '../model/findings';
import { formatPercent } from '../model/format';
import type { InputFrame, PassResult } from '../net/types';
import { Board, FADE, type Caption, type Widget } from './board';
import type { Glyphs } from './glyphs';
import { AMBER, GLASS, INK, MUTED, TEXT } from './palette';
import { ResultPicture, within } from './resultpicture';
import { placeTags } from './tags';

const PAD = 0.12;
const PICTURE_WIDTH = 2.05;
const PICTURE_HEIGHT = 1.5;
const GAP = 0.15;
const LEGEND_WIDTH = 1.3;
const WIDTH = PICTURE_WIDTH + GAP + LEGEND_WIDTH + 2 * PAD;
const HEIGHT = PICTURE_HEIGHT + 2 * PAD;
const ABOVE_FRAME = 0.22;
const HEADING = 0.3;
const FIRST_ROW = 0.56;
const ROW = 0.155;
const ROWS = 7;
const SWATCH = 0.1;
const EMPTY_SWATCH = '#2b3040';
const TAG_HEIGHT = 0.115;
const TAG_TEXT = 0.082;
const TAG_PAD = 0.03;
const MOST_TAGS = 12;

/** A rectangle of the board that the picture fills. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class ResultCanvas {
  private readonly board: Board;
  private readonly picture = new ResultPicture();

  constructor(
    frame: InputFrame,
    private readonly glyphs: Glyphs,
  ) {
    // The picture stands over that in the frame.
    const x = frame.x + WIDTH / 2 - PAD - PICTURE_WIDTH / 2;
    const y = frame.y + frame.height / 2 + ABOVE_FRAME + HEIGHT / 2;
    this.board = new Board({ width: WIDTH, height: HEIGHT, fade: FADE }, glyphs);
    this.board.object.position.set(x, y, frame.z);
    this.board.object.visible = false;
  }

  get object(): Object3D {
    return this.board.object;
  }

  /** Shows what was segmented or detected in a picture; hidden where that is nothing of both. */
  set(result: PassResult | null, picture: HTMLImageElement | null): void {
    const says = Boolean(result?.segmentation ?? result?.detections);
    this.object.visible = says && picture !== null;
    if (!says || result === null || picture === null) return;
    this.board.setSheet(this.picture.draw(picture, result), 1, 1);
    const placed = placedIn(picture.naturalWidth, picture.naturalHeight);
    const widgets: Widget[] = [
      { ...backOf(placed), radius: 0.05, color: GLASS, opacity: 0.94 },
      { ...placed, radius: 0.02, color: GLASS, cell: 0 },
    ];
    const captions: Caption[] = [];
    this.putTags(result, placed, widgets, captions);
    putLegend(result, placed.x + placed.width + GAP, widgets, captions);
    this.board.set(widgets, captions);
  }

  /** The colour at a place of the picture, as `ResultPicture`; null while it is hidden. */
  colorAt(x: number, y: number): readonly number[] | null {
    return this.object.visible ? this.picture.colorAt(x, y) : null;
  }

  dispose(): void {
    this.board.dispose();
    this.picture.dispose();
  }

  private putTags(result: PassResult, placed: Placed, widgets: Widget[], captions: Caption[]): void {
    const { detections } = result;
    if (!detections) return;
    const found = detections.found.slice(0, MOST_TAGS);
    const boxes = found.map(({ box }) => {
      const [left, top, right, bottom] = within(detections.region, box);
      const { width, height } = placed;
      return { left: left * width, top: top * height, right: right * width, bottom: bottom * height };
    });
    const texts = found.map(({ label, score }) => `${label} ${(score * 100).toFixed(0)} %`);
    const widths = texts.map((text) => this.glyphs.width(text, 600) * TAG_TEXT + 2 * TAG_PAD);
    for (const tag of placeTags(boxes, widths, TAG_HEIGHT, placed)) {
      const x = placed.x + tag.x;
      const y = placed.y + tag.y;
      const color = found[tag.box]?.color ?? AMBER;
      widgets.push({ x, y, width: tag.width, height: tag.height, radius: 0.015, color });
      captions.push({
        x: x + TAG_PAD,
        y: y + 0.5 * (TAG_HEIGHT + this.glyphs.capHeight * TAG_TEXT),
        text: texts[tag.box] ?? '',
        size: TAG_TEXT,
        weight: 600,
        color: inkOn(color),
        maxWidth: tag.width - 2 * TAG_PAD,
      });
    }
  }
}

/** Where a picture of this size lies on the board: whole, as large as there is room. */
function placedIn(width: number, height: number): Placed {
  const scale = Math.min(PICTURE_WIDTH / width, PICTURE_HEIGHT / height);
  const size = { width: width * scale, height: height * scale };
  return {
    x: PAD + (PICTURE_WIDTH - size.width) / 2,
    y: PAD + (PICTURE_HEIGHT - size.height) / 2,
    ...size,
  };
}

/** The board that is seen: the picture and the legend, with a rim. */
function backOf({ x, width }: Placed): Placed {
  return { x: x - PAD, y: 0, width: width + GAP + LEGEND_WIDTH + 2 * PAD, height: HEIGHT };
}

/** `x`: of its left edge. */
function putLegend(result: PassResult, x: number, widgets: Widget[], captions: Caption[]): void {
  const [heading, note] = headingOf(result);
  const findings = findingsOf(result);
  const maxWidth = LEGEND_WIDTH;
  captions.push({ x, y: HEADING, text: heading, size: 0.19, weight: 600, color: TEXT, maxWidth });
  findings.slice(0, ROWS).forEach((finding, row) => {
    putRow(finding, x, FIRST_ROW + row * ROW, widgets, captions);
  });
  const hidden = findings.length - ROWS;
  const last = [hidden > 0 ? `and ${hidden} more` : '', note].filter(Boolean).join(' · ');
  const y = FIRST_ROW + Math.min(findings.length, ROWS) * ROW + 0.01;
  if (last) captions.push({ x, y, text: last, size: 0.105, color: MUTED, maxWidth });
}

function putRow(finding: Finding, x: number, y: number, widgets: Widget[], captions: Caption[]): void {
  const { label, color, share } = finding;
  const swatch = { x, y: y - SWATCH, width: SWATCH, height: SWATCH, radius: 0.02 };
  widgets.push({ ...swatch, color: color ?? EMPTY_SWATCH });
  const text = { y, size: 0.125, color: color === null ? MUTED : TEXT };
  captions.push(
    { ...text, x: x + SWATCH + 0.06, text: label, maxWidth: LEGEND_WIDTH - SWATCH - 0.6 },
    { ...text, x: x + LEGEND_WIDTH, text: formatPercent(share), align: 'right' },
  );
}

/** Dark or light, whichever is easier to read on a colour. */
function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 110 ? INK : TEXT;
}
