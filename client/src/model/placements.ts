/**
 * Where visitors have put the panels: moved, turned and scaled, each view of a network on its own.
 * Every change is a step that can be taken back, and goes to the server, which keeps it.
 */
import { batch, computed } from '@preact/signals-core';

import type { Api } from '../net/api';
import type { Hall, Panel } from '../net/types';
import { Arrangement, type Changes } from './arrangement';
import type { History } from './history';
import type { NetworkState } from './networkstate';
import type { Notices } from './notices';
import { aligned, overFloor, sound, UNMOVED, type Placement } from './placement';
import type { State } from './state';

export class Placements {
  readonly undoable = computed(() => this.shown.some((one) => this.history.hasPast(one)));
  readonly redoable = computed(() => this.shown.some((one) => this.history.hasUndone(one)));
  /** By network id and view. */
  private readonly arrangements = new Map<string, Arrangement>();

  constructor(
    private readonly state: State,
    private readonly api: Pick<Api, 'placements' | 'keepPlacements'>,
    private readonly notices: Notices,
    private readonly history: History,
  ) {}

  /** Asks how the panels of a hall stand that is about to be shown. */
  async prepare(network: NetworkState, hall: Hall): Promise<void> {
    await this.arrangementOf(network, hall).arrive();
  }

  /** A hall is shown now: its panels stand as they were left. */
  show(network: NetworkState, hall: Hall): void {
    network.placements.value = this.arrangementOf(network, hall).placements;
  }

  /** Puts a panel elsewhere; the steps of one `gesture` are taken back together. */
  move(network: NetworkState, layer: string, placement: Placement, gesture?: object): void {
    this.moveMany(network, new Map([[layer, placement]]), gesture);
  }

  /** Puts several panels elsewhere, in one step. */
  moveMany(network: NetworkState, placements: ReadonlyMap<string, Placement>, gesture?: object): void {
    const hall = network.hall.peek();
    if (hall === null) return;
    const arrangement = this.arrangementOf(network, hall);
    const panels = new Map(hall.arrangement.panels.map((panel) => [panel.layer, panel]));
    const after: Changes = new Map(
      [...placements].flatMap(([layer, placement]) => {
        const panel = panels.get(layer);
        return panel === undefined ? [] : [[layer, sound(overFloor(panel, placement))] as const];
      }),
    );
    const before = arrangement.changed(after);
    if (before === null) return;
    const put = (changes: Changes): boolean => {
      arrangement.change(changes);
      this.refresh(network, arrangement);
      return true;
    };
    this.history.add({ of: arrangement, gesture, undo: () => put(before), redo: () => put(after) });
    put(after);
  }

  /** The panel stands as the layout has it. */
  reset(network: NetworkState, layer: string): void {
    this.move(network, layer, UNMOVED);
  }

  /** All panels of a network stand as the layout has them. */
  resetAll(network: NetworkState): void {
    const moved = [...network.placements.peek().keys()];
    this.moveMany(network, new Map(moved.map((layer) => [layer, UNMOVED])));
  }

  /** The panel is turned, as large and as high as the layout has it, back on its line of the walk. */
  align(network: NetworkState, layer: string): void {
    const panel = panelOf(network, layer);
    const placement = network.placements.peek().get(layer);
    if (panel !== null && placement !== undefined) this.move(network, layer, aligned(panel, placement));
  }

  /** Takes back what was moved last of what stands now. */
  async undo(): Promise<void> {
    const last = this.history.latestPast(this.shown);
    if (last !== null) await this.history.undo(last);
  }

  async redo(): Promise<void> {
    const last = this.history.latestUndone(this.shown);
    if (last !== null) await this.history.redo(last);
  }

  /** Sends what the server could not take before. */
  saveAgain(): void {
    for (const arrangement of this.arrangements.values()) void arrangement.save();
  }

  /** The arrangements that stand now. */
  private get shown(): Arrangement[] {
    return this.state.networks.value.flatMap((network) => {
      const hall = network.hall.value;
      return hall === null ? [] : [this.arrangementOf(network, hall)];
    });
  }

  private refresh(network: NetworkState, arrangement: Arrangement): void {
    const hall = network.hall.peek();
    if (hall === null || this.arrangementOf(network, hall) !== arrangement) return;
    batch(() => {
      network.placements.value = arrangement.placements;
    });
  }

  private arrangementOf(network: NetworkState, { collapsed, course }: Hall): Arrangement {
    const key = JSON.stringify([network.id, course, [...collapsed].sort()]);
    const known = this.arrangements.get(key);
    if (known !== undefined) return known;
    const view = { collapsed, course };
    const requests = {
      read: () => this.api.placements(network.id, view),
      write: (kept: Parameters<Api['keepPlacements']>[2]) => this.api.keepPlacements(network.id, view, kept),
    };
    const made: Arrangement = new Arrangement(network.name, requests, this.notices, () => {
      this.refresh(network, made);
    });
    this.arrangements.set(key, made);
    return made;
  }
}

function panelOf(network: NetworkState, layer: string): Panel | null {
  return network.hall.peek()?.arrangement.panels.find((panel) => panel.layer === layer) ?? null;
}
