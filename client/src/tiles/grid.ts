/** The cells of one panel as they are shown: which channel is where, and what of the pages that takes. */
import { shownGrid, UNPAGED, type PanelView, type ShownGrid } from '../model/panelview';
import type { Panel } from '../net/types';
import type { Piece } from './cells';

/** Cells that lie side by side, both on the panel and in a piece. */
export interface Run {
  /** Where on the panel; rows count from the first one that is shown. */
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  /** How many cells into the piece. */
  readonly right: number;
  readonly down: number;
}

/** The grid as the layout has it. */
export type PanelGrid = Pick<Panel, 'columns' | 'rows' | 'cell_width' | 'cell_height'>;

const USUAL: PanelView = { ...UNPAGED, order: null };

export class Grid implements ShownGrid {
  readonly columns: number;
  readonly rows: number;
  readonly row: number;
  readonly total: number;
  readonly scale: number;
  /** Where in the order each channel is. */
  private readonly ranks: Int32Array | null;

  /** Raises an error when `view` names another number of channels. */
  constructor(
    readonly panel: PanelGrid,
    readonly channels: number,
    private readonly view: PanelView = USUAL,
  ) {
    const { columns, rows, row, total, scale } = shownGrid(panel, channels, view);
    this.columns = columns;
    this.rows = rows;
    this.row = row;
    this.total = total;
    this.scale = scale;
    this.ranks = view.order === null ? null : ranksOf(view.order, channels);
  }

  /** Of a shown cell, in m, on a panel as large as the layout has it. */
  get cellWidth(): number {
    return this.panel.cell_width * this.scale;
  }

  get cellHeight(): number {
    return this.panel.cell_height * this.scale;
  }

  /** The same panel as a view says, or as usual; this one where nothing differs. */
  as(view: PanelView = USUAL): Grid {
    const { order, zoom, row } = this.view;
    if (view.order === order && view.zoom === zoom && view.row === row) return this;
    return new Grid(this.panel, this.channels, view);
  }

  /** Whether there are more rows than are shown. */
  get scrolls(): boolean {
    return this.total > this.rows;
  }

  /** The channel in a cell, counted from the first row that is shown; -1 for none. */
  channelAt(column: number, row: number): number {
    const rank = (this.row + row) * this.columns + column;
    if (rank >= this.channels) return -1;
    return this.view.order === null ? rank : (this.view.order[rank] ?? -1);
  }

  columnOf(channel: number): number {
    return this.rankOf(channel) % this.columns;
  }

  /** Counted from the first row that is shown; negative above it. */
  rowOf(channel: number): number {
    return Math.floor(this.rankOf(channel) / this.columns) - this.row;
  }

  shows(channel: number): boolean {
    const row = this.rowOf(channel);
    return row >= 0 && row < this.rows;
  }

  /** What is shown of a piece of the panel as the layout has it. */
  runs(piece: Piece): Run[] {
    if (this.view.order === null && this.scale === 1) return [{ ...piece, right: 0, down: 0 }];
    const runs: { -readonly [key in keyof Run]: Run[key] }[] = [];
    for (let row = 0; row < this.rows; row += 1) {
      let last: (typeof runs)[number] | null = null;
      for (let column = 0; column < this.columns; column += 1) {
        const channel = this.channelAt(column, row);
        const right = (channel % this.panel.columns) - piece.column;
        const down = Math.floor(channel / this.panel.columns) - piece.row;
        if (channel < 0 || right < 0 || down < 0 || right >= piece.columns || down >= piece.rows) {
          last = null;
        } else if (last !== null && last.down === down && last.right + last.columns === right) {
          last.columns += 1;
        } else {
          last = { column, row, columns: 1, rows: 1, right, down };
          runs.push(last);
        }
      }
    }
    return runs;
  }

  private rankOf(channel: number): number {
    return this.ranks?.[channel] ?? channel;
  }
}

function ranksOf(order: readonly number[], channels: number): Int32Array {
  const ranks = new Int32Array(channels).fill(-1);
  order.forEach((channel, rank) => {
    ranks[channel] = rank;
  });
  if (order.length !== channels || ranks.includes(-1)) {
    throw new Error(`An order of ${order.length} channels is none of all ${channels}.`);
  }
  return ranks;
}
