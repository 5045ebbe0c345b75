/**
 * How the hologram is drawn: the picture behind a magnifying glass, what its writing stands on, and
 * the light from the tool, all in one draw.
 */
import { BufferAttribute, ConeGeometry, PlaneGeometry, ShaderMaterial, Vector2, Vector4 } from 'three';
import { mergeGeometries } from 'three/examples/jsm/utils/BufferGeometryUtils.js';
import type { BufferGeometry } from 'three';

import { AMBER, constant, GLASS } from './palette';

/** The light's width at its upper end, and how far it reaches, in m. */
const LIGHT_RADIUS = 0.1;
const LIGHT_HEIGHT = 0.17;

const VERTEX = /* glsl */ `
attribute float part;  // 0: the light, 1: the picture, 2: the plate behind the writing
uniform vec4 boxes[2]; // of parts 1 and 2: the middle and the extent
varying vec2 spot;
flat varying float which;
flat varying vec2 extent;
void main() {
  spot = uv;
  which = part;
  vec4 box = part < 1.5 ? boxes[0] : boxes[1];
  extent = box.zw;
  vec3 at = part > 0.5 ? vec3(box.xy + position.xy * box.zw, 0.0) : position;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(at, 1.0);
}`;

const FRAGMENT = /* glsl */ `
const float CORNER = 0.008;
uniform sampler2D picture;
uniform vec2 size;   // of the picture, in pixels
uniform vec3 lens;   // what its middle shows, in shares from the lower left; zoom
uniform vec2 marked; // a pixel, counted from the lower left; negative without any
uniform float shown;
const vec3 accent = ${constant(AMBER)};
const vec3 glass = ${constant(GLASS)};
uniform float phase[1]; // of the slow sway, in rad
varying vec2 spot;
flat varying float which;
flat varying vec2 extent;

vec4 plate() {
  vec2 corner = abs(spot - 0.5) * extent - 0.5 * extent + CORNER;
  float outside = length(max(corner, 0.0)) + min(max(corner.x, corner.y), 0.0) - CORNER;
  float alpha = 0.82 * (1.0 - smoothstep(-fwidth(outside), 0.0, outside));
  return vec4(glass * alpha, alpha);
}

// Pixels have sharp borders, and these soft ones where several share a pixel of the screen.
vec3 pixelsAt(vec2 at, vec2 texel, vec2 step_) {
  vec2 seam = floor(texel + 0.5);
  vec2 sharp = seam + clamp((texel - seam) / min(step_, vec2(1.0)), -0.5, 0.5);
  return textureGrad(picture, sharp / size, dFdx(at), dFdy(at)).rgb;
}

vec4 magnified() {
  vec2 at = (spot - 0.5) / lens.z + lens.xy;
  vec2 texel = at * size;
  vec2 step_ = max(fwidth(texel), vec2(1e-6));
  vec3 color = pixelsAt(at, texel, step_);
  // Lines between pixels as soon as these are large enough to tell apart.
  vec2 toSeam = abs(texel - floor(texel + 0.5)) / step_;
  float large = smoothstep(9.0, 18.0, 1.0 / max(step_.x, step_.y));
  float bright = dot(color, vec3(0.30, 0.59, 0.11));
  vec3 contrast = mix(vec3(1.0), vec3(0.0), step(0.45, bright));
  color = mix(color, contrast, 0.32 * large * (1.0 - smoothstep(0.3, 0.9, min(toSeam.x, toSeam.y))));
  bool isMarked = all(lessThan(abs(floor(texel) - marked), vec2(0.5)));
  if (isMarked) color = mix(accent, color, smoothstep(1.6, 2.4, min(toSeam.x, toSeam.y)));
  // A faint line of light climbs, as a reminder that this is no paper.
  float away = (fract(phase[0] * 0.16) * 1.5 - 0.25 - spot.y) * 26.0;
  color += accent * 0.10 * exp(-away * away) * step(lens.z, 1.001);
  vec2 edge = min(spot, 1.0 - spot);
  float border = 1.0 - smoothstep(0.008, 0.008 + fwidth(spot.x), min(edge.x, edge.y));
  color = mix(color, accent, border * 0.85);
  return vec4(color, 1.0) * 0.96 * shown;
}

void main() {
  // With the alpha multiplied in, light adds to what is behind, and a picture covers it.
  // Brightest at the tool's tip, and gone where it would end.
  vec4 light = vec4(accent * 0.34 * spot.y * spot.y * spot.y, 0.0);
  gl_FragColor = which < 0.5 ? light : which < 1.5 ? magnified() : plate();
}`;

export function hologramGeometry(): BufferGeometry {
  const light = new ConeGeometry(LIGHT_RADIUS, LIGHT_HEIGHT, 32, 1, true).rotateX(Math.PI);
  light.translate(0, LIGHT_HEIGHT / 2, 0);
  // Behind first.
  const parts = [2, 1].map((part) => marked(new PlaneGeometry(1, 1), part));
  return mergeGeometries([marked(light, 0), ...parts]);
}

export function hologramMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      boxes: { value: [new Vector4(0, 0, 1, 1), new Vector4()] },
      picture: { value: null },
      size: { value: new Vector2(1, 1) },
      lens: { value: null },
      marked: { value: new Vector2(-1, -1) },
      shown: { value: 0 },
      phase: { value: null },
    },
    depthTest: false,
    depthWrite: false,
    transparent: true,
    premultipliedAlpha: true,
    side: 2,
  });
}

function marked(geometry: BufferGeometry, part: number): BufferGeometry {
  const count = geometry.getAttribute('position').count;
  geometry.setAttribute('part', new BufferAttribute(new Float32Array(count).fill(part), 1));
  return geometry;
}
