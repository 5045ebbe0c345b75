/** Above the input frame: what the network makes of the image, the most probable first. */
import {
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  Vector3,
  type Object3D,
} from 'three';

import { formatPercent } from '../model/format';
import type { InputFrame, Prediction } from '../net/types';
import type { Glyphs } from './glyphs';
import { AMBER, display, MUTED, TEXT } from './palette';
import { UP } from './place';
import { Text, type Line } from './text';

const ROWS = 5;
const WIDTH = 2.5;
const ABOVE_FRAME = 0.32;
const ROW = 0.27;
const FIRST_ROW = 0.46;
const RIGHT = new Vector3(1, 0, 0);

const VERTEX = /* glsl */ `
attribute vec4 place; // left, bottom, width, share of it that is filled
attribute float rank;
uniform float depth;
varying float along;
flat varying float filled;
flat varying float first;
void main() {
  vec2 at = position.xy + 0.5;
  along = at.x;
  filled = place.w;
  first = float(rank < 0.5);
  float height = mix(0.022, 0.042, first);
  vec3 world = vec3(place.x + at.x * place.z, place.y + at.y * height, depth);
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform vec3 accent;
varying float along;
flat varying float filled;
flat varying float first;
void main() {
  vec3 tone = mix(vec3(0.62, 0.64, 0.70), accent, first);
  bool on = along <= filled;
  gl_FragColor = vec4(on ? tone : vec3(0.60, 0.64, 0.75), on ? 1.0 : 0.16);
}`;

export class Results {
  readonly object: Object3D = new Group();
  private readonly bars: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private readonly places: InstancedBufferAttribute;
  private readonly writing: Text;

  constructor(
    private readonly frame: InputFrame,
    glyphs: Glyphs,
  ) {
    this.places = new InstancedBufferAttribute(new Float32Array(ROWS * 4), 4);
    this.bars = new Mesh(
      barGeometry(this.places),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { accent: { value: display(AMBER) }, depth: { value: frame.z + 0.01 } },
        transparent: true,
        depthWrite: false,
        side: 2,
      }),
    );
    this.bars.frustumCulled = false;
    this.bars.renderOrder = 29;
    this.writing = new Text(glyphs);
    this.object.add(this.bars, this.writing.object);
    this.set([]);
  }

  set(predictions: readonly Prediction[]): void {
    const shown = predictions.slice(0, ROWS);
    const left = this.frame.x - WIDTH / 2;
    this.writing.set(shown.flatMap((prediction, rank) => this.linesOf(prediction, rank)));
    for (let rank = 0; rank < ROWS; rank += 1) {
      const share = shown[rank]?.probability ?? 0;
      this.places.setXYZW(rank, left, this.baseline(rank) - 0.085, WIDTH, share);
    }
    this.places.needsUpdate = true;
    this.bars.geometry.instanceCount = shown.length;
    this.bars.visible = shown.length > 0;
  }

  dispose(): void {
    this.bars.geometry.dispose();
    this.bars.material.dispose();
    this.writing.dispose();
  }

  /** Height of a row's text over the floor; the first row stands highest. */
  private baseline(rank: number): number {
    const lowest = this.frame.y + this.frame.height / 2 + ABOVE_FRAME;
    const fromBottom = (ROWS - 1 - rank) * ROW;
    return lowest + fromBottom + (rank === 0 ? FIRST_ROW - ROW : 0);
  }

  private linesOf(prediction: Prediction, rank: number): Line[] {
    const first = rank === 0;
    const size = first ? 0.3 : 0.175;
    const common = { right: RIGHT, up: UP, size, weight: first ? 600 : 400, fade: 40 } as const;
    const y = this.baseline(rank);
    const color = first ? TEXT : MUTED;
    const room = first ? 0.95 : 0.6;
    const left = new Vector3(this.frame.x - WIDTH / 2, y, this.frame.z + 0.01);
    const end = new Vector3(this.frame.x + WIDTH / 2, y, this.frame.z + 0.01);
    const percent = formatPercent(prediction.probability);
    return [
      { ...common, text: prediction.label, at: left, color, maxWidth: WIDTH - room },
      { ...common, text: percent, at: end, color: first ? AMBER : MUTED, align: 'right' },
    ];
  }
}

function barGeometry(places: InstancedBufferAttribute): InstancedBufferGeometry {
  const plane = new PlaneGeometry(1, 1);
  const geometry = new InstancedBufferGeometry();
  geometry.index = plane.index;
  geometry.setAttribute('position', plane.getAttribute('position'));
  geometry.setAttribute('place', places);
  const ranks = Float32Array.from({ length: ROWS }, (_, rank) => rank);
  geometry.setAttribute('rank', new InstancedBufferAttribute(ranks, 1));
  return geometry;
}
