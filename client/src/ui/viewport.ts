/** Where a picture lies on a canvas: zoom and pan, in CSS pixels. */
const LARGEST_SCALE = 240;
const MARGIN = 96;

export class Viewport {
  /** CSS pixels per pixel of the picture, and where its upper left corner lies. */
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  private smallestScale = 1;

  /** The canvas has another size; what is in its middle stays there. */
  resize(width: number, height: number): void {
    this.x += (width - this.width) / 2;
    this.y += (height - this.height) / 2;
    this.width = width;
    this.height = height;
  }

  /** Shows the whole picture, centred. */
  fit(sourceWidth: number, sourceHeight: number): void {
    const room = (size: number): number => Math.max(size * 0.5, size - 2 * MARGIN);
    const whole = Math.min(room(this.width) / sourceWidth, room(this.height) / sourceHeight);
    this.scale = Math.min(LARGEST_SCALE, whole);
    this.smallestScale = this.scale / 4;
    this.x = (this.width - sourceWidth * this.scale) / 2;
    this.y = (this.height - sourceHeight * this.scale) / 2;
  }

  /** Zooms by a factor; what lies at (x, y) on the canvas stays there. */
  zoom(factor: number, x: number, y: number): void {
    const scale = Math.min(LARGEST_SCALE, Math.max(this.smallestScale, this.scale * factor));
    const ratio = scale / this.scale;
    this.x = x - (x - this.x) * ratio;
    this.y = y - (y - this.y) * ratio;
    this.scale = scale;
  }

  pan(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
  }

  /** The picture's coordinates under a point of the canvas. */
  toSource(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }
}
