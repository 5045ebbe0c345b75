/** The hands' rays and what marks their ends: both hands in one draw, two rectangles each. */
import {
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector2,
} from 'three';

import { AMBER, constant, TEXT } from '../scene/palette';
import type { Pointing } from '../scene/pointing';
import type { Gaze } from './gaze';
import type { Hand } from './hand';

/** A ray that meets nothing ends after so many m as the visitor feels them. */
const VOID = 2.2;
/** Where a hand's three numbers begin. */
const LEFT = 0;
const RIGHT = 3;

const VERTEX = /* glsl */ `
attribute vec2 piece; // which hand; 0: the ray, 1: the mark at its end
uniform vec3 from[2];
uniform vec3 to[2];
uniform vec3 look[2]; // shown (2: its mark alone), on something, pressed: 0 or 1
uniform float scale[1];
varying vec2 at;
flat varying vec2 kind;
flat varying vec3 state;
void main() {
  int hand = int(piece.x + 0.5);
  vec3 start = hand == 0 ? from[0] : from[1];
  vec3 end = hand == 0 ? to[0] : to[1];
  state = hand == 0 ? look[0] : look[1];
  kind = piece;
  at = position.xy * 2.0;
  vec3 place;
  if (piece.y < 0.5) {
    place = mix(start, end, position.y + 0.5);
    vec3 toEye = cameraPosition - place;
    vec3 across = normalize(cross(end - start, toEye));
    place += across * at.x * max(0.0012 * scale[0], 0.0011 * length(toEye));
  } else {
    // A little nearer to the eye than what it lies on, and always equally large.
    place = mix(end, cameraPosition, 0.012);
    float size = 0.0105 * distance(place, cameraPosition) * (state.z > 0.5 ? 0.72 : 1.0);
    vec3 right = vec3(viewMatrix[0][0], viewMatrix[1][0], viewMatrix[2][0]);
    vec3 up = vec3(viewMatrix[0][1], viewMatrix[1][1], viewMatrix[2][1]);
    place += (right * at.x + up * at.y) * size;
  }
  bool drawn = state.x > 0.5 && (piece.y < 0.5 ? state.x < 1.5 : state.y > 0.5);
  gl_Position = drawn ? projectionMatrix * viewMatrix * vec4(place, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
const vec3 accent = ${constant(AMBER)};
const vec3 plain = ${constant(TEXT)};
varying vec2 at;
flat varying vec2 kind;
flat varying vec3 state;
void main() {
  vec3 color = mix(plain, accent, max(state.y, state.z));
  float alpha;
  if (kind.y < 0.5) {
    float along = at.y * 0.5 + 0.5;
    alpha = (1.0 - at.x * at.x) * mix(0.75, state.y > 0.5 ? 0.30 : 0.0, along) * smoothstep(0.0, 0.04, along);
  } else {
    float far = length(at);
    float pixel = fwidth(far);
    float ring = 1.0 - smoothstep(0.16, 0.16 + pixel, abs(far - 0.76));
    float dot_ = 1.0 - smoothstep(0.24, 0.24 + pixel, far);
    // A dark rim, so that it is seen on white, too.
    float rim = 1.0 - smoothstep(1.0 - pixel, 1.0, far);
    alpha = max(max(ring, dot_), 0.45 * rim);
    color *= max(ring, dot_);
  }
  if (alpha < 0.004) discard;
  gl_FragColor = vec4(color, alpha);
}`;

export class Beams {
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  /** For the left hand and the right; typed, because three would copy vectors number by number, each an object. */
  private readonly from = new Float32Array(6);
  private readonly to = new Float32Array(6);
  private readonly look = new Float32Array(6);
  private readonly scale = new Float32Array(1);

  constructor() {
    this.object = new Mesh(
      geometry(),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          from: { value: this.from },
          to: { value: this.to },
          look: { value: this.look },
          scale: { value: this.scale },
        },
        transparent: true,
        depthWrite: false,
        side: 2,
      }),
    );
    this.object.frustumCulled = false;
    // After boards and their writing, before the tool.
    this.object.renderOrder = 55;
  }

  /** Once a frame, before the hands are shown. */
  begin({ scale }: Gaze): void {
    this.object.visible = false;
    this.look[LEFT] = 0;
    this.look[RIGHT] = 0;
    this.scale[0] = scale;
  }

  /** Shows a hand's ray to what it points at. */
  show({ side, ray, trigger }: Hand, { met: { distance } }: Pointing): void {
    const at = side === 'left' ? LEFT : RIGHT;
    const meets = distance < Infinity;
    const length = meets ? distance : VOID * (this.scale[0] as number);
    const { origin, direction } = ray;
    const { from, to, look } = this;
    from[at] = origin.x;
    from[at + 1] = origin.y;
    from[at + 2] = origin.z;
    to[at] = origin.x + length * direction.x;
    to[at + 1] = origin.y + length * direction.y;
    to[at + 2] = origin.z + length * direction.z;
    look[at] = 1;
    look[at + 1] = meets ? 1 : 0;
    look[at + 2] = trigger.down ? 1 : 0;
    this.object.visible = true;
  }

  /** Marks what a hand points at, without the ray: it would lie across what one reads. */
  mark(hand: Hand, pointing: Pointing): void {
    this.show(hand, pointing);
    this.look[hand.side === 'left' ? LEFT : RIGHT] = 2;
  }
}

function geometry(): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const pieces = [new Vector2(0, 0), new Vector2(0, 1), new Vector2(1, 0), new Vector2(1, 1)];
  const all = new InstancedBufferGeometry();
  all.index = plane.index;
  all.setAttribute('position', plane.getAttribute('position'));
  const values = new Float32Array(pieces.flatMap(({ x, y }) => [x, y]));
  all.setAttribute('piece', new InstancedBufferAttribute(values, 2));
  all.instanceCount = pieces.length;
  return all;
}
