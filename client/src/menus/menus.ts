/**
 * The headset's boards: a plate over the off hand, the large board that it opens, and the bulletin.
 * All that is done on them are the page's common actions; the desktop has its cards for the same.
 */
import { computed, effect, signal } from '@preact/signals-core';
import { Group, Ray, type Object3D } from 'three';

import type { Actions } from '../model/actions';
import type { NetworkState } from '../model/networkstate';
import { peek } from '../model/peek';
import type { LayerPlace } from '../model/pointed';
import type { State } from '../model/state';
import type { Hall } from '../net/types';
import type { Board } from '../scene/board';
import type { Glyphs } from '../scene/glyphs';
import type { Pickable } from '../scene/pointing';
import { LiveGaze, type Gaze } from '../xr/gaze';
import type { Hand } from '../xr/hand';
import { Minimap } from '../xr/minimap';
import { Bulletin } from './bulletin';
import { LargeBoard, type Page, type Shown } from './largeboard';
import { Arrange } from './pages/arrange';
import { Controls } from './pages/controls';
import { Figures } from './pages/figures';
import { Images } from './pages/images';
import { openedLayer } from './pages/layer';
import { MapPage } from './pages/map';
import { Network } from './pages/network';
import { Panel } from './pages/panel';
import { Pictures } from './pages/pictures';
import { Places } from './pages/places';
import { Search } from './pages/search';
import { Walking } from './pages/walking';
import { isBefore, LAYER_ASIDE, REACH, readingDistance, standBefore, standBeside } from './readable';
import { WristPlate } from './wristplate';

/** What the boards need of the headset and the hall. */
export interface MenuNeeds {
  readonly rig: {
    readonly object: Object3D;
    look(target: LiveGaze): LiveGaze;
  };
  /** The layer whose panel the visitor stands before. */
  readonly layerBefore: () => LayerPlace | null;
  /** How far along a ray nothing is in the way, in m. */
  readonly free: (ray: Ray) => number;
  /** Has the dataset panel stood elsewhere; null: in its place. */
  readonly bringImages: (elsewhere: ((panel: Object3D) => void) | null) => void;
  /** Out of the headset. */
  readonly leave: () => void;
}

export type Open = 'none' | 'menu' | 'layer';

/** Rays to the middle and the corners of where a board will stand, as shares of the way there. */
const FEELERS = [[0, 0], [-0.55, 0.42], [0.55, 0.42], [-0.55, -0.42], [0.55, -0.42]] as const;

export class Menus {
  /** All boards; it hangs in the hall. */
  readonly object = new Group();
  /** To be asked before all else that can be pointed at. */
  readonly pickables: readonly Pickable[];
  private readonly opened = signal<Open>('none');
  private readonly follows = signal(false);
  private readonly imagesHere = signal(false);
  private readonly resultsInView = signal(false);
  private readonly large: LargeBoard;
  private readonly wrist: WristPlate;
  readonly bulletin: Bulletin;
  private readonly map: MapPage;
  private readonly menu: Shown;
  private readonly layer: Shown;
  private readonly gaze = new LiveGaze();
  private readonly ray = new Ray();
  /** How large the visitor was when the board was stood before them, and in which hall they were. */
  private stoodAt = 1;
  private stoodIn: NetworkState | null = null;
  private stoodHall: Hall | null = null;
  /** Whether the dataset panel is still to be stood beside the visitor. */
  private imagesWait = false;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    glyphs: Glyphs,
    private readonly needs: MenuNeeds,
  ) {
    this.large = new LargeBoard(glyphs, { close: () => { this.close(); }, follows: this.follows });
    const toggleMenu = (): void => { this.toggleWrist(); };
    const toggleLayer = (): void => { this.openLayer(this.opened.peek() === 'layer' ? null : this.needs.layerBefore()); };
    this.wrist = new WristPlate(glyphs, toggleMenu, toggleLayer);
    this.bulletin = new Bulletin(state, glyphs, this.resultsInView, computed(() => this.opened.value !== 'none'));
    const minimap = new Minimap(state, actions);
    this.map = new MapPage(minimap);
    this.large.object.add(minimap.object);
    this.menu = { pages: this.menuPages(), page: signal('Places') };
    this.layer = { pages: this.layerPages(), page: signal('Panel') };
    this.object.add(this.large.object, this.wrist.object, this.bulletin.object);
    this.pickables = [this.map, this.large.board, this.wrist.board];
    this.follow();
  }

  get open(): Open {
    return peek(this.opened);
  }

  /** The large one. */
  get board(): Board {
    return this.large.board;
  }

  /** The boards that are seen, with what can be pressed on them. */
  get boards(): readonly { readonly board: Board; readonly targets: LargeBoard['targets'] }[] {
    return [this.large, this.wrist].filter(({ board }) => board.object.visible);
  }

  /** The name of the page that is shown. */
  get page(): string | null {
    const shown = peek(this.large.shown);
    return shown === null ? null : peek(shown.page);
  }

  /** Opens the menu before the visitor; closes it where it stands there already. */
  toggleWrist(): void {
    if (this.opened.peek() === 'menu' && isBefore(this.large.object, this.look())) {
      this.close();
    } else {
      this.actions.openLayer(null);
      this.stand('menu');
    }
  }

  /** Opens a layer's board; closes it where it stands there already, and for no layer. */
  openLayer(place: LayerPlace | null): void {
    const { opened } = this.state;
    const shown = opened.peek();
    const isOpen = this.opened.peek() === 'layer' && shown?.network === place?.network.id && shown?.layer === place?.layer;
    if (place === null) {
      if (shown === null) this.actions.notify('info', 'Point at a panel, or stand before one, to open its board.');
      this.actions.openLayer(null);
    } else if (isOpen && isBefore(this.large.object, this.look())) {
      this.actions.openLayer(null);
    } else {
      this.actions.openLayer(place.network, place.layer);
      this.present();
    }
  }

  close(): void {
    this.actions.openLayer(null);
    this.opened.value = 'none';
  }

  /** Once a frame, after the hands are placed; `off`: the one without the tool. */
  update(off: Hand): void {
    const gaze = this.look();
    if (off.upper.began) this.toggleWrist();
    // A visitor of another size, or whose hall was built anew around them, would not find the board where it was.
    if ((gaze.scale !== this.stoodAt || this.rebuilt) && this.open !== 'none') this.stand(this.open);
    // Not before: on entering the headset has not told yet where the visitor is.
    if (this.imagesWait) this.bringImages(gaze);
    this.wrist.update(off, gaze);
    this.map.update(this.page === this.map.name, gaze);
    this.bulletin.update(gaze);
  }

  private menuPages(): Page[] {
    const { state, actions } = this;
    const turnTo = (page: string): void => { this.menu.page.value = page; };
    return [
      new Places(state, actions, turnTo),
      new Network(state, actions),
      new Walking(state, this.needs.leave, turnTo),
      new Controls(),
      new Images(state, actions, { imagesHere: this.imagesHere, resultsInView: this.resultsInView }),
      new Search(state, actions),
      this.map,
    ];
  }

  private layerPages(): Page[] {
    const { state, actions } = this;
    const subject = openedLayer(state);
    return [
      new Panel(state, actions, subject, save),
      new Pictures(actions, subject),
      new Figures(subject),
      new Arrange(state, actions, subject),
    ];
  }

  private follow(): void {
    const { state } = this;
    effect(() => {
      const shown = { none: null, menu: this.menu, layer: this.layer }[this.opened.value];
      this.large.shown.value = state.immersed.value ? shown : null;
    });
    effect(() => {
      const open = this.opened.value;
      const letGo = state.held.value === null ? null : (): void => { this.actions.letGo(); };
      this.wrist.show({ menu: open === 'menu', layer: open === 'layer', letGo });
    });
    effect(() => {
      const shown = state.opened.value;
      if (!state.immersed.peek()) return;
      if (shown !== null) this.present();
      else if (this.opened.peek() === 'layer') this.opened.value = 'none';
    });
    effect(() => {
      // Who goes somewhere else wants to see that, not the board.
      if (state.destination.value !== null && state.immersed.peek() && !this.follows.peek()) this.close();
    });
    effect(() => {
      if (state.immersed.value) return;
      this.wrist.object.visible = false;
      this.opened.value = 'none';
    });
    effect(() => { this.hang(this.follows.value); });
    effect(() => {
      this.imagesWait = this.imagesHere.value && state.immersed.value;
      if (!this.imagesWait) this.needs.bringImages(null);
    });
    window.addEventListener('keydown', this.key, { capture: true });
  }

  /** Escape closes a board before it does anything else. */
  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.state.immersed.peek() || this.opened.peek() === 'none') return;
    event.stopPropagation();
    this.close();
  };

  /** Shows the layer that is open where the visitor sees it. */
  private present(): void {
    if (this.opened.peek() !== 'layer' || !isBefore(this.large.object, this.look())) this.stand('layer');
  }

  private get rebuilt(): boolean {
    return this.stoodIn !== null && peek(this.stoodIn.hall) !== this.stoodHall;
  }

  /** On the visitor it comes along, in the hall it stays. */
  private hang(follows: boolean): void {
    const parent = follows ? this.needs.rig.object : this.object;
    if (this.large.object.parent !== parent) parent.attach(this.large.object);
  }

  private stand(open: Open): void {
    const { eye, heading, scale } = this.look();
    const gaze = { eye, scale, heading: heading - (open === 'layer' ? LAYER_ASIDE : 0) };
    this.hang(false);
    const free = this.free(gaze);
    standBefore(this.large.object, gaze, readingDistance(free, gaze.scale));
    this.hang(this.follows.peek());
    this.stoodAt = gaze.scale;
    this.stoodIn = this.state.current.peek();
    this.stoodHall = this.stoodIn?.hall.peek() ?? null;
    this.opened.value = open;
  }

  /** How far away the nearest thing is that would stand in the board. */
  private free({ eye, heading, scale }: Gaze): number {
    const { hand, beside } = this.state.pins;
    const reach = hand.peek() === null && beside.peek() === null ? 0 : REACH * scale;
    const sin = Math.sin(heading);
    const cos = Math.cos(heading);
    let least = Infinity;
    for (const [right, up] of FEELERS) {
      this.ray.origin.copy(eye);
      this.ray.direction.set(-sin + right * cos, up, -cos - right * sin);
      const length = this.ray.direction.length();
      this.ray.direction.divideScalar(length);
      const free = this.needs.free(this.ray) / length;
      // Before what is pinned the board would stand nearer than the hand that points at it.
      if (free > reach) least = Math.min(least, free);
    }
    return least;
  }

  private bringImages({ eye, heading, scale }: Gaze): void {
    this.imagesWait = false;
    const gaze = { eye: eye.clone(), heading, scale };
    this.needs.bringImages((panel) => { standBeside(panel, gaze); });
  }

  private look(): Gaze {
    return this.needs.rig.look(this.gaze);
  }
}

function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
