/**
 * How each network is shown: which of its blocks are closed, and on which course. What was
 * closed inside a closed block is remembered, so that it is found again when that is opened.
 */
import type { View } from '../net/api';
import type { Course, Layer } from '../net/types';
import { History } from './history';
import type { NetworkState } from './networkstate';
import { blocksAround, closedAt, flat, outermost, outlineOf, sameLayers, type OutlineBlock } from './outline';

interface Shown {
  readonly network: NetworkState;
  readonly closed: ReadonlySet<string>;
  readonly course: Course;
}

export class Views {
  /** By network id; a network that is not here is as it came from the server. */
  private readonly closed = new Map<string, ReadonlySet<string>>();

  /** `show`: resolves to whether the network is shown so. */
  constructor(
    private readonly show: (network: NetworkState, view: View) => Promise<boolean>,
    private readonly history = new History(),
  ) {}

  async collapse(network: NetworkState, block: string): Promise<void> {
    await this.change(network, new Set([...this.closedIn(network), block]));
  }

  /** Opens a block by a level, where that shows something else. */
  async expand(network: NetworkState, id: string): Promise<void> {
    const block = flat(blocksOf(network)).find((one) => one.id === id);
    const opened = new Set(block === undefined ? [] : sameLayers(block));
    await this.change(network, new Set([...this.closedIn(network)].filter((block) => !opened.has(block))));
  }

  /** Opens all blocks around a layer, so that it stands in the hall. */
  async reveal(network: NetworkState, layer: Layer): Promise<void> {
    const hall = network.hall.peek();
    const around = new Set(hall === null ? [] : blocksAround(hall, layer));
    await this.change(network, new Set([...this.closedIn(network)].filter((block) => !around.has(block))));
  }

  /** Opens so many levels of blocks; null opens all. */
  async showDepth(network: NetworkState, depth: number | null): Promise<void> {
    await this.change(network, depth === null ? new Set() : closedAt(blocksOf(network), depth));
  }

  async setCourse(network: NetworkState, course: Course): Promise<void> {
    await this.change(network, this.closedIn(network), course);
  }

  /** Shows what was shown before the last change. */
  async undo(): Promise<void> {
    await this.history.undo(this);
  }

  private async change(
    network: NetworkState,
    closed: ReadonlySet<string>,
    course = network.course.peek(),
  ): Promise<void> {
    const before = { network, closed: this.closedIn(network), course: network.course.peek() };
    if (course === before.course && isSame(closed, before.closed)) return;
    const after = { network, closed, course };
    const step = { of: this, undo: () => this.put(before), redo: () => this.put(after) };
    this.history.add(step);
    if (!(await this.put(after))) this.history.drop(step);
  }

  private async put({ network, closed, course }: Shown): Promise<boolean> {
    const before = this.closedIn(network);
    this.closed.set(network.id, closed);
    const collapsed = outermost(blocksOf(network), closed);
    if (await this.show(network, { collapsed, course })) return true;
    this.closed.set(network.id, before);
    return false;
  }

  /** Of a network as it came, all that lies in a collapsed block is closed: one opens it by levels. */
  private closedIn(network: NetworkState): ReadonlySet<string> {
    const known = this.closed.get(network.id);
    if (known !== undefined) return known;
    const collapsed = new Set(network.collapsed.peek());
    const all = flat(blocksOf(network));
    return new Set(all.filter(({ id }) => collapsed.has(id)).flatMap((block) => flat([block])).map(({ id }) => id));
  }
}

function blocksOf(network: NetworkState): OutlineBlock[] {
  const hall = network.hall.peek();
  return hall === null ? [] : outlineOf(hall);
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((block) => other.has(block));
}
