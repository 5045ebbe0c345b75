/**
 * How a panel shows its channels: in which order, how large, and from which row on where they
 * do not all fit. The panel itself keeps its size.
 */
import type { ChannelOrder } from './networkstate';

/** How many times as large as the layout has them the cells are. */
export type Zoom = 1 | 2 | 4;

/** How far a panel is enlarged and paged; `row`: the first one that is shown. */
export interface Paging {
  readonly zoom: Zoom;
  readonly row: number;
}

/** `order`: the channels as they are shown, first one first; null by index. */
export interface PanelView extends Paging {
  readonly order: readonly number[] | null;
}

export const UNPAGED: Paging = { zoom: 1, row: 0 };

/** Returns what panels show, by layer; the layers that are named nowhere show all by index. */
export function panelViews(
  orders: ReadonlyMap<string, ChannelOrder>,
  pagings: ReadonlyMap<string, Paging>,
): ReadonlyMap<string, PanelView> {
  const layers = new Set([...orders.keys(), ...pagings.keys()]);
  return new Map(
    [...layers].map((layer) => {
      const order = orders.get(layer)?.channels ?? null;
      return [layer, { order, ...(pagings.get(layer) ?? UNPAGED) }];
    }),
  );
}

/** The cells of a panel that are shown at a time. */
export interface ShownGrid {
  readonly columns: number;
  readonly rows: number;
  /** The first row that is shown, of `total`. */
  readonly row: number;
  readonly total: number;
  /** How many times as large as the layout has them the cells are. */
  readonly scale: number;
}

/**
 * Returns which cells of a panel are shown: as many as fit at this zoom, all of them where there
 * are too few to be enlarged. `row` is the nearest one to the wanted row that leaves none blank.
 */
export function shownGrid(
  panel: { readonly columns: number; readonly rows: number },
  channels: number,
  { zoom, row }: Paging,
): ShownGrid {
  const largest = Math.max(1, Math.min(zoom, panel.columns, panel.rows));
  const columns = Math.max(1, Math.floor(panel.columns / largest));
  const rows = Math.max(1, Math.floor(panel.rows / largest));
  const total = Math.ceil(channels / columns);
  return {
    columns,
    rows,
    row: Math.min(Math.max(0, row), Math.max(0, total - rows)),
    total,
    // What is left of the panel's width and height is shared out among the cells.
    scale: Math.min(panel.columns / columns, panel.rows / rows),
  };
}
