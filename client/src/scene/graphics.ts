/** What the browser draws with, found out before the first frame. */

export interface Graphics {
  readonly webgl2: boolean;
  /** The processor draws, not a graphics card: fewer pixels keep it fluent. */
  readonly software: boolean;
  /** As the driver calls it; empty when the browser does not tell. */
  readonly name: string;
  /** GPU bytes that the textures of maps and pictures may take, all halls together. */
  readonly textureBytes: number;
}

/** What a desktop has, and what a headset, a phone or a tablet can spare (DESIGN, budgets). */
const TEXTURE_BYTES = { desktop: 1024 ** 3, mobile: 192 * 1024 ** 2 } as const;
/** Browsers of headsets that stand alone, and of phones; one that hangs at a desktop has the desktop's. */
const MOBILE = /\b(?:OculusBrowser|Quest|PicoBrowser|Wolvic|Android|Mobile)\b/;

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|microsoft basic render/i;

/** Asks a context that is given back at once. */
export function probeGraphics(): Graphics {
  const textureBytes = textureBytesFor(navigator.userAgent);
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return { webgl2: false, software: false, name: '', textureBytes };
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = info === null ? '' : String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { webgl2: true, software: SOFTWARE.test(name), name, textureBytes };
}

/** The budget for textures where the browser calls itself so. */
export function textureBytesFor(userAgent: string): number {
  return MOBILE.test(userAgent) ? TEXTURE_BYTES.mobile : TEXTURE_BYTES.desktop;
}
