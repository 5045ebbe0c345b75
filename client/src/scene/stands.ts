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
  Vector4,
  type Object3D,
  type Vector3,
} from 'three';

import type { Arrangement, Route, Sign } from '../net/types';
import { HALL, MOVED, type Moves } from './moves';
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
import { at, axesOf, UP, type Axes } from './place';

const DEPTH = 0.05;
/** The slab's front stays behind the maps by this much. */
const BEHIND = 0.012;
const POST = 0.035;
const LABEL_THICKNESS = 0.018;
const GLOW_REACH = 2.1;

/** What a body is part of; what carries labels and histograms can be hidden. */
const KINDS = { panel: 0, post: 1, label: 2, plate: 3 } as const;

const BODY_VERTEX = /* glsl */ `
${MOVED}
attribute vec2 carrier; // anchor, kind
uniform vec4 shown; // which kinds there are
varying vec3 world;
varying vec3 face;
varying vec2 spot;
varying vec2 size;
void main() {
  world = moved((instanceMatrix * vec4(position, 1.0)).xyz, carrier.x);
  // A post reaches from the panel to the floor, wherever the panel is; none carries what hangs.
  float standing = texelFetch(moves, ivec2(0, int(carrier.x)), 0).w;
  if (carrier.y == ${KINDS.post}.0) world.y = position.y > 0.0 ? max(world.y, 0.0) * standing : 0.0;
  face = normal;
  spot = uv;
  size = vec2(length(instanceMatrix[0].xyz), length(instanceMatrix[1].xyz));
  bool isShown = shown[int(carrier.y)] > 0.5;
  gl_Position = isShown ? projectionMatrix * viewMatrix * vec4(world, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
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
${MOVED}
attribute vec4 foot; // x, z, half width, yaw
attribute float anchor;
varying vec2 spot;
varying float halfWidth;
varying float strength;
varying vec3 world;
void main() {
  float reach = ${GLOW_REACH.toFixed(2)};
  halfWidth = foot.z * movedScale(anchor);
  spot = vec2(position.x * 2.0 * (halfWidth + reach), position.y * 2.0 * reach);
  vec2 right = normalize(movedWay(vec3(cos(foot.w), 0.0, -sin(foot.w)), anchor).xz);
  vec2 at = moved(vec3(foot.x, 0.0, foot.y), anchor).xz;
  world = vec3(at.x + spot.x * right.x - spot.y * right.y, 0.004, at.y + spot.x * right.y + spot.y * right.x);
  // What is lifted throws less light on the floor, and what hangs none.
  strength = texelFetch(moves, ivec2(0, int(anchor)), 0).w * exp(-1.2 * max(0.0, texelFetch(moves, ivec2(1, int(anchor)), 0).w));
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const GLOW_FRAGMENT = /* glsl */ `
${LIGHT}
varying vec2 spot;
varying float halfWidth;
varying float strength;
varying vec3 world;
void main() {
  float beside = max(abs(spot.x) - halfWidth * 0.85, 0.0);
  float before = spot.y > 0.0 ? spot.y : -2.2 * spot.y;
  float fall = length(vec2(beside, before)) / ${GLOW_REACH.toFixed(2)};
  float glow = max(1.0 - fall, 0.0);
  float contact = exp(-before * 8.0) * (1.0 - smoothstep(0.0, 0.25, beside));
  vec3 color = vec3(0.130, 0.152, 0.225) * glow * glow + vec3(0.09, 0.10, 0.13) * contact;
  gl_FragColor = vec4(color * strength * (1.0 - haze(length(world - cameraPosition))), 1.0);
}`;

export class Stands {
  readonly object: Object3D = new Group();
  private readonly bodies: InstancedMesh<BoxGeometry, ShaderMaterial>;
  private readonly glow: Mesh<InstancedBufferGeometry, ShaderMaterial>;

  /** `labels`: the first edge's label's anchor. */
  constructor(exhibits: readonly Exhibit[], { signs, routes }: Arrangement, labels: number, moves: Moves) {
    const boxes = [
      ...exhibits.flatMap(boxesOf),
      ...signs.flatMap(signBoxesOf),
      ...routes.flatMap((route, index) => labelBoxesOf(route, labels + index)),
    ];
    this.bodies = bodies(boxes, moves);
    this.glow = glow(exhibits, moves);
    this.object.add(this.bodies, this.glow);
  }

  /** Shows what carries labels and histograms, or leaves it out. */
  show(labels: boolean, histograms: boolean): void {
    const shown = this.bodies.material.uniforms['shown']?.value as Vector4;
    shown.setComponent(KINDS.label, Number(labels));
    shown.setComponent(KINDS.plate, Number(histograms));
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
  readonly anchor: number;
  /** A post reaches from the floor to what it carries. */
  readonly kind: keyof typeof KINDS;
}

function boxesOf(exhibit: Exhibit): Box[] {
  const { layout: place, header, sections, anchor } = exhibit;
  const out = -BEHIND - DEPTH / 2;
  const postHeight = Math.max(place.bottom - MARGIN, 0.01);
  const postUp = postHeight / 2 - place.centre.y;
  const post = { axes: place, width: POST, height: postHeight, depth: POST, anchor, kind: 'post' } as const;
  const boxes: Box[] = [
    {
      axes: place,
      centre: at(place, 0, header / 2, out),
      width: place.width + 2 * MARGIN,
      height: place.height + header + 2 * MARGIN,
      depth: DEPTH,
      anchor,
      kind: 'panel',
    },
    { ...post, centre: at(place, -place.width * 0.38, postUp, out) },
    { ...post, centre: at(place, place.width * 0.38, postUp, out) },
  ];
  if (sections > 0) {
    const height = sections * SECTION_HEIGHT + PLATE_MARGIN;
    const middle = onPlate(exhibit, PLATE_WIDTH / 2, plateTop(exhibit) + PLATE_MARGIN - height / 2);
    const centre = middle.addScaledVector(place.normal, out);
    const width = PLATE_WIDTH + 2 * PLATE_MARGIN;
    boxes.push({ axes: place, centre, width, height, depth: DEPTH * 0.6, anchor, kind: 'plate' });
  }
  if (exhibit.turns) {
    const width = buttonWidth(exhibit);
    const centre = onButton(exhibit, width / 2, BUTTON_HEIGHT / 2).addScaledVector(place.normal, out);
    boxes.push({ axes: place, centre, width, height: BUTTON_HEIGHT, depth: DEPTH * 0.6, anchor, kind: 'panel' });
  }
  return boxes;
}

function signBoxesOf(sign: Sign): Box[] {
  const height = SIGN_TOP - SIGN_HEIGHT / 2;
  const depth = DEPTH * 0.6;
  const size = { axes: axesOf(sign.yaw), depth, anchor: HALL, kind: 'label' } as const;
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

function labelBoxesOf(route: Route, anchor: number): Box[] {
  if (route.label === null) return [];
  return [{ ...labelPlate(route, route.label), depth: LABEL_THICKNESS, anchor, kind: 'label' }];
}

function bodies(boxes: readonly Box[], moves: Moves): InstancedMesh<BoxGeometry, ShaderMaterial> {
  const material = new ShaderMaterial({
    vertexShader: BODY_VERTEX,
    fragmentShader: BODY_FRAGMENT,
    uniforms: { moves: { value: moves.texture }, shown: { value: new Vector4(1, 1, 1, 1) } },
  });
  const mesh = new InstancedMesh(new BoxGeometry(1, 1, 1), material, boxes.length);
  const carriers = boxes.flatMap(({ anchor, kind }) => [anchor, KINDS[kind]]);
  mesh.geometry.setAttribute('carrier', new InstancedBufferAttribute(new Float32Array(carriers), 2));
  const matrix = new Matrix4();
  const size = new Matrix4();
  boxes.forEach(({ axes, centre, width, height, depth }, index) => {
    matrix.makeBasis(axes.right, axes.up ?? UP, axes.normal).setPosition(centre);
    mesh.setMatrixAt(index, matrix.multiply(size.makeScale(width, height, depth)));
  });
  mesh.frustumCulled = false;
  return mesh;
}

function glow(exhibits: readonly Exhibit[], moves: Moves): Mesh<InstancedBufferGeometry, ShaderMaterial> {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  const feet = exhibits.flatMap(({ layout: { centre, normal, width } }) => [
    centre.x,
    centre.z,
    width / 2,
    Math.atan2(normal.x, normal.z),
  ]);
  geometry.setAttribute('foot', new InstancedBufferAttribute(new Float32Array(feet), 4));
  const anchors = new Float32Array(exhibits.map(({ anchor }) => anchor));
  geometry.setAttribute('anchor', new InstancedBufferAttribute(anchors, 1));
  geometry.instanceCount = exhibits.length;
  const material = new ShaderMaterial({
    vertexShader: GLOW_VERTEX,
    fragmentShader: GLOW_FRAGMENT,
    uniforms: { moves: { value: moves.texture } },
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
