import { PerspectiveCamera, Vector2, type Ray } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { MouseSight, Pointing, type Pickable, type Reach } from '../../src/scene/pointing';

class Thing implements Pickable {
  readonly cursor = 'pointer';
  readonly told: string[] = [];

  constructor(public distance: number | null) {}

  pick(_ray: Ray, reach: Reach): boolean {
    reach.metres = this.distance ?? NaN;
    return this.distance !== null;
  }

  over(): void {
    this.told.push('over');
  }

  out(): void {
    this.told.push('out');
  }

  click(button: number): void {
    this.told.push(`click ${button}`);
  }
}

class Roller extends Thing {
  wheel(pixels: number): boolean {
    this.told.push(`wheel ${pixels}`);
    return true;
  }
}

let near: Thing;
let far: Thing;
let things: Thing[];
let at: Vector2;
let canvas: { style: { cursor: string } };
let pointing: Pointing;

beforeEach(() => {
  near = new Thing(1);
  far = new Thing(5);
  things = [far, near];
  at = new Vector2(0, 0);
  canvas = { style: { cursor: '' } };
  const camera = new PerspectiveCamera();
  pointing = new Pointing(new MouseSight(canvas as HTMLCanvasElement, camera, at), () => things);
});

describe('Pointing', () => {
  it('means the nearest and shows that it can be clicked', () => {
    pointing.update();
    expect(near.told).toEqual(['over']);
    expect(far.told).toEqual([]);
    expect(canvas.style.cursor).toBe('pointer');
  });

  it('looks again only when something moved', () => {
    pointing.update();
    pointing.update();
    expect(near.told).toHaveLength(1);
    pointing.invalidate();
    pointing.update();
    expect(near.told).toHaveLength(2);
  });

  it('leaves one thing for another', () => {
    pointing.update();
    near.distance = null;
    pointing.invalidate();
    pointing.update();
    expect(near.told.at(-1)).toBe('out');
    expect(far.told).toEqual(['over']);
  });

  it('is on nothing when the pointer is elsewhere', () => {
    at.set(2, 2);
    pointing.click(0, false);
    expect(pointing.target).toBeNull();
    expect([...near.told, ...far.told]).toEqual([]);
  });

  it('clicks what is there at that moment', () => {
    pointing.update();
    near.distance = 9;
    pointing.click(2, false);
    expect(far.told).toContain('click 2');
  });

  it('leaves nothing that stands no more', () => {
    pointing.update();
    things.pop();
    pointing.invalidate();
    pointing.update();
    expect(near.told).toEqual(['over']);
    expect(far.told).toEqual(['over']);
  });

  it('gives the wheel only to who takes it', () => {
    expect(pointing.wheel(10)).toBe(false);
    const roller = new Roller(0.5);
    things.push(roller);
    pointing.invalidate();
    expect(pointing.wheel(10)).toBe(true);
    expect(roller.told).toContain('wheel 10');
  });
});
