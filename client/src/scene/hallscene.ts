/** All that stands in the hall of one network, following the state. */
import { effect } from '@preact/signals-core';
import { Group, type PerspectiveCamera, type Vector3, type WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import type { State } from '../model/state';
import type { Hall } from '../net/types';
import { PassLoader } from '../tiles/passloader';
import { Tiles } from '../tiles/tiles';
import { BlockTarget } from './blocktarget';
import { Edges } from './edges';
import type { Glyphs } from './glyphs';
import { exhibitOf, frameExhibit, type Exhibit } from './exhibit';
import { BORDER, InputFrame } from './inputframe';
import { hallLines } from './labels';
import { MapTarget } from './maptarget';
import { NearText } from './neartext';
import { placeOf, type Place } from './place';
import { Plates } from './plates';
import type { Pickable } from './pointing';
import { ResultCanvas } from './resultcanvas';
import { Results } from './results';
import { Slabs } from './slabs';
import { Stands } from './stands';
import { TurnButtons } from './turnbuttons';
import { TurnedPanels } from './turnedpanels';

/** Layers that came near are asked for in detail this often, in s. */
const REFINE_EVERY = 0.5;

/** GPU bytes for textures. */
export interface Budgets {
  readonly maps: number;
  readonly pictures: number;
}

export class HallScene {
  readonly object = new Group();
  readonly places: ReadonlyMap<string, Place>;
  readonly exhibits: ReadonlyMap<string, Exhibit>;
  readonly tiles: Tiles;
  /** Nearest first does not matter: the pointer takes the nearest that it meets. */
  readonly pickables: readonly Pickable[];
  readonly blocks: BlockTarget;
  readonly turned: TurnedPanels;
  readonly buttons: TurnButtons;
  private readonly maps: MapTarget;
  private readonly stands: Stands;
  private readonly edges: Edges;
  private readonly plates: Plates;
  private readonly frame: InputFrame;
  private readonly results: Results;
  readonly canvas: ResultCanvas;
  private readonly writing: NearText;
  private readonly loader: PassLoader;
  private readonly stops: (() => void)[];
  private refined = 0;

  constructor(
    readonly network: NetworkState,
    readonly hall: Hall,
    renderer: WebGLRenderer,
    private readonly state: State,
    private readonly actions: Actions,
    glyphs: Glyphs,
    /** GPU bytes for the textures of maps and of pictures. */
    budgets: Budgets,
  ) {
    const { arrangement, graph } = hall;
    const places = arrangement.panels.map(placeOf);
    this.places = new Map(places.map((place) => [place.layer, place]));
    this.tiles = new Tiles(renderer, hall, { budgetBytes: budgets.maps });
    this.turned = new TurnedPanels(renderer, hall, this.tiles, network, actions.visualizations, budgets.pictures);
    this.loader = new PassLoader(network.id, this.tiles, actions.handlers(network));
    this.exhibits = new Map(
      graph.layers.flatMap((layer) => {
        const place = this.places.get(layer.id);
        return place === undefined ? [] : [[layer.id, exhibitOf(place, layer)]];
      }),
    );
    const frame = frameExhibit(arrangement.input_frame, BORDER);
    this.stands = new Stands([...this.exhibits.values(), frame], arrangement.signs, arrangement.routes);
    this.edges = new Edges(
      arrangement.routes,
      graph.layers.map((layer) => layer.id),
    );
    this.plates = new Plates(graph.layers, this.exhibits, glyphs);
    this.frame = new InputFrame(arrangement.input_frame, network, actions, glyphs);
    this.results = new Results(arrangement.input_frame, glyphs);
    this.canvas = new ResultCanvas(arrangement.input_frame, glyphs);
    const name = state.networks.peek().length > 1 ? network.name : null;
    this.writing = new NearText(hallLines(name, hall, this.places), glyphs);
    this.maps = new MapTarget(this.tiles, network, state, actions);
    this.blocks = new BlockTarget(hall, this.exhibits, network, actions.views);
    this.buttons = new TurnButtons(this.exhibits, network, actions.visualizations, glyphs);
    this.pickables = [this.maps, this.blocks, this.buttons, new Slabs(places), this.frame];
    const parts = [this.tiles, this.stands, this.edges, this.plates, this.frame, this.results];
    this.object.add(...parts.map((part) => part.object));
    this.object.add(this.canvas.object, this.writing.object, this.buttons.object);
    this.stops = this.follow();
  }

  /** Gives the actions a loader that begins with what the camera sees. */
  load(camera: PerspectiveCamera): void {
    this.actions.useLoader(this.network, {
      load: (image, scaling) => {
        this.loader.load(image, scaling, this.tiles.detailOrder(camera));
      },
      reload: (scaling) => {
        this.loader.reload(scaling);
      },
      cancel: () => {
        this.loader.cancel();
      },
    });
  }

  /** Once a frame; `seconds` is the clock's. */
  update(camera: PerspectiveCamera, eye: Vector3, viewportHeight: number, seconds: number): void {
    this.tiles.update(camera, viewportHeight);
    this.plates.update(eye);
    this.writing.update(eye);
    this.buttons.update(eye);
    this.turned.update(camera, seconds);
    const still = this.state.reducedMotion.peek();
    this.edges.update(seconds, still);
    this.frame.update(seconds, still);
    if (seconds - this.refined < REFINE_EVERY) return;
    this.refined = seconds;
    this.loader.refine(this.tiles.detailOrder(camera));
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.object.removeFromParent();
    this.loader.dispose();
    this.maps.dispose();
    const parts = [this.tiles, this.stands, this.edges, this.plates, this.frame, this.results];
    this.turned.dispose();
    for (const part of [...parts, this.canvas, this.writing, this.buttons]) part.dispose();
  }

  private follow(): (() => void)[] {
    const { network, state, actions } = this;
    return [
      effect(() => {
        this.tiles.showAll(network.panelViews.value);
      }),
      effect(() => {
        this.plates.set(network.statistics.value, network.weights.value);
      }),
      effect(() => {
        this.buttons.set(network.visualizations.value, network.turned.value);
      }),
      effect(() => {
        const image = network.inserted.value;
        this.frame.show(image, image === null ? null : actions.api.pictureUrl(image.id));
      }),
      effect(() => {
        this.frame.tell(network.inserted.value, state.held.value, network.progress.value);
      }),
      effect(() => {
        this.results.set(network.predictions.value);
      }),
      effect(() => {
        this.canvas.set(network.result.value, this.frame.picture.value);
      }),
      effect(() => {
        const hover = state.hover.value;
        this.edges.highlight(hover?.network === network.id ? hover.layer : null);
      }),
    ];
  }
}
