/** The image or feature map in hand, floating in the tool's light; its name under it. */
import {
  AdditiveBlending,
  ConeGeometry,
  DataTexture,
  Group,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  NearestFilter,
  PlaneGeometry,
  ShaderMaterial,
  Texture,
  Vector2,
  Vector3,
} from 'three';

import type { Held } from '../model/state';
import type { Glyphs } from './glyphs';
import { AMBER, display, MUTED, TEXT } from './palette';
import { UP } from './place';
import { Text } from './text';

const SIDE = 0.205;
const FOOT = 0.075;
const RIGHT = new Vector3(1, 0, 0);
const LARGEST = 2.2;
const SMALLEST = 0.7;

const VERTEX = /* glsl */ `
varying vec2 spot;
void main() {
  spot = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const PICTURE = /* glsl */ `
uniform sampler2D picture;
uniform vec3 accent;
uniform float time;
varying vec2 spot;
void main() {
  vec2 pixel = fwidth(spot);
  vec2 edge = min(spot, 1.0 - spot);
  float border = 1.0 - smoothstep(0.008, 0.008 + pixel.x, min(edge.x, edge.y));
  vec3 color = texture2D(picture, spot).rgb;
  // A faint line of light climbs, as a reminder that this is no paper.
  float away = (fract(time * 0.16) * 1.5 - 0.25 - spot.y) * 26.0;
  float line = exp(-away * away);
  color += accent * 0.10 * line;
  color = mix(color, accent, border * 0.85);
  gl_FragColor = vec4(color, 0.96);
}`;

const BEAM = /* glsl */ `
uniform vec3 accent;
varying vec2 spot;
void main() {
  gl_FragColor = vec4(accent * 0.20 * (1.0 - spot.y) * (1.0 - spot.y), 1.0);
}`;

export class Hologram {
  readonly object = new Group();
  readonly picture: Mesh<PlaneGeometry, ShaderMaterial>;
  private readonly beam: Mesh<ConeGeometry, ShaderMaterial>;
  private readonly writing: Text;
  private texture: Texture | null = null;
  private held: Held | null = null;
  private size = 1;
  private readonly shape = new Vector2(1, 1);

  constructor(glyphs: Glyphs) {
    const light = { depthTest: false, depthWrite: false, transparent: true };
    this.picture = new Mesh(
      new PlaneGeometry(1, 1),
      new ShaderMaterial({
        ...light,
        vertexShader: VERTEX,
        fragmentShader: PICTURE,
        uniforms: {
          picture: { value: null },
          accent: { value: display(AMBER) },
          time: { value: 0 },
        },
      }),
    );
    this.beam = new Mesh(
      new ConeGeometry(0.12, 0.15, 32, 1, true).rotateX(Math.PI),
      new ShaderMaterial({
        ...light,
        vertexShader: VERTEX,
        fragmentShader: BEAM,
        uniforms: { accent: { value: display(AMBER) } },
        blending: AdditiveBlending,
        side: 2,
      }),
    );
    this.beam.position.y = FOOT + 0.06;
    this.writing = new Text(glyphs);
    this.writing.object.material.depthTest = false;
    [this.beam, this.picture, this.writing.object].forEach((mesh, index) => {
      mesh.renderOrder = 61 + index;
      mesh.frustumCulled = false;
    });
    this.object.add(this.beam, this.picture, this.writing.object);
    this.object.visible = false;
  }

  show(held: Held | null, load: (held: Held) => Promise<TexImageSource | ImageData>): void {
    this.held = held;
    this.object.visible = held !== null;
    this.picture.visible = false;
    if (held === null) return;
    const [name, more] = namesOf(held);
    const line = { right: RIGHT, up: UP, align: 'centre', maxWidth: SIDE * 1.25 } as const;
    const middle = FOOT + 0.075;
    this.writing.set([
      { ...line, text: name, at: new Vector3(0, middle, 0.001), size: 0.02, weight: 600, color: TEXT },
      { ...line, text: more, at: new Vector3(0, middle - 0.021, 0.001), size: 0.015, color: MUTED },
    ]);
    load(held).then(
      (source) => {
        if (this.held === held) this.use(source, held.kind === 'map');
      },
      // The request's failure is told where requests are told of; the name stays.
      () => undefined,
    );
  }

  /** Makes the picture larger or smaller by a factor, upwards and to the left of its corner. */
  enlarge(factor: number): void {
    this.size = Math.min(LARGEST, Math.max(SMALLEST, this.size * factor));
    this.place();
  }

  /** `phase`: of the slow sway, in rad. */
  update(phase: number): void {
    this.object.rotation.y = 0.14 * Math.sin(phase);
    const time = this.picture.material.uniforms['time'];
    if (time !== undefined) time.value = phase;
  }

  private place(): void {
    const width = this.shape.x * SIDE * this.size;
    const height = this.shape.y * SIDE * this.size;
    this.picture.scale.set(width, height, 1);
    this.picture.position.set(-(width - SIDE * this.shape.x) / 2, FOOT + 0.115 + height / 2, 0);
  }

  private use(source: TexImageSource | ImageData, sharp: boolean): void {
    const { width, height } = source as { width: number; height: number };
    this.texture?.dispose();
    this.texture = source instanceof ImageData ? dataTexture(source) : new Texture(source);
    this.texture.magFilter = sharp ? NearestFilter : LinearFilter;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.generateMipmaps = true;
    this.texture.needsUpdate = true;
    this.shape.set(width, height).divideScalar(Math.max(width, height));
    this.place();
    const slot = this.picture.material.uniforms['picture'];
    if (slot !== undefined) slot.value = this.texture;
    this.picture.visible = true;
  }
}

/** Rows of `ImageData` go downwards, those of a texture upwards. */
function dataTexture(source: ImageData): DataTexture {
  const texture = new DataTexture(source.data, source.width, source.height);
  texture.flipY = true;
  return texture;
}

function namesOf(held: Held): [name: string, more: string] {
  if (held.kind === 'image') {
    const { name, label } = held.image;
    return [name, label === name ? '' : (label ?? '')];
  }
  return [held.map.layer, `channel ${held.map.channel}`];
}
