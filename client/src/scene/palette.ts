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
export const EDGE = '#5d6a86';

/** The display values 0..1 of a colour, for shaders that write display values. */
export function display(color: string): Color {
  const result = new Color();
  result.setStyle(color, '');
  return result;
}

/** Functions for fragment shaders: `sky`, `withFog` and `dither`. */
export const LIGHT = /* glsl */ `
vec3 sky(vec3 direction) {
  float height = direction.y;
  vec3 zenith = vec3(0.016, 0.020, 0.046);
  vec3 indigo = vec3(0.072, 0.076, 0.150);
  vec3 color = mix(indigo, zenith, smoothstep(-0.02, 0.6, height));
  float ahead = 0.5 - 0.5 * direction.z / max(length(direction.xz), 1e-4);
  float band = exp(-max(height, 0.0) * 17.0);
  color += vec3(0.46, 0.25, 0.13) * band * mix(0.10, 0.62, ahead * ahead);
  color += vec3(0.16, 0.06, 0.14) * exp(-max(height, 0.0) * 5.0) * mix(0.15, 0.6, ahead);
  return color;
}

vec3 withFog(vec3 color, vec3 fromEye) {
  float distance = length(fromEye);
  vec3 direction = fromEye / max(distance, 1e-4);
  float haze = 1.0 - exp(-pow(distance / 105.0, 1.6));
  return mix(color, sky(vec3(direction.x, max(direction.y, 0.004), direction.z)), haze);
}

// Half a step of noise, so that the dark gradients do not band.
vec3 dither(vec3 color) {
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  return color + (noise - 0.5) / 255.0;
}
`;
