/** What the headset's boards show, and where that is in the world, in m. */
import { CAPITAL } from '../menus/layout';
import type { Menus, Open } from '../menus/menus';
import type { Board } from '../scene/board';
import { spot, type Spot3 } from './xrhooks';

export interface MenusHook {
  readonly open: Open;
  /** The name of the page that is shown; null while none is. */
  readonly page: string | null;
  /** The middle of everything that can be pressed, by what it is called. */
  readonly buttons: readonly (Spot3 & { readonly label: string })[];
  /** The ends of every slider's way. */
  readonly sliders: readonly { readonly from: Spot3; readonly to: Spot3 }[];
  /** Every line on a board, or told wherever one is. */
  readonly lines: readonly Written[];
  /** What is told wherever one is. */
  readonly bulletin: readonly string[];
}

/** What is written, and the foot and the head of its first capital. */
export interface Written {
  readonly text: string;
  readonly foot: Spot3;
  readonly head: Spot3;
}

export function menusHook(menus: Menus): MenusHook {
  const { boards, bulletin } = menus;
  const told = bulletin.object.visible ? [bulletin.board] : [];
  return {
    open: menus.open,
    page: menus.page,
    buttons: boards.flatMap(({ board, targets }) =>
      targets.map(({ label, x, y }) => ({ label, ...spot(board.at(x, y)) })),
    ),
    sliders: boards.flatMap(({ board }) => slidersOf(board)),
    lines: [...boards.map(({ board }) => board), ...told].flatMap(linesOf),
    bulletin: told.flatMap(linesOf).map(({ text }) => text),
  };
}

function slidersOf(board: Board): MenusHook['sliders'] {
  return board.shown.widgets
    .filter(({ slide }) => slide !== undefined)
    .map(({ x, y, width, height }) => ({
      from: spot(board.at(x, y + height / 2)),
      to: spot(board.at(x + width, y + height / 2)),
    }));
}

export function linesOf(board: Board): Written[] {
  return board.shown.captions
    .filter(({ text }) => text !== '')
    .map((caption) => ({
      text: caption.text,
      foot: spot(board.at(caption.x, caption.y)),
      head: spot(board.at(caption.x, caption.y - CAPITAL * board.sizeOf(caption))),
    }));
}
