import { PerspectiveCamera, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { freeBefore } from '../../src/scene/flight';
import { at } from '../../src/scene/place';
import { groundAt, type Ground } from '../../src/xr/arrivals';
import { liftOf } from '../../src/xr/posture';
import { Veil } from '../../src/xr/veil';
import { exhibit } from './made';

describe('Veil', () => {
  it('acts once, in the dark, and is not drawn any more when the eyes are open', () => {
    const veil = new Veil();
    const { dark } = veil.object.material.uniforms;
    const seen: unknown[] = [];
    veil.blink(() => seen.push(dark?.value));
    for (let i = 0; i < 60; i += 1) veil.update({ step: 1 / 60 }, 'light');
    expect(seen).toEqual([1]);
    expect(veil.object.visible).toBe(false);
  });

  it('shows nothing of a jump before it is dark', () => {
    const veil = new Veil();
    let jumped = false;
    veil.blink(() => { jumped = true; });
    veil.update({ step: 0.02 }, 'off');
    expect(jumped).toBe(false);
    expect(veil.object.visible).toBe(true);
  });

  it('obeys the latest wish while the eyes close', () => {
    const veil = new Veil();
    const jumps: string[] = [];
    veil.blink(() => jumps.push('first'));
    veil.update({ step: 0.02 }, 'off');
    veil.blink(() => jumps.push('second'));
    for (let i = 0; i < 60; i += 1) veil.update({ step: 1 / 60 }, 'off');
    expect(jumps).toEqual(['second']);
  });

  it('does what waits when the headset is taken off', () => {
    const veil = new Veil();
    const jumps: string[] = [];
    veil.blink(() => jumps.push('now'));
    veil.open();
    veil.update({ step: 1 }, 'off');
    expect(jumps).toEqual(['now']);
    expect(veil.object.visible).toBe(false);
  });

  it('darkens the rim while one moves, more when it is to be strong, never at rest', () => {
    const clear = (strength: 'off' | 'light' | 'strong'): unknown => {
      const veil = new Veil();
      veil.speed = 1;
      for (let i = 0; i < 120; i += 1) veil.update({ step: 1 / 60 }, strength);
      expect(veil.object.visible).toBe(strength !== 'off');
      const value: unknown = veil.object.material.uniforms['clear']?.value;
      veil.speed = 0;
      for (let i = 0; i < 120; i += 1) veil.update({ step: 1 / 60 }, strength);
      expect(veil.object.visible).toBe(false);
      return value;
    };
    const angles = (['off', 'light', 'strong'] as const).map(clear).map(Number);
    expect(angles).toEqual([...angles].sort((a, b) => b - a));
    expect(new Set(angles).size).toBe(3);
    // Half of what a headset shows, 45 degrees, is not clear any more.
    expect(angles[1]).toBeLessThan(Math.PI / 4);
  });
});

describe('liftOf', () => {
  it('raises the eyes of who sits to those of who stands, and adds what one likes', () => {
    expect(liftOf({ name: 'seated', height: 0 }, 1.15) + 1.15).toBeCloseTo(1.65);
    expect(liftOf({ name: 'seated', height: -0.2 }, 1.15) + 1.15).toBeCloseTo(1.45);
    expect(liftOf({ name: 'seated', height: 0 }, 1.7)).toBe(0);
    expect(liftOf({ name: 'standing', height: 0.1 }, 1.15)).toBeCloseTo(0.1);
  });
});

describe('groundAt', () => {
  /** A headset's eye that looks level, with 90 degrees to see. */
  function eyeAt({ x, z, yaw }: Ground): PerspectiveCamera {
    const eye = new PerspectiveCamera(90, 1, 0.05, 100);
    eye.position.set(x, 1.65, z);
    eye.rotation.y = yaw;
    eye.updateMatrixWorld();
    return eye;
  }

  it.each([0, 0.7, -2])('stands before a panel that is turned by %f, so that its name is read', (yaw) => {
    const shown = exhibit(1, -6, yaw);
    const ground = groundAt(shown, Infinity, 1.65);
    const eye = eyeAt(ground);
    const { place } = shown;
    for (const [right, up] of [[1, 0], [-1.9, 0], [-1, 1.6], [-1, -0.8]] as const) {
      const seen = at(place, right, up, 0).project(eye);
      expect(Math.max(Math.abs(seen.x), Math.abs(seen.y))).toBeLessThan(1);
      expect(seen.z).toBeLessThan(1);
    }
  });

  it('stands so near that the smaller line of a header is read, however broad the panel is', () => {
    const { place } = exhibit(0, -6, 0, 40);
    const { x, z } = groundAt(exhibit(0, -6, 0, 40), Infinity, 1.65);
    // Capitals of Inter are 0.727 of its em, here 0.125 m; the line stands 0.085 m over the maps.
    const lower = at(place, 0, 0.885, 0).sub(new Vector3(x, 1.65, z));
    const upper = at(place, 0, 0.885 + 0.727 * 0.125, 0).sub(new Vector3(x, 1.65, z));
    const degrees = (Math.hypot(lower.y, lower.z) ** -1 * (upper.y - lower.y) * 180) / Math.PI;
    expect(degrees).toBeGreaterThan(1.3);
  });

  it('does not stand behind what is before the panel', () => {
    const shown = exhibit(0, -6, 0, 40);
    const others = [exhibit(0, -4).place];
    const { z } = groundAt(shown, freeBefore(shown.place, others), 1.65);
    expect(z).toBeGreaterThan(-6);
    expect(z).toBeLessThan(-4);
  });

  it('lets who is tall look down no more steeply than they can', () => {
    const shown = exhibit(0, -6);
    const { x, z } = groundAt(shown, 1, 8);
    const down = at(shown.place, 0, 0, 0).sub(new Vector3(x, 8, z));
    expect(Math.atan2(-down.y, Math.hypot(down.x, down.z))).toBeLessThan(1);
  });
});
