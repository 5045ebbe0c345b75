/** `window.cnnwalk`: what the page is doing, read only, for tests and the curious. */
import type { Held, MapRef, State } from '../model/state';
import type { Progress } from '../model/networkstate';
import type { PanelView } from '../model/panelview';
import { placed } from '../model/placement';
import type { Arrangement, Hall, ImageInfo, Panel, PassResult, Prediction } from '../net/types';
import type { World } from '../scene/world';
import type { Level } from '../tiles/cells';
import type { Shows } from '../tiles/picturecells';
import { seenErrors } from './errors';
import { PlaceHooks } from './placehooks';
import { hologramHook, xrHook, type HologramHook, type XrHook } from './xrhooks';

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

export class Hooks extends PlaceHooks {
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
}

function withoutPlaces(result: PassResult | null): NetworkHook['result'] {
  if (result === null) return null;
  const { places, ...rest } = result;
  return places === null ? result : rest;
}

export function installHooks(state: State, world: World): void {
  Object.defineProperty(window, 'cnnwalk', { value: new Hooks(state, world), writable: false });
}
