/** A page: one plain 2D texture, written by hand behind three's back. */
import { ExternalTexture, type WebGLRenderer } from 'three';

import { PAGE_SIZE, TEXEL_BYTES } from './cells';
import type { Place } from './packer';
import { mipSizes, totalTexels } from './pyramid';

const ANISOTROPY = 4;

/** What a texel is; names as in WebGL 2. */
export interface TexelFormat {
  readonly internal: 'RG8' | 'SRGB8_ALPHA8';
  readonly channels: 'RG' | 'RGBA';
  readonly bytes: number;
}

/** The positive and the negative part of a feature map's value. */
export const MAP_TEXELS: TexelFormat = { internal: 'RG8', channels: 'RG', bytes: TEXEL_BYTES };

/** Where something lies in a page, in texels. */
export type PlaceInPage = Omit<Place, 'page'>;

export class Page {
  /** What three binds for a draw. */
  readonly texture = new ExternalTexture();
  readonly bytes: number;

  constructor(
    private readonly renderer: WebGLRenderer,
    readonly height: number,
    private readonly mips: number,
    private readonly format: TexelFormat,
  ) {
    this.bytes = totalTexels(mipSizes(PAGE_SIZE, height, mips)) * format.bytes;
    this.create();
  }

  get texelBytes(): number {
    return this.format.bytes;
  }

  /** Makes the texture, all texels 0; again after the context was lost. */
  create(): void {
    const gl = this.gl;
    const texture = gl.createTexture();
    this.texture.sourceTexture = texture;
    this.bind();
    gl.texStorage2D(gl.TEXTURE_2D, this.mips, gl[this.format.internal], PAGE_SIZE, this.height);
    const set = (name: number, value: number): void => {
      gl.texParameteri(gl.TEXTURE_2D, name, value);
    };
    set(gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    set(gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    set(gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    set(gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const anisotropic = gl.getExtension('EXT_texture_filter_anisotropic');
    if (anisotropic !== null) {
      const most = this.renderer.capabilities.getMaxAnisotropy();
      set(anisotropic.TEXTURE_MAX_ANISOTROPY_EXT, Math.min(ANISOTROPY, most));
    }
  }

  /** Writes width x height texels of a mip level from `texels`, beginning at byte `offset`. */
  write(
    mip: number,
    x: number,
    y: number,
    width: number,
    height: number,
    texels: Uint8Array,
    offset: number,
  ): void {
    const gl = this.gl;
    const { state } = this.renderer;
    this.bind();
    // Through three's state, so that it knows what is set when it uploads next.
    state.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    state.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    state.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texSubImage2D(
      gl.TEXTURE_2D,
      mip,
      x,
      y,
      width,
      height,
      gl[this.format.channels],
      gl.UNSIGNED_BYTE,
      texels,
      offset,
    );
  }

  /**
   * Copies texels of another page into this one, within one mip level. A framebuffer of the
   * caller's own is bound for reading; three's state is to be reset afterwards.
   */
  copy(
    source: Page,
    mip: number,
    from: { readonly x: number; readonly y: number },
    to: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  ): void {
    const gl = this.gl;
    const texture = source.texture.sourceTexture;
    gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, mip);
    this.bind();
    gl.copyTexSubImage2D(gl.TEXTURE_2D, mip, to.x, to.y, from.x, from.y, to.width, to.height);
  }

  /** Gives all texels of these places one value at all mips: red, green, blue, alpha in 0..1. */
  fill(places: readonly PlaceInPage[], value: readonly [number, number, number, number]): void {
    const gl = this.gl;
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.enable(gl.SCISSOR_TEST);
    gl.colorMask(true, true, true, true);
    const texture = this.texture.sourceTexture;
    for (let mip = 0; mip < this.mips; mip += 1) {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, mip);
      for (const { x, y, width, height } of places) {
        gl.scissor(x >> mip, y >> mip, Math.ceil(width / 2 ** mip), Math.ceil(height / 2 ** mip));
        gl.clearBufferfv(gl.COLOR, 0, value);
      }
    }
    gl.deleteFramebuffer(framebuffer);
    this.renderer.resetState();
  }

  /** Reads texels of mip level 0 back from the GPU. Slow: for tests. */
  read(x: number, y: number, width: number, height: number): Uint8Array {
    const gl = this.gl;
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(
      gl.FRAMEBUFFER,
      gl.COLOR_ATTACHMENT0,
      gl.TEXTURE_2D,
      this.texture.sourceTexture,
      0,
    );
    const rgba = new Uint8Array(width * height * 4);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    gl.deleteFramebuffer(framebuffer);
    this.renderer.resetState();
    return rgba.filter((_, index) => index % 4 < this.format.bytes);
  }

  dispose(): void {
    this.gl.deleteTexture(this.texture.sourceTexture);
    this.texture.dispose();
  }

  private bind(): void {
    const gl = this.gl;
    const texture = this.texture.sourceTexture as WebGLTexture;
    this.renderer.state.bindTexture(gl.TEXTURE_2D, texture, gl.TEXTURE0);
    this.renderer.state.activeTexture(gl.TEXTURE0);
  }

  private get gl(): WebGL2RenderingContext {
    return this.renderer.getContext() as WebGL2RenderingContext;
  }
}
