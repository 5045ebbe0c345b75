/**
 * What a board says and lets one do, row by row; where that lies on the board is the layout's
 * affair. Lengths are in ems: the height of the board's letters with their lead.
 */
import type { Choice } from '../model/wording';

interface Part {
  /** How much of the row's free width it takes beside the others. */
  readonly share?: number;
  /** In ems, where it does not share. */
  readonly width?: number;
}

export interface TextPart extends Part {
  readonly kind: 'text';
  readonly text: string;
  readonly tone: 'title' | 'plain' | 'muted' | 'alarm' | 'accent';
  readonly align?: 'left' | 'right';
}

export interface ButtonPart extends Part {
  readonly kind: 'button';
  readonly label: string;
  /** What it is called where the label alone does not tell it. */
  readonly name?: string;
  /** Null while it can do nothing. */
  readonly press: (() => void) | null;
  /** Of one that chooses: whether it is chosen. */
  readonly chosen?: boolean;
}

/** Something that is on or off. */
export interface SwitchPart extends Part {
  readonly kind: 'switch';
  readonly label: string;
  readonly on: boolean;
  readonly press: () => void;
}

export interface SliderPart extends Part {
  readonly kind: 'slider';
  readonly name: string;
  /** Where it stands, 0..1. */
  readonly at: number;
  readonly slide: (share: number) => void;
  readonly release: () => void;
}

/** How much of something is done, 0..1. */
export interface BarPart extends Part {
  readonly kind: 'bar';
  readonly value: number;
}

/** Bars side by side, each 0..1 of the row's height. */
export interface ChartPart extends Part {
  readonly kind: 'chart';
  readonly bars: readonly number[];
  /** From this one on they are of the positive values. */
  readonly zero: number;
}

export type AnyPart = TextPart | ButtonPart | SwitchPart | SliderPart | BarPart | ChartPart;

export interface Row {
  readonly height: number;
  readonly parts: readonly AnyPart[];
}

/** A row of buttons or of anything that one presses. */
export const ROW = 1.6;
/** A row of writing only. */
export const LINE = 1.3;
/** The name before a choice or a slider. */
export const NAME = 6.2;

export function row(...parts: AnyPart[]): Row {
  return { height: ROW, parts };
}

export function line(text: string, tone: TextPart['tone'] = 'muted'): Row {
  return { height: LINE, parts: [{ kind: 'text', text, tone }] };
}

export function title(text: string, aside = ''): Row {
  const parts: AnyPart[] = [{ kind: 'text', text, tone: 'title' }];
  if (aside !== '') parts.push({ kind: 'text', text: aside, tone: 'muted', align: 'right', share: 0.7 });
  return { height: LINE, parts };
}

export function button(label: string, press: (() => void) | null, more: Partial<ButtonPart> = {}): ButtonPart {
  return { kind: 'button', label, press, ...more };
}

/** What one may choose, after its name: of two or more, always one. */
export function choice<T>({ name, options }: Choice<T>, chosen: T, choose: (value: T) => void): Row {
  const buttons = options.map(({ value, label }) =>
    button(label, () => { choose(value); }, { name: `${name}: ${label}`, chosen: value === chosen }),
  );
  return row({ kind: 'text', text: name, tone: 'muted', width: NAME }, ...buttons);
}

export function toggle(label: string, on: boolean, set: (on: boolean) => void): SwitchPart {
  return { kind: 'switch', label, on, press: () => { set(!on); } };
}

/** A name, a slider and how its value is said. */
export function slider(part: Omit<SliderPart, 'kind'>, value: string): Row {
  return row(
    { kind: 'text', text: part.name, tone: 'muted', width: NAME },
    { kind: 'slider', ...part },
    { kind: 'text', text: value, tone: 'plain', align: 'right', width: 5.4 },
  );
}
