/** The board that one opens: tabs above, one page of rows below; it stands where it can be read. */
import { effect, signal, type Signal } from '@preact/signals-core';
import type { Object3D } from 'three';

import { Board, type Widget } from '../scene/board';
import type { Glyphs } from '../scene/glyphs';
import { GLASS } from '../scene/palette';
import { drawing, GAP, NATURAL, place, type Drawing, type Measure, type Target } from './layout';
import { button, row, type AnyPart, type Row } from './parts';

export const WIDTH = 28;
export const HEIGHT = 22;
const PAD = 0.8;
/** Between the tabs and the page. */
const HEAD_GAP = 0.4;
/** An em of the board looks like so many m of a board in the hall. */
const METRE = 24;

/** A page of the board; `rows` reads signals, and the board follows them. */
export interface Page {
  readonly name: string;
  /** It has no tab of its own, but belongs to the page of this name. */
  readonly within?: string;
  /** It takes the whole board, though not by rows. */
  readonly fills?: boolean;
  rows(): readonly Row[];
}

/** What the board shows: some pages, one of them by its name. */
export interface Shown {
  readonly pages: readonly Page[];
  readonly page: Signal<string>;
}

/** What the board's own buttons do. */
export interface BoardOrders {
  readonly close: () => void;
  /** Whether it stays with the visitor wherever they go. */
  readonly follows: Signal<boolean>;
}

export class LargeBoard {
  readonly board: Board;
  readonly shown = signal<Shown | null>(null);
  private readonly letters = signal(0);
  private drawn: Drawing = drawing();

  constructor(
    private readonly glyphs: Glyphs,
    private readonly orders: BoardOrders,
  ) {
    this.board = new Board({ width: WIDTH, height: HEIGHT, metre: METRE }, glyphs);
    this.board.object.visible = false;
    glyphs.onMore(() => { this.letters.value += 1; });
    effect(() => { this.draw(); });
  }

  get object(): Object3D {
    return this.board.object;
  }

  /** What can be pressed, and where that is on the board. */
  get targets(): readonly Target[] {
    return this.drawn.targets;
  }

  private draw(): void {
    const shown = this.shown.value;
    this.object.visible = shown !== null;
    // New letters change how wide a line is.
    if (shown === null || this.letters.value < 0) return;
    const page = shown.pages.find(({ name }) => name === shown.page.value) ?? shown.pages[0];
    const into = drawing();
    const area = { x: PAD, y: PAD, width: WIDTH - 2 * PAD };
    const below = place([this.head(shown)], area, into, this.measure);
    const end = place(page?.rows() ?? [], { ...area, y: below + HEAD_GAP }, into, this.measure);
    const height = page?.fills === true ? HEIGHT : Math.min(HEIGHT, end - GAP + PAD);
    this.drawn = into;
    const back: Widget = { x: 0, y: 0, width: WIDTH, height, radius: 0.9, color: GLASS, opacity: 0.97 };
    this.board.set([back, ...into.widgets], into.captions);
  }

  private head({ pages, page }: Shown): Row {
    const { close, follows } = this.orders;
    const within = pages.find(({ name }) => name === page.value)?.within;
    const tabs = pages.filter((one) => one.within === undefined).map(({ name }): AnyPart =>
      button(name, () => { page.value = name; }, { chosen: name === (within ?? page.value), width: NATURAL }),
    );
    const follow = (): void => { follows.value = !follows.peek(); };
    return row(
      ...tabs,
      { kind: 'text', text: '', tone: 'plain' },
      button('Follow', follow, { chosen: follows.value, width: NATURAL }),
      button('\u00d7', close, { name: 'Close', width: 1.6 }),
    );
  }

  private readonly measure: Measure = (text, weight) => this.glyphs.width(text, weight);
}
