/** What the browser draws with, found out before the first frame. */

export interface Graphics {
  readonly webgl2: boolean;
  /** The processor draws, not a graphics card: fewer pixels keep it fluent. */
  readonly software: boolean;
  /** As the driver calls it; empty when the browser does not tell. */
  readonly name: string;
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|microsoft basic render/i;

/** Asks a context that is given back at once. */
export function probeGraphics(): Graphics {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return { webgl2: false, software: false, name: '' };
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = info === null ? '' : String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { webgl2: true, software: SOFTWARE.test(name), name };
}
