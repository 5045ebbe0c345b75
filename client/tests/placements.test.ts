import { describe, expect, it, vi } from 'vitest';

import { History } from '../src/model/history';
import { NetworkState } from '../src/model/networkstate';
import { Notices } from '../src/model/notices';
import { aligned, sound, UNMOVED, type Placement } from '../src/model/placement';
import { Placements } from '../src/model/placements';
import { State } from '../src/model/state';
import { ApiError, ConnectionError, type View } from '../src/net/api';
import type { Hall, NetworkSummary, Placements as Kept } from '../src/net/types';
import { hallOf } from './tiles/halls';

const MOVED: Placement = { x: 1, y: 0, z: -2, yaw: 0.5, scale: 2 };
const AWAY: Placement = { ...UNMOVED, x: 9 };

/** A server that keeps what it is sent, as the real one does. */
class Server {
  readonly kept = new Map<string, Kept>();
  readonly sent: Kept[] = [];
  fails: Error | null = null;
  /** Answers wait for this. */
  gate: Promise<void> = Promise.resolve();

  async placements(_network: string, view: View): Promise<Kept> {
    await this.gate;
    if (this.fails !== null) throw this.fails;
    return this.at(view);
  }

  async keepPlacements(_network: string, view: View, kept: Kept): Promise<Kept> {
    this.sent.push(kept);
    await this.gate;
    if (this.fails !== null) throw this.fails;
    if (kept.revision !== this.at(view).revision) throw new ApiError(409, 'Another revision is kept.');
    return this.put(view, kept.placements);
  }

  /** Somebody else moves panels. */
  put(view: View, placements: Record<string, Placement>): Kept {
    const next = { revision: this.at(view).revision + 1, placements };
    this.kept.set(JSON.stringify(view), next);
    return next;
  }

  at(view: View): Kept {
    return this.kept.get(JSON.stringify(view)) ?? { revision: 0, placements: {} };
  }
}

const OPEN: View = { collapsed: [], course: 'straight' };
const SPIRAL: View = { collapsed: [], course: 'spiral' };

function hall(view: View = OPEN): Hall {
  const { collapsed = [], course = 'straight' } = view;
  return { ...hallOf(['a', 'b', 'c'].map((id) => ({ id, shape: [4, 8, 8] }))), collapsed: [...collapsed], course };
}

interface Page {
  state: State;
  server: Server;
  history: History;
  network: NetworkState;
  placements: Placements;
  show: (view: View) => Promise<void>;
  now: () => Record<string, Placement>;
}

function page(server = new Server()): Page {
  const state = new State();
  const network = new NetworkState({ id: 'n', name: 'n' } as NetworkSummary);
  state.networks.value = [network];
  const history = new History();
  const placements = new Placements(state, server, new Notices(state), history);
  const show = async (view: View): Promise<void> => {
    const shown = hall(view);
    await placements.prepare(network, shown);
    network.hall.value = shown;
    placements.show(network, shown);
  };
  return { state, server, history, network, placements, show, now: () => Object.fromEntries(network.placements.value) };
}

describe('moving panels', () => {
  it('is a step that can be taken back and done again, one panel or several', async () => {
    const { network, placements, show, now } = page();
    await show(OPEN);
    placements.move(network, 'a', MOVED);
    placements.moveMany(network, new Map([['a', AWAY], ['b', MOVED]]));
    expect(now()).toEqual({ a: AWAY, b: MOVED });
    await placements.undo();
    expect(now()).toEqual({ a: MOVED });
    await placements.undo();
    expect([now(), placements.undoable.value]).toEqual([{}, false]);
    await placements.redo();
    await placements.redo();
    expect([now(), placements.redoable.value]).toEqual([{ a: AWAY, b: MOVED }, false]);
  });

  it('can be reset, one and all, and that can be taken back', async () => {
    const { network, placements, show, now } = page();
    await show(OPEN);
    placements.moveMany(network, new Map([['a', AWAY], ['b', MOVED]]));
    placements.reset(network, 'a');
    expect(now()).toEqual({ b: MOVED });
    placements.resetAll(network);
    expect(now()).toEqual({});
    await placements.undo();
    await placements.undo();
    expect(now()).toEqual({ a: AWAY, b: MOVED });
  });

  it('is no step where nothing moves, or a layer stands nowhere', async () => {
    const { server, network, placements, show, now } = page();
    await show(OPEN);
    placements.move(network, 'a', UNMOVED);
    placements.reset(network, 'b');
    placements.resetAll(network);
    placements.move(network, 'nobody', MOVED);
    expect([now(), placements.undoable.value, server.sent]).toEqual([{}, false, []]);
  });

  it('leaves no panel in the floor', async () => {
    const { network, placements, show, now } = page();
    await show(OPEN);
    const panel = network.hall.peek()?.arrangement.panels[0];
    placements.move(network, 'a', { ...UNMOVED, scale: 20 });
    const { y = NaN, scale = NaN } = now()['a'] ?? {};
    expect(scale).toBe(20);
    const height = (panel?.rows ?? NaN) * (panel?.cell_height ?? NaN);
    expect((panel?.y ?? NaN) + y - (height * scale) / 2).toBeCloseTo(0.05, 3);
    placements.move(network, 'a', { ...UNMOVED, y: -50 });
    expect((panel?.y ?? NaN) + (now()['a']?.y ?? NaN) - height / 2).toBeCloseTo(0.05, 3);
    placements.reset(network, 'a');
    expect(now()).toEqual({});
  });

  it('keeps to what the server takes', () => {
    const wild = sound({ x: NaN, y: -Infinity, z: 1e9, yaw: 7, scale: 1000 });
    expect(wild).toEqual({ x: 0, y: 0, z: 10_000, yaw: 0.7168, scale: 20 });
    expect(sound({ ...UNMOVED, scale: 0 }).scale).toBe(0.05);
    expect(Object.is(sound({ ...UNMOVED, x: -0.00001 }).x, 0)).toBe(true);
  });

  it('aligns a panel on its own line: as the layout has it but for how far along the walk it is', () => {
    const at = (yaw: number): Parameters<typeof aligned>[0] => ({ ...hall().arrangement.panels[0], yaw }) as Parameters<typeof aligned>[0];
    expect(aligned(at(0), MOVED)).toEqual({ ...UNMOVED, z: -2 });
    // A panel that faces +x stands on a line along x.
    expect(aligned(at(Math.PI / 2), MOVED)).toEqual({ ...UNMOVED, x: 1 });
    const slanted = aligned(at(Math.PI / 4), { ...UNMOVED, x: 2 });
    expect(slanted).toEqual({ ...UNMOVED, x: 1, z: 1 });
  });

  it('belongs to the view it was done in', async () => {
    const { network, placements, show, now } = page();
    await show(OPEN);
    placements.move(network, 'a', MOVED);
    await show(SPIRAL);
    expect([now(), placements.undoable.value]).toEqual([{}, false]);
    placements.move(network, 'a', AWAY);
    await show(OPEN);
    expect(now()).toEqual({ a: MOVED });
    await placements.undo();
    expect(now()).toEqual({});
    await show(SPIRAL);
    expect(now()).toEqual({ a: AWAY });
  });
});

describe('keeping where panels are', () => {
  it('sends every change, and a new page finds them', async () => {
    const { server, network, placements, show } = page();
    await show(OPEN);
    placements.move(network, 'a', MOVED);
    await vi.waitFor(() => { expect(server.at(OPEN)).toEqual({ revision: 1, placements: { a: MOVED } }); });
    const later = page(server);
    await later.show(OPEN);
    expect(later.now()).toEqual({ a: MOVED });
    expect(later.placements.undoable.value).toBe(false);
  });

  it('has one request on its way, and after it the newest state alone', async () => {
    const { server, network, placements, show } = page();
    await show(OPEN);
    let open: () => void = () => undefined;
    server.gate = new Promise((resolve) => { open = resolve; });
    for (const x of [1, 2, 3, 4]) placements.move(network, 'a', { ...UNMOVED, x });
    expect(server.sent).toHaveLength(1);
    open();
    await vi.waitFor(() => { expect(server.at(OPEN).placements['a']?.x).toBe(4); });
    expect(server.sent.map(({ placements: { a } }) => a?.x)).toEqual([1, 4]);
  });

  it('keeps what both windows moved, and says so', async () => {
    const { state, server, network, placements, show, now } = page();
    await show(OPEN);
    placements.move(network, 'a', MOVED);
    await vi.waitFor(() => { expect(server.at(OPEN).revision).toBe(1); });
    server.put(OPEN, { a: MOVED, b: AWAY });
    placements.move(network, 'c', MOVED);
    await vi.waitFor(() => { expect(server.at(OPEN).revision).toBe(3); });
    expect(server.at(OPEN).placements).toEqual({ a: MOVED, b: AWAY, c: MOVED });
    expect(now()).toEqual({ a: MOVED, b: AWAY, c: MOVED });
    expect(state.notices.value.map(({ text }) => text)).toEqual([expect.stringContaining('another window')]);
    // Taking back what was moved here leaves alone what was moved there.
    await placements.undo();
    expect(now()).toEqual({ a: MOVED, b: AWAY });
  });

  it('of a panel that both moved, ours stays; of one that they reset, theirs', async () => {
    const { server, network, placements, show, now } = page();
    await show(OPEN);
    placements.moveMany(network, new Map([['a', MOVED], ['b', MOVED]]));
    await vi.waitFor(() => { expect(server.at(OPEN).revision).toBe(1); });
    server.put(OPEN, { a: AWAY });
    placements.move(network, 'a', { ...AWAY, y: 1 });
    await vi.waitFor(() => { expect(server.at(OPEN).revision).toBe(3); });
    expect(now()).toEqual({ a: { ...AWAY, y: 1 } });
  });

  it('sends later what a server that was gone could not take', async () => {
    const { state, server, network, placements, show } = page();
    await show(OPEN);
    server.fails = new ConnectionError();
    placements.move(network, 'a', MOVED);
    await vi.waitFor(() => { expect(state.notices.value).toHaveLength(1); });
    server.fails = null;
    placements.saveAgain();
    await vi.waitFor(() => { expect(server.at(OPEN).placements).toEqual({ a: MOVED }); });
  });

  it('does not lose what is kept where it could not be read at first', async () => {
    const { server, network, placements, show, now } = page();
    server.put(OPEN, { b: AWAY });
    server.fails = new ConnectionError();
    await show(OPEN);
    expect(now()).toEqual({});
    server.fails = null;
    placements.move(network, 'a', MOVED);
    await vi.waitFor(() => { expect(server.at(OPEN).revision).toBe(2); });
    expect(server.at(OPEN).placements).toEqual({ a: MOVED, b: AWAY });
    expect(now()).toEqual({ a: MOVED, b: AWAY });
  });
});
