/** `window.cnnwalk`: what the page is doing, read only, for tests and the curious. */
import type { Vector3 } from 'three';

import type { Held, MapRef, State } from '../model/state';
import type { ImageInfo, Panel } from '../net/types';
import type { World } from '../scene/world';
import type { Level } from '../tiles/cells';
import { seenErrors } from './errors';

declare global {
  interface Window {
    readonly cnnwalk?: Hooks;
  }
}

/** A place on the page, in CSS pixels from the upper left; null behind the camera. */
type Spot = { readonly x: number; readonly y: number } | null;

export interface LayerHook {
  readonly id: string;
  readonly pose: Omit<Panel, 'layer'>;
  /** The finest level that is on the GPU for the image that is shown. */
  readonly level: 'none' | Level;
}

export class Hooks {
  constructor(
    private readonly state: State,
    private readonly world: World,
  ) {}

  /** Frames drawn since the start. */
  get frames(): number {
    return this.world.frames;
  }

  /** Draw calls of the last frame, both eyes together. */
  get drawCalls(): number {
    return this.world.drawCalls;
  }

  /** GPU bytes of all feature maps' textures. */
  get textureBytes(): number {
    return this.world.tiles?.textureBytes ?? 0;
  }

  get layers(): LayerHook[] {
    const panels = this.state.hall.peek()?.arrangement.panels ?? [];
    return panels.map(({ layer, ...pose }) => ({
      id: layer,
      pose,
      level: this.world.tiles?.levelOf(layer) ?? 'none',
    }));
  }

  get selection(): {
    inserted: ImageInfo | null;
    held: Held | null;
    hover: MapRef | null;
    magnified: Held | null;
  } {
    return {
      inserted: this.state.inserted.peek(),
      held: this.state.held.peek(),
      hover: this.state.hover.peek(),
      magnified: this.state.magnified.peek(),
    };
  }

  /** The running XR session; null outside VR. */
  get session(): XRSession | null {
    return this.world.renderer.xr.getSession();
  }

  /** Views that the last frame was drawn for: 1 on a screen, 2 in a headset. */
  get views(): number {
    return this.session === null ? 1 : this.world.renderer.xr.getCamera().cameras.length;
  }

  get errors(): readonly string[] {
    return seenErrors();
  }

  get arrival(): State['arrival']['value'] {
    return this.state.arrival.peek();
  }

  get progress(): State['progress']['value'] {
    return this.state.progress.peek();
  }

  get predictions(): State['predictions']['value'] {
    return this.state.predictions.peek();
  }

  get draw(): State['draw']['value'] {
    return this.state.draw.peek();
  }

  get connection(): State['connection']['value'] {
    return this.state.connection.peek();
  }

  /** Where the visitor's eye is, in m. */
  get camera(): { x: number; y: number; z: number } {
    const [x = 0, y = 0, z = 0] = this.world.camera.matrixWorld.elements.slice(12, 15);
    return { x, y, z };
  }

  /** Where the input frame's middle is on the page. */
  get frameSpot(): Spot {
    const frame = this.state.hall.peek()?.arrangement.input_frame;
    return frame === undefined ? null : this.spot(this.world.camera.position.clone().copy(frame));
  }

  /** Where the dataset panel shows an image (by id) or a button (by label); null when it does not. */
  datasetSpot(name: string): Spot {
    const place = this.world.onDatasetPanel(name);
    return place === null ? null : this.spot(place.clone());
  }

  /** Where a feature map is on the page. */
  mapSpot(layer: string, channel: number): Spot {
    const { tiles, camera } = this.world;
    return tiles === null ? null : this.spot(tiles.mapCentre({ layer, channel }, camera.position.clone()));
  }

  /** The bytes that are drawn for a feature map: (positive, negative) for each texel. */
  texels(layer: string, channel: number, level: Level): number[] {
    return [...(this.world.tiles?.texel(layer, channel, level) ?? [])];
  }

  private spot(place: Vector3): Spot {
    const { camera, renderer } = this.world;
    const { x, y, z } = place.project(camera);
    if (z > 1) return null;
    const box = renderer.domElement.getBoundingClientRect();
    return { x: box.left + ((x + 1) / 2) * box.width, y: box.top + ((1 - y) / 2) * box.height };
  }
}

export function installHooks(state: State, world: World): void {
  Object.defineProperty(window, 'cnnwalk', { value: new Hooks(state, world), writable: false });
}
