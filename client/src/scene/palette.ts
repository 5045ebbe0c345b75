/**
 * The hall's colours and the light that all its shaders share.
 *
 * Shaders here write display (sRGB) values, as the maps' shader does: a map's colours are
 * data, and what surrounds them must not pass through another transfer curve.
 */
import { Color } from 'three';

/** Everything that one can take or act on. */
export const AMBER = '#ffb45a';
export const TEXT = '#f2efe9';
export const MUTED = '#a9adb8';
export const ALARM = '#ff7a6b';
export const EDGE = '#7482a6';
/** Edges that pass other layers by. */
export const LANE = '#3d9a8f';
/** What carries writing. */
export const GLASS = '#11141d';
/** A button on it, and an empty place. */
export const RAISED = '#262b39';
export const SLOT = '#1b1f2a';
/** Writing on a button that does nothing now. */
export const FAINT = '#686d7b';
/** Writing on amber. */
export const INK = '#0b0d13';

/** The display values 0..1 of a colour, for shaders that write display values. */
export function display(color: string): Color {
  const result = new Color();
  result.setStyle(color, '');
  return result;
}

/**
 * A colour's display values as a constant of a shader: three looks at a uniform of three numbers in
 * each frame, and makes six objects to compare it with what it was.
 */
export function constant(color: string): string {
  const { r, g, b } = display(color);
  return `vec3(${[r, g, b].map((value) => value.toFixed(6)).join(', ')})`;
}

/**
 * Shader functions: `horizon`, `sky`, `haze` and `withFog`.
 * The horizon is warm ahead, where the walk leads, and indigo behind.
 */
export const LIGHT = /* glsl */ `
const vec3 INDIGO = vec3(0.058, 0.062, 0.132);
const vec3 ZENITH = vec3(0.012, 0.016, 0.040);

float aheadness(vec3 direction) {
  return 0.5 - 0.5 * direction.z / max(length(direction.xz), 1e-4);
}

vec3 horizon(float ahead) {
  return INDIGO + vec3(0.60, 0.345, 0.115) * mix(0.06, 0.64, ahead * ahead)
    + vec3(0.080, 0.038, 0.046) * mix(0.3, 1.0, ahead);
}

vec3 sky(vec3 direction) {
  float height = max(direction.y, 0.0);
  float ahead = aheadness(direction);
  vec3 color = mix(INDIGO, ZENITH, smoothstep(0.0, 0.62, height));
  color += vec3(0.60, 0.345, 0.115) * (exp(-height * 24.0) * mix(0.06, 0.64, ahead * ahead));
  return color + vec3(0.080, 0.038, 0.046) * (exp(-height * 6.5) * mix(0.3, 1.0, ahead));
}

// How much the air hides, 0..1: far panels stay visible as glowing slabs.
float haze(float distance) {
  float far = distance / 125.0;
  return 1.0 - exp(-far * far);
}

vec3 withFog(vec3 color, vec3 fromEye) {
  return mix(color, horizon(aheadness(fromEye)), 0.9 * haze(length(fromEye)));
}
`;

/** For fragment shaders: half a step of noise, so that the dark gradients do not band. */
export const DITHER = /* glsl */ `
vec3 dither(vec3 color) {
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  return color + (noise - 0.5) / 255.0;
}
`;
