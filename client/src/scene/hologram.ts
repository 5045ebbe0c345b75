/**
 * The image or feature map in hand, floating in the tool's light: a magnifying glass over its
 * exact pixels. Its origin is the tool's tip; it stands on it and faces along z.
 */
import {
  DataTexture,
  Group,
  LinearFilter,
  LinearMipmapLinearFilter,
  Matrix4,
  Mesh,
  Ray,
  Vector2,
  Vector3,
  type BufferGeometry,
  type ShaderMaterial,
  type Vector4,
} from 'three';

import type { Pixels } from '../model/pixels';
import type { Held } from '../model/state';
import type { Clock } from './clock';
import type { Glyphs } from './glyphs';
import { hologramGeometry, hologramMaterial } from './hologramshader';
import { HologramText } from './hologramtext';
import { Lens } from './lens';
import type { Reach } from './pointing';

/** Of the picture's longer side, in m. */
const SIDE = 0.205;
const LARGEST = 2.2;
const SMALLEST = 0.7;
/** Of its slow sway, in rad/s. */
export const SWAY = (2 * Math.PI) / 7;

/** A pixel that is pointed at, counted from the upper left. */
export interface Pointed {
  readonly x: number;
  readonly y: number;
  readonly value: string;
}

export class Hologram {
  readonly object = new Group();
  readonly lens = new Lens();
  readonly text: HologramText;
  /** Where `pick` met the picture, in shares from its lower left. */
  readonly met = new Vector2();
  pointed: Pointed | null = null;
  /** By how much it is larger than it was made, and how far to the left it grows: 0 is not at all. */
  private size = 1;
  private aside = 0;
  /** How large it is to be shown, as far as that may be; 1 is as it was made. */
  wanted = 1;
  /** Nothing of it is higher than so many m over the tip, as far as it need not be too small for that. */
  ceiling = Infinity;
  /** As large as it may be shown now. */
  private largest = LARGEST;
  /** How high over the tip the picture's middle is as it was made, in m. */
  middle = 0;
  private readonly mesh: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly box: Vector4;
  private readonly marked: Vector2;
  private readonly lensView = new Vector3(0.5, 0.5, 1);
  private readonly shape = new Vector2(1, 1);
  private readonly toLocal = new Matrix4();
  private readonly local = new Ray();
  /** Typed, because a number that is written to a uniform is an object each time. */
  private readonly phase = new Float32Array(1);
  private texture: DataTexture | null = null;
  private held: Held | null = null;
  private pixels: Pixels | null = null;

  constructor(glyphs: Glyphs) {
    const material = hologramMaterial();
    this.mesh = new Mesh(hologramGeometry(), material);
    const [box, plate] = material.uniforms['boxes']?.value as [Vector4, Vector4];
    this.box = box;
    this.marked = material.uniforms['marked']?.value as Vector2;
    this.write('lens', this.lensView);
    this.write('phase', this.phase);
    this.text = new HologramText(glyphs, plate);
    this.mesh.renderOrder = 61;
    this.mesh.frustumCulled = false;
    this.text.object.renderOrder = 62;
    this.object.add(this.mesh, this.text.object);
    this.object.visible = false;
  }

  /** Whether a picture is there to look at. */
  get shown(): boolean {
    return this.object.visible && this.pixels !== null;
  }

  /** Shows what is in hand, and what it is called; `load` brings its pixels. */
  show(held: Held | null, name: string, load: (held: Held) => Promise<Pixels>): void {
    this.held = held;
    this.pixels = null;
    this.pointed = null;
    this.object.visible = held !== null;
    this.write('shown', 0);
    if (held === null) return;
    this.lens.reset();
    this.text.show(held, name);
    this.place();
    load(held).then(
      (pixels) => {
        if (this.held === held) this.use(held, pixels);
      },
      // The request's failure is told where requests are told of; the name stays.
      () => undefined,
    );
  }

  /** In a hand it grows about its middle and is hidden by what is nearer, in the corner to the left and by nothing. */
  setInHand(inHand: boolean): void {
    this.aside = inHand ? 0 : 0.5;
    this.ceiling = Infinity;
    this.size = this.wanted = 1;
    this.mesh.material.depthTest = inHand;
    this.text.object.material.depthTest = inHand;
    this.place();
  }

  /** Larger by a factor, and from its largest size on nearer about a place of it: a turn of the wheel. */
  enlarge(factor: number, u: number, v: number): void {
    const grows = factor > 1 ? this.size < this.largest : this.lens.zoom === 1;
    if (!grows) {
      this.zoom(factor, u, v);
      return;
    }
    this.wanted = this.size * factor;
    this.resize();
  }

  zoom(factor: number, u: number, v: number): void {
    this.lens.zoomBy(factor, u, v);
    this.lensView.set(this.lens.x, this.lens.y, this.lens.zoom);
  }

  /** Whether a ray meets the picture; `reach` tells how far along, `met` where on it. */
  pick(ray: Ray, reach: Reach): boolean {
    if (!this.shown) return false;
    this.local.copy(ray).applyMatrix4(this.toLocal.copy(this.mesh.matrixWorld).invert());
    const { origin, direction } = this.local;
    const steps = -origin.z / direction.z;
    if (!(steps > 0)) return false;
    const { x, y, z, w } = this.box;
    reach.metres = steps * this.mesh.matrixWorld.getMaxScaleOnAxis();
    this.met.set((origin.x + steps * direction.x - x) / z + 0.5, (origin.y + steps * direction.y - y) / w + 0.5);
    return Math.abs(this.met.x - 0.5) <= 0.5 && Math.abs(this.met.y - 0.5) <= 0.5;
  }

  /** Marks the pixel at a place of the picture, and says its value. */
  point(u: number, v: number): void {
    if (this.pixels === null) return;
    const { width, height } = this.pixels;
    const x = Math.min(width - 1, Math.floor(this.lens.across(u) * width));
    const y = height - 1 - Math.min(height - 1, Math.floor(this.lens.up(v) * height));
    if (this.pointed?.x === x && this.pointed.y === y) return;
    this.pointed = { x, y, value: this.pixels.describe(x, y) };
    this.marked.set(x, height - 1 - y);
    this.sayValue();
  }

  /** No pixel is pointed at. */
  unpoint(): void {
    if (this.pointed === null) return;
    this.pointed = null;
    this.marked.set(-1, -1);
    this.sayValue();
  }

  /** Where the picture's middle is in the world. */
  centre(target: Vector3): Vector3 {
    return target.set(this.box.x, this.box.y, 0).applyMatrix4(this.mesh.matrixWorld);
  }

  /** Once a frame; with less motion it does not sway. */
  update(clock: Clock, still: boolean): void {
    this.phase[0] = clock.seconds * (still ? 0 : SWAY);
    this.resize();
  }

  private resize(): void {
    const room = this.ceiling - this.text.top;
    this.largest = Math.max(SMALLEST, Math.min(LARGEST, room / (this.shape.y * SIDE)));
    const next = Math.min(this.largest, Math.max(SMALLEST, this.wanted));
    if (next === this.size) return;
    this.size = this.wanted = next;
    this.place();
  }

  private sayValue(): void {
    const { pointed } = this;
    this.text.showValue(pointed === null ? '' : `x ${pointed.x}  y ${pointed.y}   ${pointed.value}`);
  }

  private place(): void {
    const width = this.shape.x * SIDE * this.size;
    const height = this.shape.y * SIDE * this.size;
    const leftwards = this.aside * (width - SIDE * this.shape.x);
    this.middle = this.text.top + (this.shape.y * SIDE) / 2;
    this.box.set(-leftwards, this.text.top + height / 2, width, height);
  }

  private use(held: Held, pixels: Pixels): void {
    const { width, height } = pixels;
    this.texture?.dispose();
    this.texture = textureOf(pixels);
    this.pixels = pixels;
    this.write('picture', this.texture);
    (this.mesh.material.uniforms['size']?.value as Vector2).set(width, height);
    this.marked.set(-1, -1);
    this.zoom(1, 0.5, 0.5);
    this.shape.set(width, height).divideScalar(Math.max(width, height));
    this.text.showPixels(held, pixels);
    this.place();
    this.write('shown', 1);
  }

  private write(name: string, value: unknown): void {
    const uniform = this.mesh.material.uniforms[name];
    if (uniform !== undefined) uniform.value = value;
  }
}

/** Rows of `ImageData` go downwards, those of a texture upwards. */
function textureOf({ image }: Pixels): DataTexture {
  const texture = new DataTexture(image.data, image.width, image.height);
  texture.flipY = true;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.needsUpdate = true;
  return texture;
}
