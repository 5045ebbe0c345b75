/** Both hands as they are seen: bare ones bone by bone, the controller beside the tool as a handle. One draw. */
import { CapsuleGeometry, InstancedBufferAttribute, InstancedBufferGeometry, Mesh, ShaderMaterial } from 'three';

import { AMBER, constant } from '../scene/palette';
import type { BothHands } from './hand';
import { JOINTS, towardsWrist } from './joints';

const VERTEX = /* glsl */ `
attribute vec3 bone; // which hand; the joint that it begins at and the one that it ends at
uniform vec4 left[${JOINTS}];
uniform vec4 right[${JOINTS}];
uniform float pressed[2];
varying vec3 facing;
varying float glow;
void main() {
  int from = int(bone.y + 0.5);
  int to = int(bone.z + 0.5);
  vec4 start = bone.x < 0.5 ? left[from] : right[from];
  vec4 end = bone.x < 0.5 ? left[to] : right[to];
  vec3 along = end.xyz - start.xyz;
  vec3 y = length(along) > 1e-6 ? normalize(along) : vec3(0.0, 1.0, 0.0);
  vec3 x = normalize(abs(y.y) < 0.9 ? cross(y, vec3(0.0, 1.0, 0.0)) : cross(y, vec3(1.0, 0.0, 0.0)));
  mat3 turn = mat3(x, y, cross(x, y));
  // The template's ends are half spheres of radius 1 about y = -0.5 and y = 0.5.
  bool upper = position.y > 0.0;
  vec4 joint = upper ? end : start;
  vec3 place = joint.xyz + turn * (position - vec3(0.0, upper ? 0.5 : -0.5, 0.0)) * joint.w;
  facing = normalMatrix * (turn * normal);
  // The tips of thumb and forefinger, by which one pinches.
  bool tip = upper && (to == 4 || to == 9);
  glow = tip ? pressed[bone.x < 0.5 ? 0 : 1] : 0.0;
  gl_Position = end.w > 0.0 ? projectionMatrix * modelViewMatrix * vec4(place, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = /* glsl */ `
const vec3 accent = ${constant(AMBER)};
varying vec3 facing;
varying float glow;
void main() {
  // As the tool's handle is lit.
  vec3 n = normalize(facing);
  float key = max(dot(n, normalize(vec3(-0.5, 0.7, 0.6))), 0.0);
  float rim = pow(1.0 - max(n.z, 0.0), 3.0);
  vec3 color = vec3(0.055, 0.058, 0.076) + vec3(0.20, 0.19, 0.18) * key + vec3(0.16, 0.18, 0.26) * rim;
  gl_FragColor = vec4(mix(color, accent, glow), 1.0);
}`;

export class Bones {
  /** Hangs on the rig. */
  readonly object: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly pressed = new Float32Array(2);

  constructor(private readonly hands: BothHands) {
    this.object = new Mesh(
      geometry(),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          left: { value: hands.left.joints.places },
          right: { value: hands.right.joints.places },
          pressed: { value: this.pressed },
        },
      }),
    );
    this.object.frustumCulled = false;
    this.object.visible = false;
  }

  /** Once a frame, after the hands have been read. */
  update(): void {
    const { left, right } = this.hands;
    this.object.visible = left.joints.seen || right.joints.seen;
    this.pressed[0] = left.trigger.down ? 1 : 0;
    this.pressed[1] = right.trigger.down ? 1 : 0;
  }
}

function geometry(): InstancedBufferGeometry {
  const capsule = new CapsuleGeometry(1, 1, 4, 12);
  const bones: number[] = [];
  for (const hand of [0, 1]) {
    for (let joint = 1; joint < JOINTS; joint += 1) bones.push(hand, towardsWrist(joint), joint);
  }
  const all = new InstancedBufferGeometry();
  all.index = capsule.index;
  all.setAttribute('position', capsule.getAttribute('position'));
  all.setAttribute('normal', capsule.getAttribute('normal'));
  all.setAttribute('bone', new InstancedBufferAttribute(new Float32Array(bones), 3));
  all.instanceCount = bones.length / 3;
  return all;
}
