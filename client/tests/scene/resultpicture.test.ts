import { describe, expect, it } from 'vitest';

import { maskPixels, within } from '../../src/scene/resultpicture';

describe('the result picture', () => {
  it('has the colour of each pixel of a class, and nothing where there is none', () => {
    const places = Uint8Array.from([0, 1, 2, 255, 1]);
    const pixels = maskPixels(places, [null, '#ff8001', '#0000fe']);
    const rows = Array.from({ length: 5 }, (_, at) => [...pixels.slice(4 * at, 4 * at + 4)]);
    expect(rows[1]?.slice(0, 3)).toEqual([255, 128, 1]);
    expect(rows[2]?.slice(0, 3)).toEqual([0, 0, 254]);
    expect(rows[4]).toEqual(rows[1]);
    expect(rows.map(([, , , alpha]) => (alpha ?? 0) > 0)).toEqual([false, true, true, false, true]);
  });

  it('knows where a box of the region is in the whole image', () => {
    expect(within([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect(within([0.25, 0, 0.75, 1], [0, 0.5, 1, 0.75])).toEqual([0.25, 0.5, 0.75, 0.75]);
  });
});
