/** All that stands in the hall of one network, following the state. */
import { effect } from '@preact/signals-core';
import { Group, type PerspectiveCamera, type Vector3, type WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import { MAP_COLORS } from '../model/mapcolors';
import type { NetworkState } from '../model/networkstate';
import { peek } from '../model/peek';
import { standing, UNMOVED, type Placement } from '../model/placement';
import type { State } from '../model/state';
import type { Hall } from '../net/types';
import { PassLoader } from '../tiles/passloader';
import { Tiles } from '../tiles/tiles';
import { BlockTarget } from './blocktarget';
import type { Clock } from './clock';
import { Edges } from './edges';
import type { Glyphs } from './glyphs';
import { exhibitsOf, frameExhibit, type Exhibit } from './exhibit';
import { BORDER, InputFrame } from './inputframe';
import { HeaderTarget } from './headertarget';
import { labelLines, networkLines } from './labels';
import { MapTarget } from './maptarget';
import { NearText } from './neartext';
import { HALL, Moves } from './moves';
import { movePlace, type Place } from './place';
import { Plates } from './plates';
import type { Pickable } from './pointing';
import { ResultCanvas } from './resultcanvas';
import { Results } from './results';
import { Slabs } from './slabs';
import { Stands } from './stands';
import { Text } from './text';
import { TurnButtons } from './turnbuttons';
import { TurnedPanels } from './turnedpanels';

/** Layers that came near are asked for in detail this often, in s. */
const REFINE_EVERY = 0.5;

/** A panel whose lower edge is higher has no posts any more, in m. */
const HANGS = 2.1;

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
  readonly headers: HeaderTarget;
  readonly turned: TurnedPanels;
  readonly buttons: TurnButtons;
  private readonly moves: Moves;
  /** The anchor of the first edge's label; those of the others follow. */
  private readonly firstLabel: number;
  private readonly placed = new Map<string, Placement>();
  private readonly maps: MapTarget;
  private readonly stands: Stands;
  readonly edges: Edges;
  private readonly plates: Plates;
  private readonly frame: InputFrame;
  private readonly results: Results;
  readonly canvas: ResultCanvas;
  private readonly slabs: Slabs;
  /** All writing in the hall, in one draw. */
  private readonly text: Text;
  private readonly labels: NearText;
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
    const { panels, routes } = arrangement;
    this.moves = new Moves(panels.length + routes.length);
    this.firstLabel = panels.length + 1;
    this.exhibits = exhibitsOf(hall);
    this.places = new Map([...this.exhibits].map(([layer, { place }]) => [layer, place]));
    this.tiles = new Tiles(renderer, hall, { budgetBytes: budgets.maps });
    this.turned = new TurnedPanels(renderer, hall, this.tiles, network, actions.visualizations, budgets.pictures);
    this.loader = new PassLoader(network.id, this.tiles, actions.handlers(network));
    const frame = frameExhibit(arrangement.input_frame, BORDER);
    this.stands = new Stands([...this.exhibits.values(), frame], arrangement, this.firstLabel, this.moves);
    this.edges = new Edges(
      routes,
      graph.layers.map((layer) => layer.id),
      (layer) => this.exhibits.get(layer)?.anchor ?? HALL,
      this.firstLabel,
    );
    this.text = new Text(glyphs, this.moves);
    this.plates = new Plates(graph.layers, this.exhibits, this.text.part(), this.moves);
    this.frame = new InputFrame(arrangement.input_frame, network, actions, this.text.part());
    this.results = new Results(arrangement.input_frame, glyphs);
    this.canvas = new ResultCanvas(arrangement.input_frame, glyphs);
    this.labels = new NearText(this.text.part(), this.moves);
    this.maps = new MapTarget(this.tiles, network, state, actions);
    this.blocks = new BlockTarget(hall, network, actions.views);
    this.headers = new HeaderTarget(graph.layers, this.exhibits, network, {
      expand: (block) => void actions.views.expand(network, block),
      open: (layer) => {
        actions.openLayer(network, layer);
      },
    });
    this.buttons = new TurnButtons(this.exhibits, network, actions.visualizations, this.text.part(), this.moves);
    this.slabs = new Slabs(this.exhibits.values(), network);
    this.pickables = [this.maps, this.blocks, this.headers, this.buttons, this.slabs, this.frame];
    const parts = [this.tiles, this.stands, this.edges, this.plates, this.frame, this.results];
    this.object.add(...parts.map((part) => part.object));
    this.object.add(this.canvas.object, this.text.object, this.buttons.object);
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

  /** Once a frame. */
  update(camera: PerspectiveCamera, eye: Vector3, viewportHeight: number, clock: Clock): void {
    this.tiles.update(camera, viewportHeight);
    this.plates.update(eye);
    this.labels.update(eye);
    this.buttons.update(eye);
    this.turned.update(camera, clock);
    const still = peek(this.state.reducedMotion);
    this.edges.update(clock, still);
    this.edges.face(eye, this.moves);
    this.frame.update(clock, still);
    if (clock.seconds - this.refined < REFINE_EVERY) return;
    this.refined = clock.seconds;
    this.loader.refine(this.tiles.detailOrder(camera));
  }

  /**
   * Moves a panel with all that is at it, and the ends of its edges; for as long as it is held, or
   * until the state says where it stands. Makes no objects.
   *
   * @param stands whether it may stand on the floor; what comes along with the visitor hangs in the
   *   air, and its edges stay
   */
  move(layer: string, placement: Placement, stands = true): void {
    const exhibit = this.exhibits.get(layer);
    if (exhibit === undefined) return;
    const { layout, place, anchor } = exhibit;
    this.placed.set(layer, placement);
    movePlace(place, layout, placement);
    const lower = place.bottom;
    this.moves.place(anchor, layout.centre, placement, stands && lower < HANGS, lower - layout.bottom);
    this.tiles.move(layer, placement);
    this.headers.follow(layer, this.moves);
    this.buttons.follow(layer);
    if (stands) this.edges.follow(layer, this.moves);
  }

  /** The hall with its panels where they stand now. */
  get standing(): Hall {
    return standing(this.hall, (layer) => this.placementOf(layer));
  }

  /** A panel as it is to be seen: without a plate where these are hidden. */
  seen(layer: string): Exhibit | undefined {
    const exhibit = this.exhibits.get(layer);
    return exhibit === undefined || this.slabs.plates ? exhibit : { ...exhibit, sections: 0 };
  }

  /** Where a panel stands now, while it is held, too. */
  placementOf(layer: string): Placement {
    return this.placed.get(layer) ?? UNMOVED;
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.object.removeFromParent();
    this.loader.dispose();
    this.maps.dispose();
    const parts = [this.tiles, this.stands, this.edges, this.plates, this.frame, this.results];
    this.turned.dispose();
    this.moves.dispose();
    for (const part of [...parts, this.canvas, this.text, this.buttons]) part.dispose();
  }

  /**
   * Shows what a visitor may do without.
   *
   * @param labels the names of layers, the signs of blocks and what is written at edges
   * @param histograms the plates beside the panels
   */
  private show(labels: boolean, histograms: boolean): void {
    const { network, hall, exhibits } = this;
    const name = this.state.networks.peek().length > 1 ? network.name : null;
    this.labels.set([...networkLines(name, hall), ...(labels ? labelLines(hall, exhibits, this.firstLabel) : [])]);
    this.blocks.shown = labels;
    this.slabs.plates = histograms;
    this.plates.show(histograms);
    this.stands.show(labels, histograms);
  }

  /** Puts all panels to where the state says; what stands there already is left alone. */
  private arrange(placements: ReadonlyMap<string, Placement>): void {
    for (const layer of this.exhibits.keys()) {
      const placement = placements.get(layer) ?? UNMOVED;
      if (this.placementOf(layer) !== placement) this.move(layer, placement);
    }
  }

  private follow(): (() => void)[] {
    const { network, state, actions } = this;
    return [
      effect(() => {
        this.tiles.showAll(network.panelViews.value);
      }),
      effect(() => {
        this.tiles.panels.color(MAP_COLORS[state.preferences.colors.value]);
      }),
      effect(() => {
        this.show(state.preferences.labels.value, state.preferences.histograms.value);
      }),
      effect(() => {
        this.arrange(network.placements.value);
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
        const here = hover?.network === network.id ? hover : null;
        this.edges.highlight(here?.layer ?? null);
        this.tiles.highlight(here);
      }),
    ];
  }
}
