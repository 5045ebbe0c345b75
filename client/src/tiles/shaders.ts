/** The shaders that draw pieces of panels: one instance is one piece, a grid of cells. */
import { GAP, PAGE_SIZE } from './cells';

export const VERTEX_SHADER = /* glsl */ `
#include <common>
#include <fog_pars_vertex>

attribute float panel;
attribute vec4 cells;   // first column and row, columns, rows
attribute vec4 texels;  // x, y in the page, width and height of one cell; see instances.ts for marks
attribute vec2 inner;   // width and height of one map in texels, of one picture in cells; 0 of a mark

uniform highp sampler2D poses;

varying vec2 vCell;
flat varying float vPanel;
flat varying vec4 vCells;
flat varying vec4 vTexels;
flat varying vec2 vInner;
flat varying vec2 vGrid;  // columns of the panel, and channels from its first row on

void main() {
  vec4 corner = texelFetch(poses, ivec2(0, int(panel)), 0);
  vec4 column = texelFetch(poses, ivec2(1, int(panel)), 0);
  vec4 row = texelFetch(poses, ivec2(2, int(panel)), 0);
  vCell = cells.xy + position.xy * cells.zw;
  vPanel = panel;
  vCells = cells;
  vTexels = texels;
  vInner = inner;
  vGrid = vec2(corner.w, column.w);
  vec3 place = corner.xyz + column.xyz * vCell.x + row.xyz * vCell.y;
  vec4 mvPosition = modelViewMatrix * vec4(place, 1.0);
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}
`;

/** What every shader of cells begins with: where it is in the grid, and what a cell's inside takes. */
export const CELLS = /* glsl */ `
const vec3 BETWEEN = vec3(0.0196, 0.0275, 0.0431);
const float OUTLINE_PIXELS = 2.0;
const vec3 TRACK = vec3(0.106, 0.122, 0.165);
const vec3 SHOWN_PART = vec3(0.494, 0.541, 0.631);

uniform highp sampler2D page;
uniform float pageHeight;
uniform vec3 outlined;  // panel, column, row

varying vec2 vCell;
flat varying float vPanel;
flat varying vec4 vCells;
flat varying vec4 vTexels;
flat varying vec2 vInner;
flat varying vec2 vGrid;

// The share of a pixel that reaches from a to b, in cells from an inside's edge, that insides take.
vec2 shareOfInside(vec2 a, vec2 b, vec2 inside) {
  vec2 upToA = floor(a) * inside + min(fract(a), inside);
  vec2 upToB = floor(b) * inside + min(fract(b), inside);
  return (upToB - upToA) / (b - a);
}

bool isScrollMark() {
  return vInner.x == 0.0;
}

// Which part of all rows the panel shows.
vec3 scrollMark() {
  float at = vCell.y / vCells.w;
  return at >= vTexels.x && at <= vTexels.y ? SHOWN_PART : TRACK;
}`;

/**
 * The place in the page runs on without a jump from cell to cell, so that the hardware picks
 * mips and anisotropy by itself: the map's texels over the map, the gap's over the gap.
 */
export const MAPS_FRAGMENT = /* glsl */ `
#include <common>
#include <fog_pars_fragment>

#define GAP ${GAP.toFixed(6)}
#define MAP (1.0 - GAP)
#define PAGE_WIDTH ${PAGE_SIZE.toFixed(1)}

const vec3 OUTLINE = vec3(1.0, 0.706, 0.353);

${CELLS}

// As the screen shows them.
uniform vec3 positive;
uniform vec3 negative;
uniform vec3 nonFinite;

vec3 colourOf(vec2 parts) {
  float both = max(0.0, parts.x + parts.y - 1.0);
  vec2 finite = parts - both;
  return finite.x * positive + finite.y * negative + both * nonFinite;
}

void main() {
  vec2 pixel = max(fwidth(vCell), 1e-5);
  vec2 shifted = vCell - 0.5 * GAP;
  vec2 cell = floor(shifted);
  vec2 within = shifted - cell;
  vec2 onMap = within / MAP * vInner;
  vec2 onGap = vInner + (within - MAP) / GAP * (vTexels.zw - vInner);
  vec2 texel = mix(onMap, onGap, step(MAP, within)) + (cell - vCells.xy) * vTexels.zw;
  texel = vTexels.xy + clamp(texel, vec2(0.0), vCells.zw * vTexels.zw);
  vec2 parts = texture2D(page, texel / vec2(PAGE_WIDTH, pageHeight)).xy;
  // From twice its size on, a value is a square of its exact colour. Fetched, because what
  // anisotropic filters make of nearest magnification differs between devices.
  vec2 footprint = pixel * vInner / MAP;
  parts = mix(
    texelFetch(page, ivec2(texel), 0).xy,
    parts,
    smoothstep(0.5, 1.0, max(footprint.x, footprint.y))
  );
  vec3 colour = colourOf(parts);

  vec2 share = shareOfInside(within - 0.5 * pixel, within + 0.5 * pixel, vec2(MAP));
  vec2 index = floor(vCell);
  float isMap = step(index.y * vGrid.x + index.x, vGrid.y - 0.5);
  colour = mix(BETWEEN, colour, share.x * share.y * isMap);

  if (vPanel == outlined.x) {
    vec2 local = vCell - outlined.yz;
    vec2 inside = min(local, 1.0 - local);
    vec2 thickness = max(vec2(0.5 * GAP), OUTLINE_PIXELS * pixel);
    vec2 outside = step(inside, vec2(0.0));
    vec2 border = 1.0 - smoothstep(thickness - pixel, thickness, inside);
    colour = mix(colour, OUTLINE, max(border.x, border.y) * (1.0 - max(outside.x, outside.y)));
  }

  // The colours are meant as the screen shows them; fog and output work with linear light.
  gl_FragColor = sRGBTransferEOTF(vec4(isScrollMark() ? scrollMark() : colour, 1.0));
  #include <fog_fragment>
  #include <colorspace_fragment>
}
`;
