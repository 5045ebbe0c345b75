/** All that one can do here, on one sheet. */
import type { State } from '../model/state';
import { button, closeDialog, h, modal } from './dom';
import { legend } from './legend';

const CONTROLS: readonly (readonly [group: string, rows: readonly (readonly [keys: string, what: string])[]])[] = [
  [
    'Walk',
    [
      ['W A S D · arrows', 'walk'],
      ['drag · , . · Page keys', 'look around'],
      ['click into the hall', 'look with the mouse; Esc frees it'],
      ['Shift', 'run'],
      ['E · Space / Q · Ctrl', 'up / down'],
      ['wheel', 'move along the view'],
      ['Home', 'back to the start'],
      ['T', 'the same place in the next network'],
      ['N', 'the map: click a panel on it to go there'],
    ],
  ],
  [
    'Images',
    [
      ['click a picture · P', 'take it in hand'],
      ['click the frame · I', 'insert what you hold'],
      ['Shift click the frame · Shift I', 'insert it into all networks'],
      ['drop or paste a file', 'insert a picture of yours'],
      ['G, arrows', 'noise on the input, in all networks'],
      ['Esc', 'let go'],
    ],
  ],
  [
    'Feature maps',
    [
      ['point at a map', 'its layer, channel and value'],
      ['click a map', 'take it in hand as a hologram'],
      ['Enter, arrows, Enter', 'go through the maps and take one'],
      ['right button · M', 'magnify it, with its true values'],
      ['/ · Ctrl K', 'search a layer and fly there'],
      ['?', 'this sheet'],
    ],
  ],
  [
    'Feature visualization',
    [
      ['V · the button on a panel', 'what its channels look for, and back'],
      ['Shift V', 'choose how, pause, cancel, delete'],
      ['click a picture', 'take it in hand, to insert it'],
      ['right button · M', 'magnify it, with its response'],
    ],
  ],
  [
    'Panels',
    [
      ['L · click a title', 'order, larger maps, figures, files'],
      ['drag a title', 'move it; with the wheel scale it'],
      ['… with Shift wheel · Alt wheel', 'turn it · farther and nearer'],
      ['Alt with arrows · Page keys', 'move, raise and lower it'],
      ['Alt with , . · + −', 'turn and scale it'],
      ['Ctrl Z · Ctrl Shift Z', 'take back what was done last · redo'],
    ],
  ],
  [
    'Blocks',
    [
      ['O', 'the outline of blocks'],
      ['click a sign · C', 'collapse the block'],
      ['click a + title · X', 'expand it'],
      ['Z', 'as it was shown before'],
    ],
  ],
];

export function helpDialog(state: State): HTMLDialogElement {
  const groups = CONTROLS.map(([group, rows]) =>
    h(
      'section',
      {},
      h('h3', {}, group),
      h('dl', {}, ...rows.flatMap(([keys, what]) => [h('dt', {}, keys), h('dd', {}, what)])),
    ),
  );
  const dialog = modal(
    { class: 'help', 'aria-label': 'Controls' },
    h('h2', {}, 'How to walk'),
    h('div', { class: 'groups' }, ...groups),
    legend(state),
    button({ class: 'primary' }, () => { closeDialog(dialog); }, 'Walk on'),
  );
  return dialog;
}
