import { describe, expect, it } from 'vitest';

import { readView, writeView } from '../src/model/address';
import { NetworkState } from '../src/model/networkstate';
import {
  blockAround,
  closedAround,
  closedAt,
  depthOf,
  depthShown,
  entranceOf,
  flat,
  outermost,
  outlineOf,
} from '../src/model/outline';
import { Views } from '../src/model/views';
import type { View } from '../src/net/api';
import type { Course, Hall, Layer, NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

/** Blocks by id, with the number of layers in each; `neck` is a block of one layer. */
const BLOCKS = {
  stem: 2,
  body: 7,
  'body.0': 3,
  'body.0.only': 3,
  'body.1': 4,
  'body.1.side': 2,
  'body.1.neck': 1,
};

function nested(collapsed: readonly string[] = [], course: Course = 'straight'): Hall {
  const ids = ['s0', 's1', 'b0', 'b1', 'n', 'end'];
  const blocks = ['stem', 'stem', 'body.0', 'body.1.side', 'body.1.neck', null];
  const hall = hallOf(ids.map((id) => ({ id, shape: [4, 8, 8] })));
  const layers = hall.graph.layers.map((layer, index): Layer => ({ ...layer, block: blocks[index] ?? null }));
  const graph = {
    ...hall.graph,
    layers,
    blocks: Object.keys(BLOCKS).map((id) => ({
      id,
      path: id,
      label: 'Part',
      parent: id.includes('.') ? id.slice(0, id.lastIndexOf('.')) : null,
      repeats: 1,
      repetition: 0,
    })),
  };
  return { ...hall, graph, layers_in: BLOCKS, collapsed: [...collapsed], course };
}

const blocks = outlineOf(nested());
const summary = { id: 'n', name: 'n', collapsed: [] as string[], course: 'straight' } as unknown as NetworkSummary;

describe('the outline', () => {
  it('has the blocks as they lie in one another, with their figures', () => {
    expect(flat(blocks).map(({ id, level, layers }) => [id, level, layers])).toEqual([
      ['stem', 0, 2],
      ['body', 0, 7],
      ['body.0', 1, 3],
      ['body.0.only', 2, 3],
      ['body.1', 1, 4],
      ['body.1.side', 2, 2],
      ['body.1.neck', 2, 1],
    ]);
    expect(flat(blocks).map(({ name }) => name)).toEqual(['stem', 'body', '0', 'only', '1', 'side', 'neck']);
  });

  it('shows the outermost of closed blocks, and none of a single layer', () => {
    expect(outermost(blocks, new Set(['body.1.side', 'body.1', 'stem']))).toEqual(['stem', 'body.1']);
    expect(outermost(blocks, new Set(['body.1.neck']))).toEqual([]);
  });

  it('opens levels of blocks', () => {
    const shown = [0, 1, 2, 3].map((depth) => outermost(blocks, closedAt(blocks, depth)));
    expect(shown).toEqual([['stem', 'body'], ['body.0', 'body.1'], ['body.0.only', 'body.1.side'], []]);
    expect(depthOf(blocks)).toBe(3);
    expect(shown.map((collapsed) => depthShown(blocks, collapsed.reverse()))).toEqual([0, 1, 2, 3]);
    expect(depthShown(blocks, ['stem'])).toBeNull();
  });

  it('finds the block around a layer that can be collapsed, and where a block begins', () => {
    const hall = nested();
    const around = hall.graph.layers.map((layer) => blockAround(hall, layer));
    expect(around).toEqual(['stem', 'stem', 'body.0', 'body.1.side', 'body.1', null]);
    const begins = Object.keys(BLOCKS).map((block) => entranceOf(hall, block));
    expect(begins).toEqual(['s0', 'b0', 'b0', null, 'b1', 'b1', 'n']);
    const [standsForBody] = hall.graph.layers.slice(3);
    if (standsForBody === undefined) expect.fail();
    const graph = { ...hall.graph, layers: [{ ...standsForBody, block: null, collapsed: 'body' }] };
    expect(entranceOf({ ...hall, graph }, 'body')).toBe('b1');
    expect(entranceOf({ ...hall, graph }, 'stem')).toBeNull();
  });
});

/** A network and its views, with a server that gives every hall, or fails. */
function shown(collapsed: readonly string[] = []): {
  network: NetworkState;
  views: Views;
  server: { fails: boolean };
} {
  const network = new NetworkState(summary);
  network.hall.value = nested(collapsed);
  const server = { fails: false };
  const views = new Views((one, view: View) => {
    if (!server.fails) one.hall.value = nested(view.collapsed, view.course);
    return Promise.resolve(!server.fails);
  });
  return { network, views, server };
}

describe('views', () => {
  it('remember what was closed inside a closed block', async () => {
    const { network, views } = shown();
    await views.collapse(network, 'body.1');
    await views.collapse(network, 'body');
    expect(network.collapsed.value).toEqual(['body']);
    await views.expand(network, 'body');
    expect(network.collapsed.value).toEqual(['body.1']);
  });

  it('open what came closed, and what a depth closed, level by level', async () => {
    for (const prepare of ['arrival', 'depth']) {
      const { network, views } = shown(prepare === 'arrival' ? ['stem', 'body'] : []);
      if (prepare === 'depth') await views.showDepth(network, 0);
      expect(network.collapsed.value).toEqual(['stem', 'body']);
      await views.expand(network, 'body');
      expect(network.collapsed.value).toEqual(['stem', 'body.0', 'body.1']);
      await views.expand(network, 'body.0');
      expect(network.collapsed.value).toEqual(['stem', 'body.1']);
      await views.showDepth(network, null);
      expect(network.collapsed.value).toEqual([]);
    }
  });

  it('open as much as shows a layer, and nothing beside it', async () => {
    const { network, views } = shown(['stem', 'body']);
    const layer = nested().graph.layers.find(({ id }) => id === 'b1');
    if (layer === undefined) expect.fail();
    expect(closedAround(nested(['stem', 'body']), layer)).toBe('body');
    await views.reveal(network, layer);
    expect(network.collapsed.value).toEqual(['stem', 'body.0']);
    expect(closedAround(nested(network.collapsed.value), layer)).toBeNull();
    await views.undo();
    expect(network.collapsed.value).toEqual(['stem', 'body']);
  });

  it('are taken back one by one', async () => {
    const { network, views } = shown();
    await views.collapse(network, 'stem');
    await views.collapse(network, 'stem');
    await views.setCourse(network, 'spiral');
    expect([network.collapsed.value, network.course.value]).toEqual([['stem'], 'spiral']);
    await views.undo();
    expect([network.collapsed.value, network.course.value]).toEqual([['stem'], 'straight']);
    await views.undo();
    await views.undo();
    expect([network.collapsed.value, network.course.value]).toEqual([[], 'straight']);
  });

  it('are not remembered where the server fails', async () => {
    const { network, views, server } = shown();
    await views.collapse(network, 'stem');
    server.fails = true;
    await views.collapse(network, 'body');
    server.fails = false;
    await views.collapse(network, 'body.0');
    expect(network.collapsed.value).toEqual(['stem', 'body.0']);
    await views.undo();
    expect(network.collapsed.value).toEqual(['stem']);
  });
});

describe('the address', () => {
  const read = (query: string, index = 0, collapsed: string[] = []): View =>
    readView(new URLSearchParams(query), { ...summary, collapsed }, index);
  const write = (query: string, hall: Hall, index = 0, own: Partial<NetworkSummary> = {}): string =>
    writeView(new URLSearchParams(query), { ...summary, ...own }, index, hall).toString();

  it('says nothing of what is as on arrival', () => {
    expect(write('network=x&depth=1&course=spiral', nested())).toBe('network=x');
    expect(write('', nested(['stem'], 'spiral'), 0, { collapsed: ['stem'], course: 'spiral' })).toBe('');
    expect(read('', 0, ['stem'])).toEqual({ collapsed: ['stem'], course: 'straight' });
  });

  it('says what is collapsed, in few words', () => {
    expect(write('token=t', nested(['stem', 'body.0']))).toBe('token=t&collapsed=stem+body.0');
    expect(write('', nested(['body', 'stem']))).toBe('depth=0');
    expect(write('', nested([], 'spiral'))).toBe('course=spiral');
    expect(write('depth=0', nested([]), 0, { collapsed: ['stem'] })).toBe('collapsed=');
  });

  it('is read as it was written, each network on its own', () => {
    const one = write('', nested(['stem', 'body.0']));
    const both = write(one, nested(['body', 'stem'], 'spiral'), 1);
    expect(both).toBe('collapsed=stem+body.0&course.2=spiral&depth.2=0');
    expect(read(both)).toEqual({ collapsed: ['stem', 'body.0'], course: 'straight' });
    expect(read(both, 1)).toEqual({ depth: 0, course: 'spiral' });
    expect(read(both, 2)).toEqual({ collapsed: [], course: 'straight' });
    expect(read('collapsed=', 0, ['stem'])).toEqual({ collapsed: [], course: 'straight' });
  });

  it('leaves aside what is no depth and no course', () => {
    expect(read('depth=-1&course=zigzag')).toEqual({ collapsed: [], course: 'straight' });
    expect(read('depth=all')).toEqual({ collapsed: [], course: 'straight' });
  });
});
