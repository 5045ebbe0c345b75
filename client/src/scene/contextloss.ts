/** A graphics card that was taken away, by a driver's restart or a laptop's sleep, and is there again. */
import type { WebGLRenderer } from 'three';

/**
 * Calls `restored` when all that was on the card is to be brought there again.
 *
 * The renderer itself brings what it has in memory; a headset's session cannot go on and ends.
 */
export function followContext(renderer: WebGLRenderer, restored: () => void): void {
  const canvas = renderer.domElement;
  canvas.addEventListener('webglcontextlost', () => {
    void renderer.xr.getSession()?.end();
  });
  canvas.addEventListener('webglcontextrestored', restored);
}
