/** What is written at the hologram: what it is, its figures, and the value that is pointed at. */
import { Vector3, type Vector4 } from 'three';

import type { Pixels } from '../model/pixels';
import type { Held } from '../model/state';
import type { Glyphs } from './glyphs';
import { AMBER, MUTED, TEXT } from './palette';
import { UP } from './place';
import { Text, type Line } from './text';

/**
 * Heights of an em, in m: a capital is 1.3 degrees high at `READ_FROM`, and the hologram grows
 * with the distance beyond it.
 */
export const READ_FROM = 0.6;
const NAME = 0.022;
const FIGURES = 0.0192;
const ROW = 0.0265;
/** Over the tool's tip, in m. */
const LOWEST = 0.03;
const WIDEST = 0.3;
/** Between the writing and the picture, in m. */
const GAP = 0.012;
/** Beside the writing, in m. */
const MARGIN = 0.012;
const RIGHT = new Vector3(1, 0, 0);

export class HologramText {
  private readonly writing: Text;
  private name: readonly [string, string] = ['', ''];
  private figures: readonly string[] = [];
  private value = '';
  /** Where the picture may begin, in m over the tool's tip: over a row for the value. */
  top = 0;
  private least = FIGURES;

  /** `plate`: what the lines stand on, as (middle, extent), is written here. */
  constructor(
    private readonly glyphs: Glyphs,
    private readonly plate: Vector4,
  ) {
    this.writing = new Text(glyphs);
    this.object.frustumCulled = false;
    this.object.material.depthTest = false;
  }

  get object(): Text['object'] {
    return this.writing.object;
  }

  /** What it says, line by line. */
  get lines(): string[] {
    return [...this.name, ...this.figures, this.value].filter((line) => line !== '');
  }

  /** The least height of a capital, in m of the hologram. */
  get capital(): number {
    return this.least * this.glyphs.capHeight;
  }

  /** Says what is in hand; its figures follow with its pixels. */
  show(held: Held, name: string): void {
    this.name = [name, moreOf(held, null)];
    this.figures = [];
    this.value = '';
    this.write();
  }

  showPixels(held: Held, pixels: Pixels): void {
    this.name = [this.name[0], moreOf(held, pixels)];
    this.figures = held.kind === 'map' ? inPairs(pixels.figures.slice(0, 4)) : [];
    this.write();
  }

  /** The value that is pointed at; empty without. */
  showValue(value: string): void {
    if (this.value === value) return;
    this.value = value;
    this.write();
  }

  private get under(): string[] {
    return [...this.name, ...this.figures].filter((line) => line !== '');
  }

  private write(): void {
    const { under } = this;
    this.top = LOWEST + (under.length + 0.7) * ROW + GAP;
    const lines = under.map((text, row): Line => {
      const at = new Vector3(0, LOWEST + (under.length - 1 - row) * ROW, 0.001);
      return row === 0
        ? { ...this.line(this.glyphs.fitting(text, 600, WIDEST / NAME), at), size: NAME, weight: 600, color: TEXT }
        : { ...this.line(text, at), size: FIGURES, color: MUTED };
    });
    if (this.value !== '') {
      const at = new Vector3(0, LOWEST + under.length * ROW, 0.001);
      lines.push({ ...this.line(this.value, at), size: NAME, weight: 600, color: AMBER });
    }
    const bottom = LOWEST - 0.4 * ROW;
    const height = (lines.length + 0.2) * ROW;
    this.plate.set(0, bottom + height / 2, this.widest(lines), height);
    this.least = Math.min(...lines.map((line) => this.writing.sizeOf(line)));
    this.writing.set(lines);
  }

  /** Width of the longest line with its margins, in m. */
  private widest(lines: readonly Line[]): number {
    const widths = lines.map(({ text, weight, size }) => Math.min(WIDEST, this.glyphs.width(text, weight ?? 400) * size));
    return Math.max(...widths) + 2 * MARGIN;
  }

  private line(text: string, at: Vector3): Pick<Line, 'text' | 'at' | 'right' | 'up' | 'align' | 'maxWidth'> {
    return { text, at, right: RIGHT, up: UP, align: 'centre', maxWidth: WIDEST };
  }

}

/** Below the name. */
function moreOf(held: Held, pixels: Pixels | null): string {
  if (held.kind === 'image') {
    const { name, label } = held.image;
    return label === name ? '' : (label ?? '');
  }
  const extent = pixels === null ? '' : ` \u00b7 ${pixels.width} \u00d7 ${pixels.height}`;
  return `channel ${held.map.channel}${extent}`;
}

function inPairs(figures: readonly string[]): string[] {
  return figures.flatMap((_, at) =>
    at % 2 === 1 ? [] : [figures.slice(at, at + 2).join(' \u00b7 ')],
  );
}
