/**
 * Finds room for rectangles in pages. A page is a grid of blocks; a rectangle takes whole
 * blocks and gets the uppermost, then leftmost free place (first fit), and any rectangle can
 * be taken out again, which shelves and skylines do not allow.
 */
import { PAGE_SIZE } from './cells';

/** Where a rectangle lies, in texels of page number `page`. */
export interface Place {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The blocks of one page. */
class Occupancy {
  free: number;
  /** Rows above this one hold something. */
  usedRows = 0;
  private readonly taken: Uint8Array;
  /** Taken blocks above and to the left, one row and column larger than the page. */
  private readonly sums: Uint32Array;
  private areSumsValid = false;
  /** What found no room since blocks were last given back. */
  private tooWide = Infinity;
  private tooHigh = Infinity;

  constructor(private readonly side: number) {
    this.free = side * side;
    this.taken = new Uint8Array(side * side);
    this.sums = new Uint32Array((side + 1) * (side + 1));
  }

  /** Takes width x height blocks; returns the index of their upper left block, or -1. */
  take(width: number, height: number): number {
    if (width * height > this.free) return -1;
    if (width >= this.tooWide && height >= this.tooHigh) return -1;
    const at = this.find(width, height);
    if (at < 0) {
      this.tooWide = width;
      this.tooHigh = height;
      return -1;
    }
    this.mark(at, width, height, 1);
    this.usedRows = Math.max(this.usedRows, Math.floor(at / this.side) + height);
    return at;
  }

  give(at: number, width: number, height: number): void {
    this.mark(at, width, height, 0);
    this.tooWide = this.tooHigh = Infinity;
  }

  private find(width: number, height: number): number {
    const { side, sums } = this;
    this.refreshSums();
    const stride = side + 1;
    for (let y = 0; y + height <= side; y += 1) {
      const upper = y * stride;
      const lower = (y + height) * stride;
      for (let x = 0; x + width <= side; x += 1) {
        const taken =
          (sums[lower + x + width] ?? 0) -
          (sums[upper + x + width] ?? 0) -
          (sums[lower + x] ?? 0) +
          (sums[upper + x] ?? 0);
        if (taken === 0) return y * side + x;
      }
    }
    return -1;
  }

  private refreshSums(): void {
    if (this.areSumsValid) return;
    const { side, sums, taken } = this;
    for (let y = 0; y < side; y += 1) {
      let row = 0;
      for (let x = 0; x < side; x += 1) {
        row += taken[y * side + x] ?? 0;
        sums[(y + 1) * (side + 1) + x + 1] = (sums[y * (side + 1) + x + 1] ?? 0) + row;
      }
    }
    this.areSumsValid = true;
  }

  private mark(at: number, width: number, height: number, value: number): void {
    for (let y = 0; y < height; y += 1) {
      const start = at + y * this.side;
      this.taken.fill(value, start, start + width);
    }
    this.free += value === 1 ? -width * height : width * height;
    this.areSumsValid = false;
  }
}

/** Packs rectangles into at most `maxPages` pages of `PAGE_SIZE` texels; places are aligned. */
export class Packer {
  private readonly pages: Occupancy[] = [];
  private readonly side: number;

  constructor(
    readonly alignment: number,
    readonly maxPages: number,
  ) {
    this.side = PAGE_SIZE / alignment;
  }

  get pageCount(): number {
    return this.pages.length;
  }

  /** Texels that all pages together can hold. */
  get capacity(): number {
    return this.maxPages * PAGE_SIZE * PAGE_SIZE;
  }

  /** Returns a place for width x height texels, null when no page has room. */
  place(width: number, height: number): Place | null {
    const across = this.blocks(width);
    const down = this.blocks(height);
    for (let page = 0; page < this.maxPages; page += 1) {
      let occupancy = this.pages[page];
      if (occupancy === undefined) {
        occupancy = new Occupancy(this.side);
        this.pages.push(occupancy);
      }
      const at = occupancy.take(across, down);
      if (at >= 0) {
        const x = (at % this.side) * this.alignment;
        const y = Math.floor(at / this.side) * this.alignment;
        return { page, x, y, width, height };
      }
    }
    return null;
  }

  /** Gives a place back. */
  free(place: Place): void {
    const at = (place.y / this.alignment) * this.side + place.x / this.alignment;
    this.pages[place.page]?.give(at, this.blocks(place.width), this.blocks(place.height));
  }

  /** Rows of texels of a page that were ever in use. */
  usedHeight(page: number): number {
    return (this.pages[page]?.usedRows ?? 0) * this.alignment;
  }

  /** Texels that a rectangle takes with what alignment adds. */
  areaOf(width: number, height: number): number {
    return this.blocks(width) * this.blocks(height) * this.alignment ** 2;
  }

  private blocks(texels: number): number {
    return Math.ceil(texels / this.alignment);
  }
}
