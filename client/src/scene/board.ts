/**
 * A board with pictures, buttons and sliders, that hangs on whatever it is added to: the hall, a
 * hand, the visitor. All its rectangles are one draw, its writing a second; a ray finds the
 * button it meets by arithmetic.
 *
 * Own code and not `@pmndrs/uikit`: that library with its default font is 371 kB gzipped of
 * the 400 kB that the whole page may have, and its checks compile code from strings, which
 * the page's content policy forbids.
 */
import { Group, Vector2, Vector3, type Ray, type Texture } from 'three';

import type { Glyphs, Weight } from './glyphs';
import { UP } from './place';
import { Reach, type Pickable } from './pointing';
import { Rectangles, type Filled } from './rectangles';
import { Text, type Line } from './text';

export interface Widget extends Filled {
  readonly action?: () => void;
  /** It is a slider: told where it is held, 0..1 from its left end, from the press on. */
  readonly slide?: (share: number) => void;
  /** The slider is let go. */
  readonly release?: () => void;
}

/** A line on the board; `x`, `y`: its baseline, from the board's upper left corner. */
export interface Caption {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly color: string;
  readonly weight?: Weight;
  readonly align?: NonNullable<Line['align']>;
  readonly maxWidth?: number;
}

export interface BoardForm {
  readonly width: number;
  readonly height: number;
  /** How many of its units look like one metre in the hall; 1 where they are metres. */
  readonly metre?: number;
  /** From here on its writing fades away, in m. */
  readonly fade?: number;
}

/** Writing on a board in the hall fades away from here on, in m. */
export const FADE = 14;

const RIGHT = new Vector3(1, 0, 0);
/** A slider that is dragged does not ask how far away it is. */
const dragged = new Reach();
/** The writing lies this far before the rectangles, in m of the hall. */
const OUT = 0.004;

export class Board implements Pickable {
  /** Its middle is the board's, its z axis comes out of the face. */
  readonly object = new Group();
  private readonly rectangles: Rectangles;
  private readonly writing: Text;
  /** Where the last ray met its plane, from its upper left corner. */
  private readonly met = new Vector2();
  private widgets: readonly Widget[] = [];
  /** Each widget's left, upper, right and lower edge: read from the widgets, each number would be an object. */
  private edges = new Float64Array();
  private captions: readonly Caption[] = [];
  private written = '';
  private hit = -1;
  /** Where the last ray met it, from its left edge. */
  private hitX = 0;
  private held: Widget | null = null;

  constructor(
    readonly form: BoardForm,
    glyphs: Glyphs,
  ) {
    this.rectangles = new Rectangles(form.width, form.height, form.metre ?? 1);
    this.writing = new Text(glyphs);
    this.object.add(this.rectangles.object, this.writing.object);
  }

  /** Shows these widgets, the first one behind, and these lines before them. */
  set(widgets: readonly Widget[], captions: readonly Caption[]): void {
    this.widgets = widgets;
    this.edges = Float64Array.from(widgets.flatMap(({ x, y, width, height }) => [x, y, x + width, y + height]));
    this.captions = captions;
    this.rectangles.set(widgets);
    const written = JSON.stringify(captions);
    if (written === this.written) return;
    this.written = written;
    this.writing.set(captions.map((caption) => this.lineOf(caption)));
  }

  /** What it shows now. */
  get shown(): { readonly widgets: readonly Widget[]; readonly captions: readonly Caption[] } {
    return { widgets: this.widgets, captions: this.captions };
  }

  /** The pictures that widgets show by their `cell`, in so many columns and rows. */
  setSheet(sheet: Texture, columns: number, rows: number): void {
    this.rectangles.setSheet(sheet, columns, rows);
  }

  /** Height of an em of a line as it is written: smaller where it would be too wide. */
  sizeOf(caption: Caption): number {
    return this.writing.sizeOf(caption);
  }

  /** Where a point of the board is in space; `x`, `y` from its upper left corner. */
  at(x: number, y: number): Vector3 {
    this.object.updateWorldMatrix(true, false);
    return this.local(x, y).applyMatrix4(this.object.matrixWorld);
  }

  get cursor(): string {
    return this.hit < 0 ? 'default' : 'pointer';
  }

  /** What is drawn is met, its buttons and sliders are pressed; beside that a ray passes. */
  pick(ray: Ray, reach: Reach): boolean {
    if (!this.object.visible || !this.meet(ray, reach)) return false;
    const { x, y } = this.met;
    let isOn = false;
    this.hitX = x;
    this.hit = -1;
    for (let index = this.widgets.length - 1; index >= 0; index -= 1) {
      if (!this.covers(index, x, y)) continue;
      isOn = true;
      const one = this.widgets[index];
      if (one?.action === undefined && one?.slide === undefined) continue;
      this.hit = index;
      break;
    }
    return isOn;
  }

  over(): void {
    this.rectangles.hover(this.hit);
  }

  out(): void {
    this.rectangles.hover(-1);
  }

  click(button: number): void {
    const widget = this.widgets[this.hit];
    if (button !== 0 || widget === undefined) return;
    widget.action?.();
    if (widget.slide === undefined) return;
    this.held = widget;
    widget.slide(shareAt(widget, this.hitX));
  }

  /** The slider that is held follows the ray, beside the board too. */
  drag(ray: Ray): void {
    if (this.held === null || !this.meet(ray, dragged)) return;
    this.held.slide?.(shareAt(this.held, this.met.x));
  }

  /** The slider that is held stays where it is. */
  drop(): void {
    const { held } = this;
    this.held = null;
    held?.release?.();
  }

  dispose(): void {
    this.rectangles.dispose();
    this.writing.dispose();
  }

  /** Whether a ray meets the plane from the front; writes where, and how far along. */
  private meet(ray: Ray, reach: Reach): boolean {
    this.object.updateWorldMatrix(true, false);
    const { origin, direction } = ray;
    // In columns: its right, its upright, out of its face, each as long as its scale, and its middle.
    const at = this.object.matrixWorld.elements;
    const towards = direction.x * at[8] + direction.y * at[9] + direction.z * at[10];
    if (towards >= 0) return false;
    const ahead = (at[12] - origin.x) * at[8] + (at[13] - origin.y) * at[9] + (at[14] - origin.z) * at[10];
    const distance = ahead / towards;
    if (distance <= 0) return false;
    const x = origin.x + distance * direction.x - at[12];
    const y = origin.y + distance * direction.y - at[13];
    const z = origin.z + distance * direction.z - at[14];
    const square = at[8] * at[8] + at[9] * at[9] + at[10] * at[10];
    const right = (x * at[0] + y * at[1] + z * at[2]) / square;
    const up = (x * at[4] + y * at[5] + z * at[6]) / square;
    this.met.x = this.form.width / 2 + right;
    this.met.y = this.form.height / 2 - up;
    reach.metres = distance;
    return true;
  }

  private covers(widget: number, x: number, y: number): boolean {
    const { edges } = this;
    const at = 4 * widget;
    if (x < (edges[at] ?? 0) || y < (edges[at + 1] ?? 0)) return false;
    return x <= (edges[at + 2] ?? 0) && y <= (edges[at + 3] ?? 0);
  }

  private local(x: number, y: number): Vector3 {
    const { width, height, metre } = this.form;
    return new Vector3(x - width / 2, height / 2 - y, OUT * (metre ?? 1));
  }

  private lineOf({ x, y, ...rest }: Caption): Line {
    const line: Line = { ...rest, at: this.local(x, y), right: RIGHT, up: UP };
    return this.form.fade === undefined ? line : { ...line, fade: this.form.fade };
  }
}

function shareAt({ x, width }: Widget, at: number): number {
  return Math.min(1, Math.max(0, (at - x) / width));
}
