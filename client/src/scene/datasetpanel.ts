/** Beside the input frame: pictures to take in hand, from the dataset, noise or a file. */
import { Vector3 } from 'three';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import { DRAW_COUNT } from '../model/images';
import type { State } from '../model/state';
import type { Draw, ImageInfo, InputFrame } from '../net/types';
import { Board, FADE, type Caption, type Widget } from './board';
import { ContactSheet } from './contactsheet';
import type { Glyphs } from './glyphs';
import { AMBER, FAINT, GLASS, MUTED, RAISED, SLOT, TEXT } from './palette';

const COLUMNS = 4;
const ROWS = Math.ceil(DRAW_COUNT / COLUMNS);
const WIDTH = 2.8;
const PAD = 0.12;
const GAP = 0.06;
const THUMB_WIDTH = (WIDTH - 2 * PAD - (COLUMNS - 1) * GAP) / COLUMNS;
const THUMB_HEIGHT = (THUMB_WIDTH * 208) / 256;
const CAPTIONS = 0.26;
/** Under the pictures: large enough to be read in its corners, too, where a headset's wearer has it brought. */
const LETTERS = 0.095;
const HEAD = 0.5;
const BUTTON = 0.21;
const IMAGES_HEIGHT = HEAD + ROWS * (THUMB_HEIGHT + CAPTIONS);
const BOTTOM = 0.32;
/** Between the place where the visit begins and the one before the frame. */
const YAW = 0.75;
/** Beside the frame and the results over it, which are wider. */
const ASIDE = 1.4;

const NOISES = [
  ['Gaussian', 'gaussian'],
  ['Uniform', 'uniform'],
  ['Cloud', 'clouds'],
] as const;
const INTO_ALL = 'Insert into all networks';

/** A button's label and what it does; null when it cannot do it now. */
type Button = readonly [label: string, action: (() => void) | null];

export class DatasetPanel {
  readonly board: Board;
  private readonly sheet = new ContactSheet(COLUMNS, ROWS);
  /** By image or label: on the board, from its upper left corner. */
  private readonly centres = new Map<string, readonly [x: number, y: number]>();
  private readonly height: number;
  private readonly home: Vector3;

  constructor(
    frame: InputFrame,
    private readonly state: State,
    private readonly actions: Actions,
    private readonly glyphs: Glyphs,
  ) {
    const x = frame.x - ASIDE - (WIDTH / 2) * Math.cos(YAW);
    const z = frame.z + 0.1 + (WIDTH / 2) * Math.sin(YAW);
    this.height = IMAGES_HEIGHT + this.rowsOf(null).length * (BUTTON + GAP) + PAD;
    this.board = new Board({ width: WIDTH, height: this.height, fade: FADE }, glyphs);
    this.home = new Vector3(x, BOTTOM + this.height / 2, z);
    this.goHome();
    this.board.setSheet(this.sheet.texture, COLUMNS, ROWS);
  }

  /** Stands it beside the frame. */
  goHome(): void {
    const { position, rotation, scale } = this.board.object;
    position.copy(this.home);
    rotation.set(0, YAW, 0);
    scale.setScalar(1);
  }

  /** Where an image's picture, or the button with a label, is in space; null when it is not shown. */
  centreOf(name: string): Vector3 | null {
    const place = this.centres.get(name);
    return place === undefined ? null : this.board.at(...place);
  }

  /** Shows a page of a draw. */
  show(draw: Draw | null): void {
    this.centres.clear();
    const widgets: Widget[] = [
      { x: 0, y: 0, width: WIDTH, height: this.height, radius: 0.05, color: GLASS, opacity: 0.94 },
    ];
    const captions: Caption[] = this.heading(draw, widgets);
    (draw?.images ?? []).forEach((image, cell) => {
      this.putImage(image, cell, widgets, captions);
    });
    this.putButtons(draw, widgets, captions);
    this.board.set(widgets, captions);
    this.sheet.show((draw?.images ?? []).map((image) => this.actions.api.thumbnailUrl(image.id)));
  }

  dispose(): void {
    this.board.object.removeFromParent();
    this.board.dispose();
    this.sheet.dispose();
  }

  private heading(draw: Draw | null, widgets: Widget[]): Caption[] {
    const datasets = this.state.walk.peek()?.datasets ?? [];
    const dataset = datasets.find((one) => one.id === draw?.dataset);
    const at = dataset === undefined ? -1 : datasets.indexOf(dataset);
    const next = datasets[(at + 1) % Math.max(1, datasets.length)];
    const captions: Caption[] = [
      { x: PAD, y: 0.245, text: dataset?.name ?? 'Images', size: 0.18, color: TEXT, weight: 600, maxWidth: 1.85 },
      { x: PAD, y: 0.4, text: pageText(draw), size: 0.1, color: MUTED, maxWidth: WIDTH - 2 * PAD },
    ];
    if (next !== undefined && datasets.length > 1) {
      const width = 0.62;
      const button = { x: WIDTH - PAD - width, y: 0.1, width, height: 0.18 };
      putButton('Next dataset', button, () => void this.actions.images.chooseDataset(next.id), widgets, captions);
    }
    return captions;
  }

  private putImage(image: ImageInfo, cell: number, widgets: Widget[], captions: Caption[]): void {
    const x = PAD + (cell % COLUMNS) * (THUMB_WIDTH + GAP);
    const y = HEAD + Math.floor(cell / COLUMNS) * (THUMB_HEIGHT + CAPTIONS);
    this.centres.set(image.id, [x + THUMB_WIDTH / 2, y + THUMB_HEIGHT / 2]);
    const take = (): void => {
      this.actions.hold({ kind: 'image', image });
    };
    widgets.push(
      { x, y, width: THUMB_WIDTH, height: THUMB_HEIGHT, radius: 0.02, color: SLOT },
      { x, y, width: THUMB_WIDTH, height: THUMB_HEIGHT, radius: 0.02, color: SLOT, cell, action: take },
    );
    const below = y + THUMB_HEIGHT;
    const caption = (text: string, down: number, color: string): void => {
      const cut = this.glyphs.fitting(text, 400, THUMB_WIDTH / LETTERS);
      captions.push({ x, y: below + down, text: cut, size: LETTERS, color, maxWidth: THUMB_WIDTH });
    };
    caption(image.name, 0.105, TEXT);
    if (image.label != null && image.label !== image.name) caption(image.label, 0.205, MUTED);
  }

  private putButtons(draw: Draw | null, widgets: Widget[], captions: Caption[]): void {
    const rows = this.rowsOf(draw);
    rows.forEach((row, index) => {
      const width = (WIDTH - 2 * PAD - (row.length - 1) * GAP) / row.length;
      const y = this.height - PAD - (rows.length - index) * BUTTON - (rows.length - 1 - index) * GAP;
      row.forEach(([label, action], column) => {
        const box = { x: PAD + column * (width + GAP), y, width, height: BUTTON };
        putButton(label, box, action, widgets, captions);
        this.centres.set(label, [box.x + width / 2, y + BUTTON / 2]);
      });
    });
  }

  private rowsOf(draw: Draw | null): Button[][] {
    const last = draw === null ? 0 : Math.ceil(draw.total / DRAW_COUNT) - 1;
    const page = draw === null ? 0 : Math.round(draw.offset / DRAW_COUNT);
    const { images } = this.actions;
    const rows: Button[][] = [
      [
        ['Previous', page > 0 ? () => void images.page(-1) : null],
        ['Next', page < last ? () => void images.page(1) : null],
        ['Draw again', () => void images.drawAgain()],
        ['Open file\u2026', () => { this.openFile(); }],
      ],
      NOISES.map(([label, kind]): Button => [`${label} noise`, () => void this.actions.noise(kind)]),
    ];
    if (this.state.networks.peek().length > 1) {
      rows.push([[INTO_ALL, () => { this.actions.insertHeldIntoAll(); }]]);
    }
    return rows;
  }

  private openFile(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/jpeg,image/png,image/webp,image/bmp,image/gif';
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file !== undefined) void this.actions.upload(file);
    });
    input.click();
  }
}

type Box = Pick<Widget, 'x' | 'y' | 'width' | 'height'>;

function putButton(
  label: string,
  box: Box,
  action: (() => void) | null,
  widgets: Widget[],
  captions: Caption[],
): void {
  widgets.push({
    ...box,
    radius: 0.03,
    color: RAISED,
    opacity: action === null ? 0.4 : 1,
    ...(action === null ? {} : { action }),
  });
  captions.push({
    x: box.x + box.width / 2,
    y: box.y + box.height / 2 + 0.036,
    text: label,
    size: 0.1,
    weight: 600,
    color: action === null ? FAINT : AMBER,
    align: 'centre',
    maxWidth: box.width - 0.04,
  });
}

function pageText(draw: Draw | null): string {
  if (draw === null) return 'Drawing images\u2026';
  const pages = Math.max(1, Math.ceil(draw.total / DRAW_COUNT));
  const page = Math.round(draw.offset / DRAW_COUNT) + 1;
  const count = `${formatCount(draw.total)} images in random order`;
  const leftOut = draw.skipped.length;
  const hint = leftOut === 0 ? 'click one to take it' : `${leftOut} on it cannot be read`;
  return `${count} \u00b7 page ${formatCount(page)} of ${formatCount(pages)} \u00b7 ${hint}`;
}
