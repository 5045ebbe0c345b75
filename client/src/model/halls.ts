/** Asks for the networks' halls, one view or another of each, and sets them side by side. */
import { batch } from '@preact/signals-core';

import { ApiError, type Api, type View } from '../net/api';
import type { Hall } from '../net/types';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import { moved, sideBySide, spanOf } from './sidebyside';
import type { State } from './state';

/** A hall as the server gave it, and by how much it is moved to the right. */
interface Placed {
  readonly hall: Hall;
  readonly by: number;
}

/** Where visitors have put the panels of a hall. */
export interface Arranged {
  /** Before the hall is shown. */
  prepare(network: NetworkState, hall: Hall): Promise<void>;
  /** Together with the hall. */
  show(network: NetworkState, hall: Hall): void;
}

export class Halls {
  private readonly placed = new Map<string, Placed>();
  /** How often each network's hall was asked for: the last one wins, whichever arrives last. */
  private readonly asked = new Map<string, number>();
  /** The network whose hall is never moved. */
  private first: NetworkState | null = null;

  constructor(
    private readonly state: State,
    private readonly api: Api,
    private readonly notices: Notices,
    private readonly arranged: Arranged,
  ) {}

  /** Loads the halls of all networks; the first one stands before the others are asked for. */
  async arrive(first: NetworkState): Promise<void> {
    this.first = first;
    await this.askArrival(first);
    this.stand();
  }

  /** The halls of the other networks; those that fail leave the rest standing, and reject. */
  async others(): Promise<void> {
    const others = this.state.networks.peek().filter((network) => network !== this.first);
    const all = others.map((one) => this.askArrival(one));
    const answers = await Promise.allSettled(all);
    this.stand();
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  }

  /** Shows a network otherwise; what `view` leaves out stays as it is. */
  async setView(network: NetworkState, view: View): Promise<void> {
    const course = view.course ?? network.course.peek();
    const { depth } = view;
    const open = depth === undefined ? { collapsed: view.collapsed ?? network.collapsed.peek() } : { depth };
    if (await this.ask(network, { ...open, course })) this.stand();
  }

  /** Learns which layers lie in collapsed blocks, of networks of which that is not known yet. */
  async learnLayers(): Promise<void> {
    const unknown = this.state.networks.peek().filter(({ layers, hall }) => layers.peek().length === 0 && hall.peek() !== null);
    await Promise.all(unknown.map(async (network) => {
      const shown = network.hall.peek();
      const whole = shown?.collapsed.length === 0 ? shown : await this.api.hall(network.id);
      network.layers.value = whole.graph.layers;
    }));
  }

  /** An address from another day may name blocks that there are not: then it is left aside. */
  private async askArrival(network: NetworkState): Promise<void> {
    const { arrival, summary } = network;
    try {
      await this.ask(network, arrival);
    } catch (error) {
      const { collapsed, course } = summary;
      const isOwn = arrival.collapsed === collapsed && arrival.course === course;
      if (isOwn || !(error instanceof ApiError) || error.status === 401) throw error;
      await this.ask(network, { collapsed, course });
      this.notices.tell('info', `The address shows ${network.name} as it cannot be shown: ${error.message}`);
    }
  }

  /** Resolves to false when the hall was asked for again meanwhile. */
  private async ask(network: NetworkState, view: View): Promise<boolean> {
    const turn = (this.asked.get(network.id) ?? 0) + 1;
    this.asked.set(network.id, turn);
    const hall = await this.api.hall(network.id, view);
    await this.arranged.prepare(network, hall);
    if (this.asked.get(network.id) !== turn) return false;
    this.placed.set(network.id, { hall, by: this.placed.get(network.id)?.by ?? 0 });
    return true;
  }

  /** Gives every hall that has arrived its place; those that need not move are left alone. */
  private stand(): void {
    const networks = this.state.networks.peek().filter(({ id }) => this.placed.has(id));
    const placed = networks.flatMap(({ id }) => this.placed.get(id) ?? []);
    const spans = placed.map(({ hall }) => spanOf(hall.arrangement));
    const before = placed.map(({ by }) => by);
    const first = networks.findIndex((network) => network === this.first);
    const moves = sideBySide(spans, before, first);
    batch(() => {
      networks.forEach((network, index) => {
        this.show(network, moves[index] ?? 0);
      });
    });
  }

  private show(network: NetworkState, by: number): void {
    const placed = this.placed.get(network.id);
    if (placed === undefined) return;
    const shown = network.hall.peek();
    if (shown !== null && by === placed.by && shown.graph === placed.hall.graph) return;
    this.placed.set(network.id, { hall: placed.hall, by });
    network.hall.value = moved(placed.hall, by);
    this.arranged.show(network, placed.hall);
  }
}
