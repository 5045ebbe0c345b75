/** Which part of a picture a magnifying glass shows; places count in shares from the lower left. */
export const LARGEST_ZOOM = 32;

export class Lens {
  /** 1 shows the whole picture. */
  zoom = 1;
  /** The picture's place in the glass's middle. */
  x = 0.5;
  y = 0.5;

  reset(): void {
    this.zoom = 1;
    this.x = 0.5;
    this.y = 0.5;
  }

  /** Zooms by a factor; what is seen at (u, v) of the glass stays there, as far as the picture reaches. */
  zoomBy(factor: number, u: number, v: number): void {
    const x = this.across(u);
    const y = this.up(v);
    this.zoom = Math.min(LARGEST_ZOOM, Math.max(1, this.zoom * factor));
    const half = 0.5 / this.zoom;
    this.x = Math.min(1 - half, Math.max(half, x - (u - 0.5) / this.zoom));
    this.y = Math.min(1 - half, Math.max(half, y - (v - 0.5) / this.zoom));
  }

  /** The picture's place, from the left, that is seen at a place of the glass. */
  across(u: number): number {
    return this.x + (u - 0.5) / this.zoom;
  }

  /** The same from below. */
  up(v: number): number {
    return this.y + (v - 0.5) / this.zoom;
  }
}
