/** The halls of all networks, side by side; each is built anew when its network is shown otherwise. */
import { effect } from '@preact/signals-core';
import { Group, type PerspectiveCamera, type Vector3, type WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import { peek } from '../model/peek';
import type { State } from '../model/state';
import type { Arrangement, Hall } from '../net/types';
import { PICTURE_PAGE_BYTES } from '../tiles/pictures';
import type { Clock } from './clock';
import type { Glyphs } from './glyphs';
import { Grabs } from './grabs';
import { HallScene } from './hallscene';
import { nearest } from './nearest';
import { PinnedPanels } from './pinnedpanels';
import type { Pickable } from './pointing';

/** Of the textures' bytes, those for pictures that take the maps' place. */
const PICTURE_SHARE = 3 / 16;

export class HallScenes {
  readonly object = new Group();
  /** The panels that are held. */
  readonly grabs: Grabs;
  /** Those that come along with the visitor. */
  readonly pinned: PinnedPanels;
  /** Called when a hall stands; `before`: what stood there until now. */
  onStand: (scene: HallScene, before: Hall | null) => void = () => undefined;
  /** In the order in which the networks came first. */
  all: readonly HallScene[] = [];
  /** Of all halls, as `nearest` reads them. */
  private bounds = new Float64Array();
  private current = -1;
  private readonly byNetwork = new Map<string, HallScene>();
  private readonly makeHall: (network: NetworkState, hall: Hall) => HallScene;

  constructor(
    renderer: WebGLRenderer,
    private readonly camera: PerspectiveCamera,
    private readonly state: State,
    actions: Actions,
    glyphs: Glyphs,
    /** GPU bytes for the textures of all halls together. */
    textureBytes: number,
  ) {
    const sceneOf = (network: string): HallScene | null => this.of(network);
    this.grabs = new Grabs(sceneOf, actions.placements, state.pins);
    this.pinned = new PinnedPanels(state.pins, sceneOf);
    this.makeHall = (network, hall) => {
      const bytes = textureBytes / state.networks.peek().length;
      const pictures = Math.max(PICTURE_PAGE_BYTES, bytes * PICTURE_SHARE);
      const budgets = { maps: bytes - pictures, pictures };
      return new HallScene(network, hall, renderer, state, actions, glyphs, budgets);
    };
  }

  get arrangements(): Arrangement[] {
    return this.all.map(({ hall }) => hall.arrangement);
  }

  get pickables(): Pickable[] {
    return this.all.flatMap((scene) => scene.pickables);
  }

  /** The hall of a network, by default of the one that the visitor is nearest to. */
  of(network = peek(this.state.current)?.id): HallScene | null {
    return (network === undefined ? undefined : this.byNetwork.get(network)) ?? null;
  }

  /** Follows the networks' halls from now on. */
  follow(): void {
    effect(() => {
      const stops = this.state.networks.value.map((network) =>
        effect(() => {
          const hall = network.hall.value;
          if (hall !== null) this.stand(network, hall);
        }),
      );
      return () => {
        for (const stop of stops) stop();
      };
    });
  }

  /** Once a frame. */
  update(eye: Vector3, viewportHeight: number, clock: Clock): void {
    // By number: an iterator would be an object in each frame.
    for (let at = 0; at < this.all.length; at += 1) this.all[at]?.update(this.camera, eye, viewportHeight, clock);
    this.current = nearest(eye, this.bounds, this.current);
    const network = this.all[this.current]?.network;
    if (network !== undefined) this.state.current.value = network;
  }

  /** Nothing is on the graphics card any more: builds all halls anew, and loads what they show. */
  rebuild(): void {
    for (const { network, hall } of this.all) this.stand(network, hall, false);
  }

  /** `inherits`: whether it takes over the maps that were shown before. */
  private stand(network: NetworkState, hall: Hall, inherits = true): void {
    const before = this.byNetwork.get(network.id);
    const scene = this.makeHall(network, hall);
    if (before !== undefined && inherits) scene.tiles.inherit(before.tiles);
    before?.dispose();
    this.byNetwork.set(network.id, scene);
    this.all = [...this.byNetwork.values()];
    this.bounds = Float64Array.from(
      this.arrangements.flatMap(({ bounds: { min_x, max_x, min_z, max_z } }) => [min_x, max_x, min_z, max_z]),
    );
    this.object.add(scene.object);
    this.onStand(scene, before?.standing ?? null);
    scene.load(this.camera);
  }
}
