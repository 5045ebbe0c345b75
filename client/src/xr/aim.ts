/** The arc by which one teleports and the mark where it lands, in one draw. */
import { BufferAttribute, BufferGeometry, Color, DoubleSide, Mesh, ShaderMaterial, Vector3, type Ray } from 'three';

import { ALARM, AMBER, display } from '../scene/palette';
import { GRAVITY, throwSpeed } from './arc';

const STEPS = 40;
/** After the dataset panel's writing, before what is in the hand. */
const ORDER = 50;

const VERTEX = /* glsl */ `
uniform vec3 origin;
uniform vec3 velocity;
uniform float fall;
uniform float seconds;
uniform vec3 landing;
uniform float facing;
uniform float size;
varying vec2 at;
varying float along;
flat varying float marks;
void main() {
  at = position.xy;
  marks = position.z;
  along = position.x * seconds;
  vec3 place;
  if (marks > 0.5) {
    // Far away the mark is larger, so that it is seen.
    float radius = max(0.36 * size, 0.04 * distance(landing, cameraPosition));
    float s = sin(facing);
    float c = cos(facing);
    place = landing + radius * vec3(c * at.x - s * at.y, 0.0, -s * at.x - c * at.y);
    place.y += 0.012 * size;
  } else {
    float t = position.x * seconds;
    place = origin + velocity * t - vec3(0.0, 0.5 * fall * t * t, 0.0);
    vec3 toEye = cameraPosition - place;
    vec3 side = normalize(cross(velocity - vec3(0.0, fall * t, 0.0), toEye));
    place += side * position.y * max(0.007 * size, 0.0036 * length(toEye));
  }
  gl_Position = projectionMatrix * viewMatrix * vec4(place, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform vec3 color;
uniform float refused;
uniform float moved;
uniform float thrown;
varying vec2 at;
varying float along;
flat varying float marks;

float band(float value, float width, float soft) {
  return 1.0 - smoothstep(width - soft, width + soft, abs(value));
}

float mark() {
  float out_ = length(at);
  float soft = fwidth(out_);
  float ring = band(out_ - 0.72, 0.06, soft);
  float disc = 0.22 * (1.0 - smoothstep(0.66, 0.72, out_));
  // An arrow head where one will look; a cross where one cannot stand.
  float slope = abs(at.x) * 0.8 + at.y;
  float arrow = band(slope - 0.36, 0.085, soft) * step(abs(at.x), 0.36);
  float cross = max(band(at.x - at.y, 0.09, soft), band(at.x + at.y, 0.09, soft)) * step(out_, 0.45);
  return max(ring, max(disc, mix(arrow, cross, refused)));
}

float arc() {
  float edge = 1.0 - smoothstep(0.4, 1.0, abs(at.y));
  float dash = 0.55 + 0.45 * smoothstep(-0.2, 0.2, sin(26.0 * (along - moved)));
  return edge * dash * smoothstep(0.0, 0.05, along);
}

void main() {
  float alpha = marks > 0.5 ? mark() : arc() * thrown;
  if (alpha < 0.01) discard;
  gl_FragColor = vec4(color, alpha * 0.92);
}`;

export class Aim {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly free: Color = display(AMBER);
  private readonly taken: Color = display(ALARM);
  private readonly uniforms = {
    origin: { value: new Vector3() },
    velocity: { value: new Vector3() },
    fall: { value: GRAVITY },
    seconds: { value: 0 },
    landing: { value: new Vector3() },
    facing: { value: 0 },
    size: { value: 1 },
    color: { value: this.free },
    refused: { value: 0 },
    moved: { value: 0 },
    thrown: { value: 0 },
  };

  constructor() {
    this.object = new Mesh(
      geometry(),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: this.uniforms,
        side: DoubleSide,
        // Between two panels, too, one sees where one will stand.
        depthTest: false,
        depthWrite: false,
        transparent: true,
      }),
    );
    this.object.renderOrder = ORDER;
    this.object.frustumCulled = false;
    this.object.visible = false;
  }

  get visible(): boolean {
    return this.object.visible;
  }

  hide(): void {
    this.object.visible = false;
  }

  /** Marks a place on the floor; `facing`: where one will look, in rad; `size`: the visitor's. */
  mark(landing: Vector3, facing: number, free: boolean, size: number): void {
    const { uniforms } = this;
    uniforms.landing.value.copy(landing);
    uniforms.facing.value = facing;
    uniforms.size.value = size;
    uniforms.refused.value = free ? 0 : 1;
    uniforms.color.value = free ? this.free : this.taken;
    uniforms.thrown.value = 0;
    this.object.visible = true;
  }

  /** Marks it at the end of an arc; see `land`. `clock`: in s, by which its dashes run. */
  throwTo(landing: Vector3, facing: number, free: boolean, size: number, ray: Ray, seconds: number, clock: number): void {
    this.mark(landing, facing, free, size);
    const { uniforms } = this;
    uniforms.origin.value.copy(ray.origin);
    uniforms.velocity.value.copy(ray.direction).multiplyScalar(throwSpeed(ray.direction.y) * size);
    uniforms.fall.value = GRAVITY * size;
    uniforms.seconds.value = seconds;
    uniforms.moved.value = clock * 0.25;
    uniforms.thrown.value = 1;
  }
}

/** A ribbon along the arc, x: share of the way, y: its sides; and the mark's square, with z = 1. */
function geometry(): BufferGeometry {
  const corners: number[] = [];
  const faces: number[] = [];
  for (let step = 0; step <= STEPS; step += 1) {
    corners.push(step / STEPS, -1, 0, step / STEPS, 1, 0);
    const i = 2 * step;
    if (step < STEPS) faces.push(i, i + 1, i + 2, i + 2, i + 1, i + 3);
  }
  const first = corners.length / 3;
  corners.push(-1, -1, 1, 1, -1, 1, -1, 1, 1, 1, 1, 1);
  faces.push(first, first + 1, first + 2, first + 2, first + 1, first + 3);
  const made = new BufferGeometry();
  made.setAttribute('position', new BufferAttribute(new Float32Array(corners), 3));
  made.setIndex(faces);
  return made;
}
