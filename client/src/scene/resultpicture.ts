/** The inserted image with what the network says about it drawn in: a mask, or boxes. */
import { CanvasTexture, LinearFilter, LinearMipmapLinearFilter } from 'three';

import type { Detection, PassResult, Segmentation } from '../net/types';

type Region = Segmentation['region'];

/** Pixels of the longer side. */
const SIDE = 1024;
const MASK_OPACITY = 0.62;
/** Lies over the part that the network did not see. */
const UNSEEN = 'rgba(8, 9, 14, 0.66)';
const LINE = 9;
const RIM = 'rgba(8, 9, 14, 0.6)';
/** A board shows a little less than the whole of a picture. */
const INSET = 8;

export class ResultPicture {
  private readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d', { willReadFrequently: true });
  private made: CanvasTexture | null = null;

  /** Draws a result into a picture; the texture is this object's and new each time. */
  draw(picture: HTMLImageElement, result: PassResult): CanvasTexture {
    const scale = SIDE / Math.max(picture.naturalWidth, picture.naturalHeight);
    this.canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
    this.canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
    this.context?.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    const { segmentation, detections, places } = result;
    if (segmentation && places) this.drawMask(segmentation, places);
    if (detections) this.drawBoxes(detections.found, detections.region);
    this.made?.dispose();
    this.made = new CanvasTexture(this.canvas);
    this.made.magFilter = LinearFilter;
    this.made.minFilter = LinearMipmapLinearFilter;
    this.made.anisotropy = 8;
    return this.made;
  }

  /** The colour at a place of the picture, in shares from its upper left: red, green, blue. */
  colorAt(x: number, y: number): number[] {
    const { width, height } = this.canvas;
    const at = [Math.floor(x * (width - 1)), Math.floor(y * (height - 1))] as const;
    return [...(this.context?.getImageData(...at, 1, 1).data ?? [])].slice(0, 3);
  }

  dispose(): void {
    this.made?.dispose();
  }

  private drawMask({ region, shape, segments }: Segmentation, places: Uint8Array): void {
    const [height, width] = shape;
    const mask = document.createElement('canvas');
    Object.assign(mask, { width, height });
    const colors = segments.map(({ color }) => color);
    mask.getContext('2d')?.putImageData(new ImageData(maskPixels(places, colors), width, height), 0, 0);
    this.hideUnseen(region);
    this.context?.drawImage(mask, ...this.rectangle(region));
  }

  private drawBoxes(found: readonly Detection[], region: Region): void {
    this.hideUnseen(region);
    const { context } = this;
    if (context === null) return;
    context.lineJoin = 'round';
    for (const { box, color } of [...found].reverse()) {
      const [x, y, width, height] = this.rectangle(within(region, box));
      const left = Math.max(x, INSET);
      const top = Math.max(y, INSET);
      const right = Math.min(x + width, this.canvas.width - INSET);
      const bottom = Math.min(y + height, this.canvas.height - INSET);
      for (const [style, line] of [[RIM, LINE + 6], [color, LINE]] as const) {
        context.strokeStyle = style;
        context.lineWidth = line;
        context.strokeRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
      }
    }
  }

  private hideUnseen(region: Region): void {
    const { context, canvas } = this;
    if (context === null) return;
    context.fillStyle = UNSEEN;
    context.beginPath();
    context.rect(0, 0, canvas.width, canvas.height);
    context.rect(...this.rectangle(region));
    context.fill('evenodd');
  }

  /** x, y, width and height in pixels. */
  private rectangle([left, top, right, bottom]: Region): [number, number, number, number] {
    const { width, height } = this.canvas;
    return [left * width, top * height, (right - left) * width, (bottom - top) * height];
  }
}

/** A box in shares of a region, in shares of what the region is a part of. */
export function within(region: Region, box: Detection['box']): Region {
  const [left, top, right, bottom] = region;
  const x = (share: number): number => left + share * (right - left);
  const y = (share: number): number => top + share * (bottom - top);
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

/** RGBA bytes of a mask: each class's colour, transparent where there is none. */
export function maskPixels(
  places: Uint8Array,
  colors: readonly (string | null)[],
): Uint8ClampedArray<ArrayBuffer> {
  const table = new Uint32Array(256);
  const bytes = new Uint8Array(table.buffer);
  colors.forEach((color, place) => {
    if (color === null) return;
    const levels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    bytes.set([...levels, Math.round(MASK_OPACITY * 255)], place * 4);
  });
  const pixels = new Uint32Array(places.length);
  places.forEach((place, at) => {
    pixels[at] = table[place] ?? 0;
  });
  return new Uint8ClampedArray(pixels.buffer);
}
