/**
 * What carries the maps: a dark slab with a thin lit rim behind each panel and its plate, two
 * posts, and the light that the panel throws on the floor. Two draws for all panels.
 */
import {
  AdditiveBlending,
  BoxGeometry,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  Mesh,
  InstancedBufferGeometry,
  PlaneGeometry,
  ShaderMaterial,
  type Object3D,
  type Vector3,
} from 'three';

import type { Route, Sign } from '../net/types';
import { DITHER, LIGHT } from './palette';
import {
  BUTTON_HEIGHT,
  buttonWidth,
  labelPlate,
  MARGIN,
  onButton,
  onPlate,
  PLATE_MARGIN,
  PLATE_WIDTH,
  plateTop,
  SECTION_HEIGHT,
  SIGN_HEIGHT,
  SIGN_TOP,
  SIGN_WIDTH,
  signPoint,
  type Exhibit,
} from './exhibit';
import { at, axesOf, UP, type Axes, type Place } from './place';

const DEPTH = 0.05;
/** The slab's front stays behind the maps by this much. */
const BEHIND = 0.012;
const POST = 0.035;
const LABEL_THICKNESS = 0.018;
const GLOW_REACH = 2.1;

const BODY_VERTEX = /* glsl */ `
varying vec3 world;
varying vec3 face;
varying vec2 spot;
varying vec2 size;
void main() {
  vec4 placed = modelMatrix * instanceMatrix * vec4(position, 1.0);
  world = placed.xyz;
  face = normal;
  spot = uv;
  size = vec2(length(instanceMatrix[0].xyz), length(instanceMatrix[1].xyz));
  gl_Position = projectionMatrix * viewMatrix * placed;
}`;

const BODY_FRAGMENT = /* glsl */ `
${LIGHT}
${DITHER}
varying vec3 world;
varying vec3 face;
varying vec2 spot;
varying vec2 size;
void main() {
  vec3 fromEye = world - cameraPosition;
  vec3 color = vec3(0.030, 0.033, 0.050);
  if (abs(face.z) > 0.5) {
    vec2 edge = min(spot, 1.0 - spot) * size;
    float rim = 1.0 - smoothstep(0.008, 0.016, min(edge.x, edge.y));
    float away = step(face.z, 0.0);
    color = mix(vec3(0.022, 0.024, 0.036), vec3(0.17, 0.19, 0.25), rim);
    color += away * vec3(0.030, 0.026, 0.030) * (1.0 - spot.y);
  } else if (face.y > 0.5) {
    color = vec3(0.22, 0.23, 0.28);
  } else {
    color = vec3(0.075, 0.080, 0.110);
  }
  gl_FragColor = vec4(dither(withFog(color, fromEye)), 1.0);
}`;

const GLOW_VERTEX = /* glsl */ `
attribute vec4 foot; // x, z, half width, yaw
varying vec2 spot;
varying float halfWidth;
varying vec3 world;
void main() {
  float reach = ${GLOW_REACH.toFixed(2)};
  halfWidth = foot.z;
  spot = vec2(position.x * 2.0 * (foot.z + reach), position.y * 2.0 * reach);
  vec2 turn = vec2(cos(foot.w), sin(foot.w));
  world = vec3(foot.x + spot.x * turn.x + spot.y * turn.y, 0.004, foot.y - spot.x * turn.y + spot.y * turn.x);
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const GLOW_FRAGMENT = /* glsl */ `
${LIGHT}
varying vec2 spot;
varying float halfWidth;
varying vec3 world;
void main() {
  float beside = max(abs(spot.x) - halfWidth * 0.85, 0.0);
  float before = spot.y > 0.0 ? spot.y : -2.2 * spot.y;
  float fall = length(vec2(beside, before)) / ${GLOW_REACH.toFixed(2)};
  float glow = max(1.0 - fall, 0.0);
  float contact = exp(-before * 8.0) * (1.0 - smoothstep(0.0, 0.25, beside));
  vec3 color = vec3(0.130, 0.152, 0.225) * glow * glow + vec3(0.09, 0.10, 0.13) * contact;
  gl_FragColor = vec4(color * (1.0 - haze(length(world - cameraPosition))), 1.0);
}`;

export class Stands {
  readonly object: Object3D = new Group();
  private readonly bodies: InstancedMesh<BoxGeometry, ShaderMaterial>;
  private readonly glow: Mesh<InstancedBufferGeometry, ShaderMaterial>;

  constructor(exhibits: readonly Exhibit[], signs: readonly Sign[], routes: readonly Route[]) {
    this.bodies = bodies([
      ...exhibits.flatMap(boxesOf),
      ...signs.flatMap(signBoxesOf),
      ...routes.flatMap(labelBoxesOf),
    ]);
    this.glow = glow(exhibits.map(({ place }) => place));
    this.object.add(this.bodies, this.glow);
  }

  dispose(): void {
    for (const mesh of [this.bodies, this.glow]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
    this.bodies.dispose();
  }
}

/** A body turned as its axes say. */
interface Box {
  /** Upright where `up` is left out. */
  readonly axes: Axes & { readonly up?: Vector3 };
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

function boxesOf(exhibit: Exhibit): Box[] {
  const { place, header, sections } = exhibit;
  const out = -BEHIND - DEPTH / 2;
  const postHeight = Math.max(place.bottom - MARGIN, 0.01);
  const postUp = postHeight / 2 - place.centre.y;
  const post = { axes: place, width: POST, height: postHeight, depth: POST };
  const boxes: Box[] = [
    {
      axes: place,
      centre: at(place, 0, header / 2, out),
      width: place.width + 2 * MARGIN,
      height: place.height + header + 2 * MARGIN,
      depth: DEPTH,
    },
    { ...post, centre: at(place, -place.width * 0.38, postUp, out) },
    { ...post, centre: at(place, place.width * 0.38, postUp, out) },
  ];
  if (sections > 0) {
    const height = sections * SECTION_HEIGHT + PLATE_MARGIN;
    const middle = onPlate(place, PLATE_WIDTH / 2, plateTop(exhibit) + PLATE_MARGIN - height / 2);
    const centre = middle.addScaledVector(place.normal, out);
    const width = PLATE_WIDTH + 2 * PLATE_MARGIN;
    boxes.push({ axes: place, centre, width, height, depth: DEPTH * 0.6 });
  }
  if (exhibit.turns) {
    const width = buttonWidth(exhibit);
    const centre = onButton(exhibit, width / 2, BUTTON_HEIGHT / 2).addScaledVector(place.normal, out);
    boxes.push({ axes: place, centre, width, height: BUTTON_HEIGHT, depth: DEPTH * 0.6 });
  }
  return boxes;
}

function signBoxesOf(sign: Sign): Box[] {
  const height = SIGN_TOP - SIGN_HEIGHT / 2;
  const depth = DEPTH * 0.6;
  const size = { axes: axesOf(sign.yaw), depth };
  return [
    { ...size, centre: signPoint(sign, 0, SIGN_TOP / 2, -depth), width: depth, height: SIGN_TOP },
    {
      ...size,
      centre: signPoint(sign, SIGN_WIDTH / 2, height, -depth / 2),
      width: SIGN_WIDTH,
      height: SIGN_HEIGHT,
    },
  ];
}

function labelBoxesOf(route: Route): Box[] {
  if (route.label === null) return [];
  return [{ ...labelPlate(route, route.label), depth: LABEL_THICKNESS }];
}

function bodies(boxes: readonly Box[]): InstancedMesh<BoxGeometry, ShaderMaterial> {
  const material = new ShaderMaterial({ vertexShader: BODY_VERTEX, fragmentShader: BODY_FRAGMENT });
  const mesh = new InstancedMesh(new BoxGeometry(1, 1, 1), material, boxes.length);
  const matrix = new Matrix4();
  const size = new Matrix4();
  boxes.forEach(({ axes, centre, width, height, depth }, index) => {
    matrix.makeBasis(axes.right, axes.up ?? UP, axes.normal).setPosition(centre);
    mesh.setMatrixAt(index, matrix.multiply(size.makeScale(width, height, depth)));
  });
  mesh.frustumCulled = false;
  return mesh;
}

function glow(places: readonly Place[]): Mesh<InstancedBufferGeometry, ShaderMaterial> {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  const feet = new Float32Array(places.length * 4);
  places.forEach((place, index) => {
    const yaw = Math.atan2(place.normal.x, place.normal.z);
    feet.set([place.centre.x, place.centre.z, place.width / 2, yaw], index * 4);
  });
  geometry.setAttribute('foot', new InstancedBufferAttribute(feet, 4));
  geometry.instanceCount = places.length;
  const material = new ShaderMaterial({
    vertexShader: GLOW_VERTEX,
    fragmentShader: GLOW_FRAGMENT,
    blending: AdditiveBlending,
    depthWrite: false,
    transparent: true,
    side: 2,
  });
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false;
  mesh.renderOrder = 10;
  return mesh;
}
