/** What the hands do, with controllers and without: the page's sheet of keys for the headset. */
import type { Page } from '../largeboard';
import { LINE, type Row } from '../parts';

const CONTROLS = [
  ['Trigger, pinch', 'take it; on the frame, insert it'],
  ['Lower button', 'let go'],
  ['Hologram near eye', 'magnifies; the stick zooms'],
  ['Stick forward', 'go there'],
  ['Pinch the floor', 'the same with a bare hand'],
  ['Stick to a side', 'turn'],
  ['Grip a panel', 'move it; with both hands scale it'],
  ['\u2026 and the stick', 'farther, nearer, larger, smaller'],
  ['Drag a title', 'move it by trigger or pinch'],
  ['Upper, tool\u2019s hand', 'the board of the panel'],
  ['Upper, other hand', 'the menu'],
] as const;
/** Of the gestures, in ems. */
const GESTURES = 9.6;

export class Controls implements Page {
  readonly name = 'Controls';
  readonly within = 'Walking';

  rows(): readonly Row[] {
    return CONTROLS.map(([gesture, does]) => ({
      height: LINE,
      parts: [
        { kind: 'text', text: gesture, tone: 'title', width: GESTURES },
        { kind: 'text', text: does, tone: 'muted' },
      ],
    }));
  }
}
