/** Mip levels of a picture: means of light, not of the codes of light. */
import { mipSizes, totalTexels } from './pyramid';

/** Bytes of a texel: red, green and blue as sRGB, and what the cell shows. */
export const PICTURE_BYTES = 4;

/** Light 0..1 for each sRGB byte (IEC 61966-2-1). */
const LIGHT = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Steps of light in which bytes are looked up, fine enough for the darkest ones. */
const STEPS = 8192;
const BYTES = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = step / STEPS;
  const value = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(value * 255);
});

/**
 * Returns a cell's texels with all their mip levels, one after the other.
 *
 * @param pixels RGBA bytes, row by row; both sides can be halved `mips` - 1 times
 * @param alpha of all texels
 */
export function cellTexels(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  mips: number,
  alpha: number,
): Uint8Array<ArrayBuffer> {
  const sizes = mipSizes(width, height, mips);
  const texels = new Uint8Array(totalTexels(sizes) * PICTURE_BYTES);
  texels.set(pixels);
  for (let mip = 1; mip < mips; mip += 1) {
    const from = sizes[mip - 1];
    const to = sizes[mip];
    if (from !== undefined && to !== undefined) halve(texels, from, to);
  }
  for (let at = PICTURE_BYTES - 1; at < texels.length; at += PICTURE_BYTES) texels[at] = alpha;
  return texels;
}

type Sizes = ReturnType<typeof mipSizes>[number];

function halve(texels: Uint8Array, from: Sizes, to: Sizes): void {
  const stride = from.width * PICTURE_BYTES;
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      const a = (from.offset + 2 * y * from.width + 2 * x) * PICTURE_BYTES;
      const target = (to.offset + y * to.width + x) * PICTURE_BYTES;
      for (let color = 0; color < 3; color += 1) {
        const light =
          lightAt(texels, a + color) +
          lightAt(texels, a + PICTURE_BYTES + color) +
          lightAt(texels, a + stride + color) +
          lightAt(texels, a + stride + PICTURE_BYTES + color);
        texels[target + color] = BYTES[Math.round((light / 4) * STEPS)] ?? 0;
      }
    }
  }
}

function lightAt(texels: Uint8Array, at: number): number {
  return LIGHT[texels[at] ?? 0] ?? 0;
}
