/** One feature map or picture on the full screen, pixel by pixel, with true values. */
import { effect } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { messageOf } from '../model/notices';
import { pixelsOf, type Pixels } from '../model/pixels';
import type { Held, State } from '../model/state';
import type { ValueCache } from '../model/values';
import { Comparison } from './comparison';
import { button, closeDialog, h, modal, openDialog } from './dom';
import { Viewport } from './viewport';

/** Pixels that are drawn this large have room for their value. */
const LABELLED_PIXELS = 46;
const LABEL = '600 12px Inter, sans-serif';

export class Magnifier {
  readonly element: HTMLDialogElement;
  private readonly canvas = h('canvas', { 'aria-label': 'Magnified pixels', tabindex: '0' });
  private readonly title = h('h2');
  private readonly details = h('small');
  private readonly summary = h('p', { class: 'summary' });
  private readonly value = h('output', { 'aria-label': 'Value of the pixel under the pointer' });
  private readonly comparison: Comparison;
  private readonly source = document.createElement('canvas');
  private readonly view = new Viewport();
  private pixels: Pixels | null = null;
  private pointer: { x: number; y: number } | null = null;
  private planned = false;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly cache: ValueCache,
  ) {
    this.comparison = new Comparison(state, actions, cache, () => { closeDialog(this.element); });
    this.element = modal(
      { class: 'magnifier', 'aria-label': 'Magnifier' },
      this.canvas,
      h('header', {}, h('div', {}, this.title, this.details), this.value),
      h('footer', {}, this.summary, h('p', {}, 'wheel zooms · drag moves · Esc or right button closes')),
      this.comparison.element,
      button({ class: 'close', 'aria-label': 'Close' }, () => { closeDialog(this.element); }, '×'),
    );
    this.element.addEventListener('close', () => { this.actions.magnify(null); });
    new ResizeObserver(() => { this.resize(); }).observe(this.canvas);
    this.listen();
    effect(() => {
      const what = state.magnified.value;
      if (what === null) this.close();
      else void this.open(what);
    });
  }

  private async open(what: Held): Promise<void> {
    this.pixels = null;
    this.comparison.show(null);
    this.title.textContent = 'Asking for the values';
    this.details.textContent = this.summary.textContent = this.value.textContent = '';
    openDialog(this.element);
    // Keys that come before the pixels look at the middle of what is there now.
    this.resize();
    try {
      const pixels = await pixelsOf(what, this.state, this.cache, this.actions);
      if (this.state.magnified.peek() !== what) return;
      this.show(pixels);
      this.comparison.show(what.kind === 'image' ? what.image : null);
    } catch (error) {
      if (this.state.magnified.peek() !== what) return;
      closeDialog(this.element);
      this.actions.notify('error', messageOf(error));
    }
  }

  private close(): void {
    this.pixels = null;
    if (this.element.open) closeDialog(this.element);
  }

  private show(pixels: Pixels): void {
    this.pixels = pixels;
    this.source.width = pixels.width;
    this.source.height = pixels.height;
    this.source.getContext('2d')?.putImageData(pixels.image, 0, 0);
    this.title.textContent = pixels.title;
    this.details.textContent = pixels.details;
    this.summary.textContent = pixels.figures.join('  ·  ');
    this.resize();
    this.view.fit(pixels.width, pixels.height);
    this.point();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * devicePixelRatio));
    this.view.resize(clientWidth, clientHeight);
    this.plan();
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.view.zoom(Math.exp(-event.deltaY * 0.002), event.offsetX, event.offsetY);
      this.point();
    }, { passive: false });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) this.view.pan(event.movementX, event.movementY);
      this.pointer = { x: event.offsetX, y: event.offsetY };
      this.point();
    });
    canvas.addEventListener('pointerdown', (event) => { canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener('pointerleave', () => {
      this.pointer = null;
      this.point();
    });
    this.element.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      closeDialog(this.element);
    });
    this.element.addEventListener('keydown', (event) => { this.key(event); });
  }

  private key(event: KeyboardEvent): void {
    const { width, height } = this.view;
    const step = 60;
    const act: Readonly<Record<string, () => void>> = {
      '+': () => { this.view.zoom(1.25, width / 2, height / 2); },
      '-': () => { this.view.zoom(0.8, width / 2, height / 2); },
      ArrowLeft: () => { this.view.pan(step, 0); },
      ArrowRight: () => { this.view.pan(-step, 0); },
      ArrowUp: () => { this.view.pan(0, step); },
      ArrowDown: () => { this.view.pan(0, -step); },
    };
    const move = act[event.key];
    if (move === undefined) return;
    move();
    // Without a pointer one looks at the middle.
    this.pointer ??= { x: width / 2, y: height / 2 };
    this.point();
  }

  /** The pixel under the pointer has changed, or its neighbourhood has. */
  private point(): void {
    this.plan();
    const at = this.pixelUnderPointer();
    this.value.textContent =
      at === null || this.pixels === null
        ? ''
        : `x ${at.x}  y ${at.y}    ${this.pixels.describe(at.x, at.y)}`;
  }

  private pixelUnderPointer(): { x: number; y: number } | null {
    if (this.pixels === null || this.pointer === null) return null;
    const { x, y } = this.view.toSource(this.pointer.x, this.pointer.y);
    const inside = x >= 0 && y >= 0 && x < this.pixels.width && y < this.pixels.height;
    return inside ? { x: Math.floor(x), y: Math.floor(y) } : null;
  }

  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
    });
  }

  private draw(): void {
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    const { scale, x, y, width, height } = this.view;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (this.pixels === null) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.source, x, y, this.pixels.width * scale, this.pixels.height * scale);
    if (scale >= LABELLED_PIXELS) this.drawLabels(context, this.pixels);
    const at = this.pixelUnderPointer();
    if (at === null) return;
    context.strokeStyle = '#ffb45a';
    context.lineWidth = 2;
    context.strokeRect(x + at.x * scale, y + at.y * scale, scale, scale);
  }

  private drawLabels(context: CanvasRenderingContext2D, pixels: Pixels): void {
    const { scale, x, y, width, height } = this.view;
    const from = this.view.toSource(0, 0);
    const to = this.view.toSource(width, height);
    context.font = LABEL;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let row = Math.max(0, Math.floor(from.y)); row < Math.min(pixels.height, to.y); row += 1) {
      for (let column = Math.max(0, Math.floor(from.x)); column < Math.min(pixels.width, to.x); column += 1) {
        const at = (row * pixels.width + column) * 4;
        const [red = 0, green = 0, blue = 0] = pixels.image.data.subarray(at, at + 3);
        context.fillStyle = red * 0.3 + green * 0.59 + blue * 0.11 > 110 ? '#0b0d16' : '#f2efe9';
        context.fillText(pixels.short(column, row), x + (column + 0.5) * scale, y + (row + 0.5) * scale, scale - 4);
      }
    }
  }
}
