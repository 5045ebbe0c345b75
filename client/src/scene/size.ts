/** How large the visitor is beside the halls: halls that are to look half as large stay, the visitor doubles. */
import { effect } from '@preact/signals-core';
import type { PerspectiveCamera } from 'three';

import type { Preferences } from '../model/preferences';
import type { Rig } from '../xr/rig';
import type { Walker } from './walker';

/** Whole halls are seen at once, in m. */
const FARTHEST = 900;

/** Makes the visitor as large as they prefer from now on, at a screen and in a headset. */
export function followSize(scale: Preferences['scale'], rig: Rig, walker: Walker, camera: PerspectiveCamera): void {
  effect(() => {
    const size = 1 / scale.value;
    rig.scale = size;
    walker.size = size;
    // The camera counts in the visitor's own metres: for small ones the hall is large.
    camera.far = FARTHEST / Math.min(1, size);
    camera.updateProjectionMatrix();
  });
}
