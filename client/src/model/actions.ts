/**
 * Everything a visitor can do. The scene, the overlays and the keyboard call the same
 * functions; they write the state and ask the server. Who names no network means the one
 * that the visitor is nearest to.
 */
import { batch } from '@preact/signals-core';

import type { Api, View } from '../net/api';
import type { WalkInfo } from '../net/types';
import { Halls } from './halls';
import { History } from './history';
import { Images } from './images';
import { InputNoise } from './inputnoise';
import type { Loader, PassHandlers } from './insertion';
import { Insertions } from './insertions';
import { NetworkState } from './networkstate';
import { messageOf, Notices } from './notices';
import { Orders } from './orders';
import { Pagings } from './pagings';
import { Placements } from './placements';
import { readView } from './address';
import type { LayerOf } from './search';
import type { Destination, Held, LayerRef, MapRef, Notice, Scaling, State } from './state';
import { Views } from './views';
import { Visualizations } from './visualizations';

export class Actions {
  readonly images: Images;
  /** On the images that are in the networks. */
  readonly inputNoise: InputNoise;
  readonly visualizations: Visualizations;
  /** Where visitors put the panels. */
  readonly placements: Placements;
  /** In which order panels show their channels. */
  readonly orders: Orders;
  /** How large they show them, and from which row on. */
  readonly pagings = new Pagings();
  /** What can be taken back, of all that follows. */
  readonly history = new History();
  /** What is collapsed, and on which course the walks run. */
  readonly views = new Views((network, view) => this.setView(network, view), this.history);
  private readonly notices: Notices;
  private readonly halls: Halls;
  private readonly insertions: Insertions;

  constructor(
    private readonly state: State,
    readonly api: Api,
  ) {
    this.notices = new Notices(state);
    this.insertions = new Insertions(state, this.notices, this.history);
    this.images = new Images(state, api, this.notices);
    this.inputNoise = new InputNoise(state, api, this.images, this.notices, (network, image, gesture) => {
      this.insertions.of(network).adjust(image, gesture);
    });
    this.placements = new Placements(state, api, this.notices, this.history);
    this.orders = new Orders(api, this.notices);
    this.halls = new Halls(state, api, this.notices, this.placements);
    const take = (held: Held): void => { this.hold(held); };
    this.visualizations = new Visualizations(state, api, this.notices, this.images, take);
  }

  /** Told when a request found the server gone or refusing; the connection looks after it. */
  set onTrouble(look: () => void) {
    this.notices.onTrouble = look;
  }

  /**
   * Loads the walk and its halls, inserts the first image and fills the dataset panel.
   *
   * `address`: the query of the page's address, which may name a network and how each is shown.
   * `turned`: the layers whose panels showed pictures when the page was left.
   */
  async arrive(address: URLSearchParams, turned: readonly LayerRef[] = []): Promise<void> {
    try {
      const walk = await this.api.walk();
      const first = this.takeWalk(walk, address);
      await this.halls.arrive(first);
      this.state.arrival.value = { stage: 'ready', text: '' };
      this.insertFirst([first]);
      await Promise.all([
        this.loadFacts(first),
        this.images.drawAgain(),
        this.arriveOthers(first),
        this.visualizations.arrive(turned),
      ]);
    } catch (error) {
      this.state.arrival.value = { stage: 'failed', text: messageOf(error) };
      this.notices.look(error);
    }
  }

  /** Shows a network with other blocks collapsed, or on another course; false when that fails. */
  private async setView(network: NetworkState, view: View): Promise<boolean> {
    network.arranging.value += 1;
    const done = await this.notices.attempt(() => this.halls.setView(network, view));
    network.arranging.value -= 1;
    return done;
  }

  /** The scene gives a network's loader; an image that was inserted before is loaded now. */
  useLoader(network: NetworkState, loader: Loader): void {
    this.insertions.of(network).useLoader(loader);
  }

  /** What a network's loader tells. */
  handlers(network: NetworkState): PassHandlers {
    return this.insertions.of(network).handlers;
  }

  /** Inserts the image that the tool holds; a feature map goes in only as its image. */
  insertHeld(network = this.state.current.peek()): void {
    this.insertHeldInto(this.insertions.meant(network));
  }

  /** Inserts the image that the tool holds into all networks. */
  insertHeldIntoAll(): void {
    this.insertHeldInto(this.state.networks.peek());
  }

  /** Takes back what was done last: an image, a view of a network, where a panel was put. */
  undo(): void {
    void this.history.undo();
  }

  /** Does again what was taken back last. */
  redo(): void {
    void this.history.redo();
  }

  /** Takes the inserted image out again and puts the one before in its place. */
  undoImage(network = this.state.current.peek()): void {
    for (const meant of this.insertions.meant(network)) this.insertions.of(meant).undo();
  }

  /** Starts the pass of the inserted image anew, after a failure. */
  again(network = this.state.current.peek()): void {
    if (network !== null) this.insertions.of(network).again();
  }

  /** Starts all passes anew that have failed. */
  againWhereFailed(): void {
    this.insertions.againWhereFailed();
  }

  /** Stops the running pass; what has not arrived still shows the image before. */
  stop(network = this.state.current.peek()): void {
    if (network !== null) this.insertions.of(network).stop();
  }

  hold(held: Held): void {
    this.state.held.value = held;
  }

  /** Picks a feature map of the image that is inserted now. */
  holdMap(map: MapRef): void {
    const image = this.state.find(map.network)?.inserted.peek() ?? null;
    if (image !== null) this.hold({ kind: 'map', map, image });
  }

  letGo(): void {
    this.state.held.value = null;
  }

  /** Makes a noise image and takes it in hand. */
  async noise(kind: string): Promise<void> {
    const network = this.state.current.peek();
    if (network === null) return;
    const image = await this.images.noise(network.id, kind);
    if (image !== null) this.hold({ kind: 'image', image });
  }

  /** Brings a picture to the server and takes it in hand. */
  async upload(file: File): Promise<void> {
    const image = await this.images.upload(file);
    if (image !== null) this.hold({ kind: 'image', image });
  }

  /** Brings a picture to the server and inserts it, unless another one went in meanwhile. */
  async uploadAndInsert(file: File): Promise<void> {
    const networks = this.insertions.meant(this.state.current.peek());
    if (networks.length === 0) return;
    await this.insertions.insertLater(networks, this.images.upload(file));
  }

  /** Opens a layer's card beside the hall; null closes it. */
  openLayer(network: NetworkState | null, layer = ''): void {
    this.state.opened.value = network === null ? null : { network: network.id, layer };
  }

  fly(to: Destination): void {
    this.state.destination.value = { ...to };
  }

  /** Makes the layers in collapsed blocks known to who searches. */
  async learnLayers(): Promise<void> {
    await this.notices.attempt(() => this.halls.learnLayers());
  }

  /** Flies to a layer that was searched for, and opens the blocks in which it lies. */
  async flyToFound({ network, layer, within }: LayerOf): Promise<void> {
    const of = this.state.find(network.id);
    if (of !== undefined && within !== null) await this.views.reveal(of, layer);
    this.fly({ kind: 'layer', network: network.id, layer: layer.id });
  }

  /** Flies to where a network begins. */
  flyToStart(network = this.state.current.peek()): void {
    if (network !== null) this.fly({ kind: 'start', network: network.id });
  }

  /** Flies to the place in another network that stands for the one the visitor is at. */
  flyAcross(network: NetworkState | null): void {
    if (network !== null && network !== this.state.current.peek()) this.fly({ kind: 'same', network: network.id });
  }

  /** Does so to the next network on the right, or back to the first. */
  flyToNext(): void {
    const networks = this.state.networks.peek();
    const at = networks.findIndex((network) => network === this.state.current.peek());
    const next = networks[(at + 1) % networks.length];
    this.flyAcross(next ?? null);
  }

  setScaling(scaling: Scaling): void {
    if (this.state.scaling.peek() === scaling) return;
    this.state.scaling.value = scaling;
    this.insertions.rescale(scaling);
  }

  magnify(what: Held | null): void {
    this.state.magnified.value = what;
  }

  notify(tone: Notice['tone'], text: string): void {
    this.notices.tell(tone, text);
  }

  dismiss(notice: number): void {
    this.notices.dismiss(notice);
  }

  /**
   * Goes on with a server that was started anew: brings it the images that this page
   * shows. Resolves to false when its networks are others and the page must start anew.
   */
  async resume(): Promise<boolean> {
    const walk = await this.api.walk();
    const networks = this.state.networks.peek();
    const served = new Set(walk.networks.map(({ id }) => id));
    if (networks.length === 0 || !networks.every(({ id }) => served.has(id))) return false;
    this.state.walk.value = walk;
    const inserted = networks.map((network) => network.inserted.peek());
    const images = [...inserted, this.state.held.peek()?.image].flatMap((image) => image?.id ?? []);
    for (const image of new Set(images)) await this.images.ensure(image);
    await this.images.refresh();
    this.placements.saveAgain();
    return true;
  }

  /** Notes the walk, and returns the network that is asked for by id or name, else its first. */
  private takeWalk(walk: WalkInfo, address: URLSearchParams): NetworkState {
    const wanted = address.get('network');
    const networks = walk.networks.map(
      (summary, index) => new NetworkState(summary, readView(address, summary, index)),
    );
    const first = networks.find(({ id, name }) => id === wanted || name === wanted) ?? networks[0];
    if (first === undefined) throw new Error('This walk has no network.');
    for (const network of networks) this.orders.follow(network);
    batch(() => {
      this.state.walk.value = walk;
      this.state.together.value = walk.together;
      this.state.networks.value = networks;
      this.state.current.value = first;
      this.state.dataset.value = walk.datasets[0] ?? null;
      this.state.arrival.value = { stage: 'loading', text: `Laying out ${first.name}` };
    });
    return first;
  }

  private async arriveOthers(first: NetworkState): Promise<void> {
    const others = this.state.networks.peek().filter((network) => network !== first);
    if (others.length === 0) return;
    await this.notices.attempt(() => this.halls.others());
    const standing = others.filter((network) => network.hall.peek() !== null);
    this.insertFirst(standing);
    await Promise.all(standing.map((network) => this.loadFacts(network)));
  }

  private insertFirst(networks: readonly NetworkState[]): void {
    const image = this.state.walk.peek()?.first_image ?? null;
    if (image !== null) this.insertions.insert(networks, image);
  }

  private insertHeldInto(networks: readonly NetworkState[]): void {
    const held = this.state.held.peek();
    if (held === null) {
      this.notify('info', 'Pick an image first, then click the frame to insert it.');
    } else if (held.kind === 'map') {
      this.notify('info', 'A feature map cannot be inserted; pick an image from the dataset panel.');
    } else {
      this.letGo();
      this.insertions.insert(networks, held.image, {});
    }
  }

  private async loadFacts(network: NetworkState): Promise<void> {
    const [{ layers }, classes] = await Promise.all([this.api.weights(network.id), this.api.classes(network.id)]);
    network.weights.value = new Map(Object.entries(layers));
    network.classes.value = classes;
  }
}
