import { describe, expect, it } from 'vitest';

import { PAGE_SIZE } from '../../src/tiles/cells';
import { Packer, type Place } from '../../src/tiles/packer';
import { randoms } from './halls';

function overlaps(a: Place, b: Place): boolean {
  return (
    a.page === b.page &&
    a.x < b.x + b.width &&
    b.x < a.x + a.width &&
    a.y < b.y + b.height &&
    b.y < a.y + a.height
  );
}

function expectSound(places: readonly Place[], alignment: number): void {
  places.forEach((place, index) => {
    expect(place.x % alignment).toBe(0);
    expect(place.y % alignment).toBe(0);
    expect(place.x + place.width).toBeLessThanOrEqual(PAGE_SIZE);
    expect(place.y + place.height).toBeLessThanOrEqual(PAGE_SIZE);
    expect(places.slice(0, index).some((other) => overlaps(place, other))).toBe(false);
  });
}

describe('the packer', () => {
  it('places rectangles aligned, within pages and apart from each other', () => {
    for (const alignment of [16, 32]) {
      const random = randoms(alignment);
      const packer = new Packer(alignment, 3);
      const places: Place[] = [];
      for (let trial = 0; trial < 150; trial += 1) {
        const size = (): number => 1 + Math.floor(random() * 700);
        const place = packer.place(size(), size());
        if (place) places.push(place);
      }
      expect(places.length).toBeGreaterThan(50);
      expectSound(places, alignment);
      expect(packer.pageCount).toBe(3);
    }
  });

  it('reuses what was given back, and only that', () => {
    const random = randoms(7);
    const packer = new Packer(16, 2);
    let places: Place[] = [];
    for (let trial = 0; trial < 400; trial += 1) {
      if (random() < 0.4) {
        const [given] = places.splice(Math.floor(random() * places.length), 1);
        if (given) packer.free(given);
      } else {
        const place = packer.place(16 + random() * 800, 16 + random() * 800);
        if (place) places = [...places, place];
      }
    }
    expectSound(places, 16);
    for (const place of places) packer.free(place);
    expect(packer.place(PAGE_SIZE, PAGE_SIZE)?.page).toBe(0);
    expect(packer.place(PAGE_SIZE, PAGE_SIZE)?.page).toBe(1);
    expect(packer.place(1, 1)).toBeNull();
  });

  it('fills a page of equal squares without a hole', () => {
    const packer = new Packer(16, 1);
    for (let count = 0; count < 64; count += 1) expect(packer.place(256, 256)).not.toBeNull();
    expect(packer.place(16, 16)).toBeNull();
  });

  it('knows how much of a page is in use', () => {
    const packer = new Packer(32, 1);
    packer.place(2048, 33);
    expect(packer.usedHeight(0)).toBe(64);
    packer.place(100, 10);
    expect(packer.usedHeight(0)).toBe(96);
    expect(packer.areaOf(33, 1)).toBe(64 * 32);
  });

  it('finds room of another form after one form found none', () => {
    const packer = new Packer(16, 1);
    packer.place(2048, 2032);
    expect(packer.place(16, 32)).toBeNull();
    expect(packer.place(2048, 16)).not.toBeNull();
  });
});
