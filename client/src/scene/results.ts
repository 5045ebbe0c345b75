/** Above the input frame: what the network makes of the image, the most probable first. */
import { formatPercent } from '../model/format';
import type { InputFrame, Prediction } from '../net/types';
import { Board, FADE, type Caption, type Widget } from './board';
import type { Glyphs } from './glyphs';
import { AMBER, GLASS, MUTED, TEXT } from './palette';

const ROWS = 5;
const WIDTH = 2.3;
const PAD = 0.13;
const HEAD = 0.5;
const ROW = 0.235;
const HEIGHT = HEAD + (ROWS - 1) * ROW + 0.12;
const ABOVE_FRAME = 0.22;
const TRACK = '#3a3f4e';
const BAR = '#8d93a3';

export class Results {
  private readonly board: Board;

  constructor(frame: InputFrame, glyphs: Glyphs) {
    const y = frame.y + frame.height / 2 + ABOVE_FRAME + HEIGHT / 2;
    this.board = new Board({ width: WIDTH, height: HEIGHT, fade: FADE }, glyphs);
    this.board.object.position.set(frame.x, y, frame.z);
  }

  get object(): Board['object'] {
    return this.board.object;
  }

  set(predictions: readonly Prediction[]): void {
    const shown = predictions.slice(0, ROWS);
    this.object.visible = shown.length > 0;
    const widgets: Widget[] = [
      { x: 0, y: 0, width: WIDTH, height: HEIGHT, radius: 0.05, color: GLASS, opacity: 0.86 },
    ];
    const captions: Caption[] = [];
    shown.forEach((prediction, rank) => {
      putRow(prediction, rank, widgets, captions);
    });
    this.board.set(widgets, captions);
  }

  dispose(): void {
    this.board.dispose();
  }
}

function putRow(prediction: Prediction, rank: number, widgets: Widget[], captions: Caption[]): void {
  const first = rank === 0;
  const y = first ? 0.31 : HEAD + rank * ROW - 0.07;
  const size = first ? 0.25 : 0.145;
  const weight = first ? 600 : 400;
  const width = WIDTH - 2 * PAD;
  const percent = formatPercent(prediction.probability);
  captions.push(
    {
      x: PAD,
      y,
      text: prediction.label,
      size,
      weight,
      color: first ? TEXT : MUTED,
      maxWidth: width - (first ? 1.02 : 0.6),
    },
    { x: WIDTH - PAD, y, text: percent, size, weight, color: first ? AMBER : MUTED, align: 'right' },
  );
  const bar = { x: PAD, y: y + (first ? 0.085 : 0.05), height: first ? 0.034 : 0.018 };
  const radius = bar.height / 2;
  const filled = Math.max(bar.height, width * prediction.probability);
  widgets.push(
    { ...bar, width, radius, color: TRACK },
    { ...bar, width: filled, radius, color: first ? AMBER : BAR },
  );
}
