/** The panels that show pictures instead of activations, as the state says. */
import { effect } from '@preact/signals-core';
import { Vector3, type Camera, type WebGLRenderer } from 'three';

import type { NetworkState } from '../model/networkstate';
import { peek } from '../model/peek';
import type { Visualizations } from '../model/visualizations';
import type { Hall } from '../net/types';
import { PictureLoader } from '../tiles/pictureloader';
import { Pictures } from '../tiles/pictures';
import type { Poses } from '../tiles/poses';
import type { Tiles } from '../tiles/tiles';
import { Attention } from './attention';
import type { Clock } from './clock';

/** What is missing is looked for this often, in s. */
const EVERY = 0.15;

export class TurnedPanels {
  readonly pictures: Pictures;
  private readonly loader: PictureLoader;
  private readonly attention: Attention;
  /** By layer, their indices in the hall. */
  private readonly panels: ReadonlyMap<string, number>;
  private readonly poses: Poses;
  private readonly eye = new Vector3();
  private readonly stop: () => void;
  private looked = 0;

  /** `budgetBytes`: of the pictures' textures. */
  constructor(
    renderer: WebGLRenderer,
    hall: Hall,
    tiles: Tiles,
    private readonly network: NetworkState,
    visualizations: Visualizations,
    budgetBytes: number,
  ) {
    this.panels = new Map(hall.arrangement.panels.map(({ layer }, index) => [layer, index]));
    this.poses = tiles.panels.poses;
    this.pictures = new Pictures(renderer, hall, tiles.panels, network.summary.input, budgetBytes);
    this.loader = new PictureLoader(this.pictures);
    this.attention = new Attention(this.poses, this.panels, network, visualizations);
    this.stop = effect(() => {
      tiles.turn(network.turned.value);
      this.pictures.turn(network.turned.value);
    });
  }

  /** Once a frame. */
  update(camera: Camera, { seconds }: Clock): void {
    this.pictures.update();
    if (seconds - this.looked < EVERY) return;
    this.looked = seconds;
    if (peek(this.network.turned).size === 0 && this.loader.isIdle) return;
    const layers = this.nearestFirst(camera);
    this.attention.update(camera, layers, seconds);
    this.loader.update(layers, this.network.visualizations.peek(), this.attention.seen);
  }

  dispose(): void {
    this.stop();
    this.loader.dispose();
    this.pictures.dispose();
  }

  /** The turned layers that stand in this hall. */
  private nearestFirst(camera: Camera): string[] {
    this.eye.setFromMatrixPosition(camera.matrixWorld);
    return [...this.network.turned.peek()]
      .flatMap((layer) => {
        const panel = this.panels.get(layer);
        return panel === undefined ? [] : [{ layer, distance: this.poses.distance(panel, this.eye) }];
      })
      .sort((a, b) => a.distance - b.distance)
      .map(({ layer }) => layer);
  }
}
