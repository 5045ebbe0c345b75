import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { placeOf, type Place } from '../../src/scene/place';
import { standingBefore } from '../../src/scene/standing';

function panel(layer: string, z: number, x = 0, yaw = 0): Place {
  const size = { columns: 2, rows: 2, cell_width: 1, cell_height: 1 };
  return placeOf({ layer, x, y: 1.5, z, yaw, ...size });
}

const AHEAD = new Vector3(0, 0, -1);
const PANELS = [panel('first', -4), panel('second', -9), panel('aside', -4, 9)];

describe('the panel one stands before', () => {
  it('is the nearest that faces the eye in the middle of the view', () => {
    expect(standingBefore(PANELS, new Vector3(0, 1.6, 0), AHEAD)).toBe('first');
    expect(standingBefore(PANELS, new Vector3(0, 1.6, -5), AHEAD)).toBe('second');
    expect(standingBefore(PANELS, new Vector3(9, 1.6, 0), AHEAD)).toBe('aside');
  });

  it('is none behind the visitor, from behind, or far away', () => {
    expect(standingBefore(PANELS, new Vector3(0, 1.6, -12), AHEAD)).toBeNull();
    expect(standingBefore(PANELS, new Vector3(0, 1.6, -12), new Vector3(0, 0, 1))).toBeNull();
    expect(standingBefore(PANELS, new Vector3(0, 1.6, 20), AHEAD)).toBeNull();
  });
});
