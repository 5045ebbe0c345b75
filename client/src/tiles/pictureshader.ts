/** The fragment shader that draws pictures in a panel's cells; see `shaders.ts` for the vertices. */
import { PAGE_SIZE } from './cells';
import { SHOWS } from './picturecells';
import { CELLS } from './shaders';

/** Between the codes of what a cell shows. */
const above = (code: number): string => ((code - 32) / 255).toFixed(6);

/**
 * The texture holds light (sRGB bytes that the hardware decodes), so filters mix light. A place
 * is kept half a texel of its mip level within its cell: neighbours never bleed in.
 */
export const PICTURES_FRAGMENT = /* glsl */ `
#include <common>
#include <fog_pars_fragment>

#define PAGE_WIDTH ${PAGE_SIZE.toFixed(1)}
#define IS_DEAD ${above(SHOWS.dead)}
#define IS_FORMING ${above(SHOWS.forming)}
#define IS_BEFORE ${above(SHOWS.before)}
#define IS_PICTURE ${above(SHOWS.picture)}
#define ANISOTROPY 4.0

const vec3 EMPTY = vec3(0.055, 0.062, 0.090);
const vec3 SILENT = vec3(0.040, 0.042, 0.052);
const vec3 QUIET = vec3(0.20, 0.22, 0.29);
const vec3 TEAL = vec3(0.239, 0.604, 0.561);
const vec3 AMBER = vec3(1.0, 0.706, 0.353);

${CELLS}

vec3 light(vec3 shown) {
  return sRGBTransferEOTF(vec4(shown, 1.0)).rgb;
}

// How much of a pixel an area takes, from the distance to its edge (negative inside).
float cover(float distance, float pixel) {
  return clamp(0.5 - distance / max(pixel, 1e-5), 0.0, 1.0);
}

void main() {
  vec2 pixel = max(fwidth(vCell), 1e-5);
  vec2 shifted = vCell - 0.5 * (1.0 - vInner);
  vec2 cell = clamp(floor(vCell), vCells.xy, vCells.xy + vCells.zw - 1.0);
  // 0..1 over the picture, less and more in the gap around it.
  vec2 within = (shifted - cell) / vInner;

  vec2 scale = vTexels.zw / vInner;
  vec2 across = dFdx(vCell) * scale;
  vec2 down = dFdy(vCell) * scale;
  float most = max(length(across), length(down));
  float texelsAPixel = max(1.0, max(most / ANISOTROPY, min(length(across), length(down))));
  vec2 inset = min(vec2(0.5 * exp2(ceil(log2(texelsAPixel)))), 0.5 * vTexels.zw);
  vec2 texel = clamp(within * vTexels.zw, inset, vTexels.zw - inset);
  texel += vTexels.xy + (cell - vCells.xy) * vTexels.zw;
  vec2 size = vec2(PAGE_WIDTH, pageHeight);
  vec4 read = textureGrad(page, texel / size, across / size, down / size);

  // Marks are as large as a part of the cell; from afar they fade into its mean.
  vec2 metres = (within - 0.5) * vInner / max(vInner.x, vInner.y);
  float fine = max(pixel.x, pixel.y) / max(vInner.x, vInner.y);
  float near = 1.0 - smoothstep(0.10, 0.25, fine);
  vec3 color = read.rgb;
  if (read.a < IS_DEAD) {
    float dot = cover(length(metres) - 0.045, fine);
    color = mix(light(EMPTY), light(QUIET), near * dot);
  } else if (read.a < IS_FORMING) {
    float line = max(abs(metres.x + metres.y) * 0.7071 - 0.012, abs(metres.x - metres.y) * 0.7071 - 0.30);
    float ring = abs(length(metres) - 0.2) - 0.012;
    color = mix(light(SILENT), light(QUIET), near * cover(min(line, ring), fine));
  } else if (read.a < IS_BEFORE) {
    // A thread of light under what still forms.
    color = mix(color, light(AMBER), near * cover(0.97 - within.y, fine));
  } else if (read.a < IS_PICTURE) {
    float corner = 0.13 - (1.0 - within.x + within.y);
    color = mix(color, light(TEAL), near * cover(-corner, fine * 1.4));
  }

  vec2 share = shareOfInside(shifted - 0.5 * pixel, shifted + 0.5 * pixel, vInner);
  vec2 index = floor(vCell);
  float isCell = step(index.y * vGrid.x + index.x, vGrid.y - 0.5);
  color = mix(light(BETWEEN), color, share.x * share.y * isCell);

  if (vPanel == outlined.x) {
    vec2 local = vCell - outlined.yz;
    vec2 inside = min(local, 1.0 - local);
    vec2 thickness = max(vec2(0.0625), OUTLINE_PIXELS * pixel);
    vec2 outside = step(inside, vec2(0.0));
    vec2 border = 1.0 - smoothstep(thickness - pixel, thickness, inside);
    color = mix(color, light(AMBER), max(border.x, border.y) * (1.0 - max(outside.x, outside.y)));
  }

  gl_FragColor = vec4(isScrollMark() ? light(scrollMark()) : color, 1.0);
  #include <fog_fragment>
  #include <colorspace_fragment>
}
`;
