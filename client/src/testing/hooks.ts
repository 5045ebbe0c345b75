/** `window.cnnwalk`: what the page is doing, read only, for tests and the curious. */
import type { Vector3 } from 'three';

import type { Held, MapRef, State } from '../model/state';
import type { Progress } from '../model/networkstate';
import type { PanelView } from '../model/panelview';
import { placed } from '../model/placement';
import type { Arrangement, Hall, ImageInfo, Panel, PassResult, Prediction } from '../net/types';
import type { EdgeEnd } from '../scene/edges';
import type { World } from '../scene/world';
import type { Level } from '../tiles/cells';
import type { Shows } from '../tiles/picturecells';
import { seenErrors } from './errors';
import { hologramHook, spot, xrHook, type HologramHook, type Spot3, type XrHook } from './xrhooks';

declare global {
  interface Window {
    readonly cnnwalk?: Hooks;
  }
}

/** One network of the walk, in its order. */
export interface NetworkHook {
  readonly id: string;
  readonly name: string;
  readonly inserted: ImageInfo | null;
  readonly progress: Progress;
  readonly predictions: readonly Prediction[];
  /** The end of the pass; null until all has arrived. */
  readonly result: Omit<PassResult, 'places'> | null;
  /** What is collapsed, on which course, and the floor that it takes; null until it stands. */
  readonly hall: Pick<Hall, 'collapsed' | 'course'> & Pick<Arrangement, 'bounds'> | null;
}

/** A place on the page, in CSS pixels from the upper left; null behind the camera. */
type Spot = { readonly x: number; readonly y: number } | null;

export interface LayerHook {
  readonly id: string;
  /** Id of the network. */
  readonly network: string;
  /** Where it stands now. */
  readonly pose: Omit<Panel, 'layer'>;
  /** The finest level that is on the GPU for the image that is shown. */
  readonly level: 'none' | Level;
  /** What its panel shows. */
  readonly shows: 'activations' | 'pictures';
  /** Which of its channels, and how large; null where that is as usual. */
  readonly view: PanelView | null;
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

  /** GPU bytes of the textures of all feature maps and pictures. */
  get textureBytes(): number {
    return this.world.halls.all.reduce(
      (bytes, { tiles, turned }) => bytes + tiles.textureBytes + turned.pictures.bytes,
      0,
    );
  }

  /** The layers of all networks. */
  get layers(): LayerHook[] {
    return this.world.halls.all.flatMap((scene) =>
      scene.hall.arrangement.panels.map((panel) => {
        const { layer, ...pose } = placed(panel, scene.placementOf(panel.layer));
        return {
          id: layer,
          network: scene.network.id,
          pose,
          level: scene.tiles.levelOf(layer),
          shows: scene.network.turned.peek().has(layer) ? 'pictures' : 'activations',
          view: scene.network.panelViews.peek().get(layer) ?? null,
        };
      }),
    );
  }

  get networks(): NetworkHook[] {
    return this.state.networks.peek().map((network) => {
      const hall = network.hall.peek();
      return {
        id: network.id,
        name: network.name,
        inserted: network.inserted.peek(),
        progress: network.progress.peek(),
        predictions: network.predictions.peek(),
        result: withoutPlaces(network.result.peek()),
        hall: hall && {
          collapsed: hall.collapsed,
          course: hall.course,
          bounds: hall.arrangement.bounds,
        },
      };
    });
  }

  /** Id of the network that the visitor is nearest to; what names no network means this one. */
  get current(): string | null {
    return this.state.current.peek()?.id ?? null;
  }

  get selection(): {
    inserted: ImageInfo | null;
    held: Held | null;
    hover: MapRef | null;
    magnified: Held | null;
  } {
    return {
      inserted: this.state.current.peek()?.inserted.peek() ?? null,
      held: this.state.held.peek(),
      hover: this.state.hover.peek(),
      magnified: this.state.magnified.peek(),
    };
  }

  /** The running XR session; null outside VR. */
  get session(): XRSession | null {
    return this.world.renderer.xr.getSession();
  }

  /** What a visitor in a headset holds, points at and stands on; null outside VR. */
  get xr(): XrHook | null {
    return xrHook(this.world);
  }

  /** What floats above the tool, at a screen and in a headset. */
  get hologram(): HologramHook {
    return hologramHook(this.world);
  }

  /** Where the middle of what is in hand is on the page. */
  get hologramSpot(): Spot {
    return this.spot(this.world.tool.hologram.centre(this.world.camera.position.clone()));
  }

  /** Where the input frame's middle is in the world. */
  get framePlace(): Spot3 | null {
    const frame = this.world.halls.of()?.hall.arrangement.input_frame;
    return frame === undefined ? null : { x: frame.x, y: frame.y, z: frame.z };
  }

  /** Where the dataset panel shows an image (by id) or a button (by label), in the world; null when it does not. */
  datasetPlace(name: string): Spot3 | null {
    const place = this.world.dataset.centreOf(name);
    return place === null ? null : spot(place);
  }

  /** Where the button that turns a layer's panel is in the world; null where it has none. */
  buttonPlace(layer: string, network?: string): Spot3 | null {
    const place = this.world.halls.of(network)?.buttons.centreOf(layer) ?? null;
    return place === null ? null : spot(place);
  }

  /** Where the middle of a panel's header is in the world; null where no such layer stands. */
  headerPlace(layer: string, network?: string): Spot3 | null {
    const place = this.world.halls.of(network)?.headers.centreOf(layer) ?? null;
    return place === null ? null : spot(place);
  }

  /** Where the edges of a layer end at its panel, on the floor. */
  edgeEnds(layer: string, network?: string): EdgeEnd[] {
    return this.world.halls.of(network)?.edges.endsOf(layer) ?? [];
  }

  /** Where a feature map, or the picture in its place, is in the world. */
  mapPlace(layer: string, channel: number, network?: string): Spot3 | null {
    const tiles = this.world.tiles(network);
    return tiles === null ? null : spot(tiles.mapCentre({ layer, channel }, this.world.camera.position.clone()));
  }

  /** Views that the last frame was drawn for: 1 on a screen, 2 in a headset. */
  get views(): number {
    if (this.session === null) return 1;
    // A headset may keep a second one that is nowhere on the picture.
    return this.world.renderer.xr.getCamera().cameras.filter(({ viewport }) => viewport.z > 0).length;
  }

  get errors(): readonly string[] {
    return seenErrors();
  }

  get arrival(): State['arrival']['value'] {
    return this.state.arrival.peek();
  }

  get progress(): Progress | null {
    return this.state.current.peek()?.progress.peek() ?? null;
  }

  get predictions(): readonly Prediction[] {
    return this.state.current.peek()?.predictions.peek() ?? [];
  }

  get draw(): State['draw']['value'] {
    return this.state.draw.peek();
  }

  get connection(): State['connection']['value'] {
    return this.state.connection.peek();
  }

  /** Where the visitor's eye is, in m, and how far they are turned to the left, in rad. */
  get camera(): { x: number; y: number; z: number; yaw: number } {
    const { elements } = this.world.camera.matrixWorld;
    const [x = 0, y = 0, z = 0] = elements.slice(12, 15);
    return { x, y, z, yaw: Math.atan2(elements[8], elements[10]) };
  }

  /** Where the input frame's middle is on the page. */
  get frameSpot(): Spot {
    return this.frameSpotOf(this.current ?? '');
  }

  /** Where the middle of a network's input frame is on the page. */
  frameSpotOf(network: string): Spot {
    const frame = this.world.halls.of(network)?.hall.arrangement.input_frame;
    return frame === undefined ? null : this.spot(this.world.camera.position.clone().copy(frame));
  }

  /** Where a block's sign, or the title of a collapsed one, is on the page; null where it has none. */
  blockSpot(block: string, network?: string): Spot {
    const scene = this.world.halls.of(network);
    const place = scene?.blocks.centreOf(block) ?? scene?.headers.centreOfBlock(block) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the dataset panel shows an image (by id) or a button (by label); null when it does not. */
  datasetSpot(name: string): Spot {
    const place = this.world.dataset.centreOf(name);
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the button that turns a layer's panel is on the page; null where it has none. */
  buttonSpot(layer: string, network?: string): Spot {
    const place = this.world.halls.of(network)?.buttons.centreOf(layer) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the middle of a panel's header is on the page; null where no such layer stands. */
  headerSpot(layer: string, network?: string): Spot {
    const place = this.world.halls.of(network)?.headers.centreOf(layer) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where a feature map, or the picture in its place, is on the page. */
  mapSpot(layer: string, channel: number, network?: string): Spot {
    const place = this.world.camera.position.clone();
    const tiles = this.world.tiles(network);
    return tiles === null ? null : this.spot(tiles.mapCentre({ layer, channel }, place));
  }

  /** The bytes that are drawn for a feature map: (positive, negative) for each texel. */
  texels(layer: string, channel: number, level: Level, network?: string): number[] {
    return [...(this.world.tiles(network)?.texel(layer, channel, level) ?? [])];
  }

  /** What the cell of a channel shows on a panel that is turned. */
  pictureShows(layer: string, channel: number, network?: string): Shows {
    return this.world.halls.of(network)?.turned.pictures.showsAt(layer, channel) ?? 'waiting';
  }

  /** The RGBA bytes that are drawn for a channel's picture, row by row; empty without any. */
  pictureTexels(layer: string, channel: number, network?: string): number[] {
    return [...(this.world.halls.of(network)?.turned.pictures.texels(layer, channel) ?? [])];
  }

  /** The colour of the result canvas at a place of its picture, in shares; null while it is hidden. */
  resultColor(x: number, y: number, network?: string): readonly number[] | null {
    return this.world.halls.of(network)?.canvas.colorAt(x, y) ?? null;
  }

  private spot(place: Vector3): Spot {
    const { camera, renderer } = this.world;
    const { x, y, z } = place.project(camera);
    if (z > 1) return null;
    const box = renderer.domElement.getBoundingClientRect();
    return { x: box.left + ((x + 1) / 2) * box.width, y: box.top + ((1 - y) / 2) * box.height };
  }
}

function withoutPlaces(result: PassResult | null): NetworkHook['result'] {
  if (result === null) return null;
  const { places, ...rest } = result;
  return places === null ? result : rest;
}

export function installHooks(state: State, world: World): void {
  Object.defineProperty(window, 'cnnwalk', { value: new Hooks(state, world), writable: false });
}
