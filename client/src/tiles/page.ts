/** A page: one plain 2D texture of two bytes a texel, written by hand behind three's back. */
import { ExternalTexture, type WebGLRenderer } from 'three';

import { PAGE_SIZE, TEXEL_BYTES } from './cells';
import { mipSizes, totalTexels } from './pyramid';

const ANISOTROPY = 4;

export class Page {
  /** What three binds for a draw. */
  readonly texture = new ExternalTexture();
  readonly bytes: number;

  constructor(
    private readonly renderer: WebGLRenderer,
    readonly height: number,
    private readonly mips: number,
  ) {
    this.bytes = totalTexels(mipSizes(PAGE_SIZE, height, mips)) * TEXEL_BYTES;
    this.create();
  }

  /** Makes the texture, all texels 0; again after the context was lost. */
  create(): void {
    const gl = this.gl;
    const texture = gl.createTexture();
    this.texture.sourceTexture = texture;
    this.bind();
    gl.texStorage2D(gl.TEXTURE_2D, this.mips, gl.RG8, PAGE_SIZE, this.height);
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
      gl.RG,
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

  /** Reads texels of mip level 0 back from the GPU, two bytes each. Slow: for tests. */
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
    return rgba.filter((_, index) => index % 4 < TEXEL_BYTES);
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
