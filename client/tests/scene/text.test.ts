import { Texture, Vector3, type InterleavedBufferAttribute } from 'three';
import { describe, expect, it } from 'vitest';

import type { Glyph, Glyphs } from '../../src/scene/glyphs';
import { UP } from '../../src/scene/place';
import { Text, type Line } from '../../src/scene/text';

/** Each letter is one unit wide and as high; its glyph is its code. */
function glyphsOf(): { glyphs: Glyphs; more: () => void } {
  const texture = new Texture({ width: 640, height: 640 });
  let listener = (): void => undefined;
  const get = (letter: string): Glyph => ({ advance: 1, shape: { index: letter.charCodeAt(0), bounds: [0, 0, 1, 1] } });
  const glyphs: Partial<Glyphs> = {
    texture,
    glyphSize: 64,
    exponent: 9,
    get,
    width: (text) => text.length,
    onMore: (call) => {
      listener = call;
      return () => true;
    },
  };
  return {
    glyphs: glyphs as Glyphs,
    more: () => {
      listener();
    },
  };
}

function line(text: string, more: Partial<Line> = {}): Line {
  return { text, at: new Vector3(), right: new Vector3(1, 0, 0), up: UP, size: 0.1, color: '#ffffff', ...more };
}

/** All letters that are drawn, in their order, with what they move with. */
function drawn({ object }: Text): string {
  const glyph = object.geometry.getAttribute('glyph') as InterleavedBufferAttribute;
  const { instanceCount } = object.geometry;
  return Array.from({ length: instanceCount }, (_, i) => `${String.fromCharCode(glyph.getX(i))}${glyph.getZ(i)}`).join(' ');
}

describe('Text', () => {
  it('draws the lines of all parts at once, and keeps those of the others when one is set', () => {
    const text = new Text(glyphsOf().glyphs);
    const [one, other] = [text.part(), text.part()];
    expect(text.object.visible).toBe(false);
    one.set([line('ab'), line('c', { anchor: 7 })]);
    other.set([line('xyz', { anchor: 2 })]);
    expect(drawn(text)).toBe('a0 b0 c7 x2 y2 z2');
    expect(text.object.visible).toBe(true);
    one.set([line('d')]);
    expect(drawn(text)).toBe('d0 x2 y2 z2');
    text.set([line('!')]);
    expect(drawn(text)).toBe('!0 d0 x2 y2 z2');
    other.set([]);
    expect(drawn(text)).toBe('!0 d0');
    one.set([]);
    text.set([]);
    expect(text.object.visible).toBe(false);
  });

  it('grows with what is written, and writes anew when letters have become known', () => {
    const { glyphs, more } = glyphsOf();
    const text = new Text(glyphs);
    const part = text.part();
    text.set([line('first')]);
    part.set([line('long'.repeat(100))]);
    expect(drawn(text).slice(0, 17)).toBe('f0 i0 r0 s0 t0 l0');
    expect(text.object.geometry.instanceCount).toBe(405);
    more();
    expect(text.object.geometry.instanceCount).toBe(405);
  });

  it('sets letters one after another from the line\'s place, smaller where they would be too wide', () => {
    const text = new Text(glyphsOf().glyphs);
    text.set([line('ab', { at: new Vector3(5, 1, 0), align: 'right', maxWidth: 0.1 })]);
    const corner = text.object.geometry.getAttribute('corner') as InterleavedBufferAttribute;
    const across = text.object.geometry.getAttribute('across') as InterleavedBufferAttribute;
    expect(corner.getX(0)).toBeCloseTo(4.9);
    expect(corner.getX(1)).toBeCloseTo(4.95);
    expect(across.getX(1)).toBeCloseTo(0.05);
  });

  it('sends the graphics card only what follows the part that was set', () => {
    const text = new Text(glyphsOf().glyphs);
    const [one, other] = [text.part(), text.part()];
    one.set([line('abcd')]);
    other.set([line('x')]);
    const { data } = text.object.geometry.getAttribute('glyph') as InterleavedBufferAttribute;
    data.clearUpdateRanges();
    other.set([line('yz')]);
    expect(data.updateRanges).toEqual([{ start: 4 * 15, count: 2 * 15 }]);
  });
});
