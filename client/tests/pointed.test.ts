import { describe, expect, it, vi } from 'vitest';

import type { Actions } from '../src/model/actions';
import { NetworkState } from '../src/model/networkstate';
import { turnPointed, type LayerPlace } from '../src/model/pointed';
import { State } from '../src/model/state';
import type { Hall, NetworkSummary } from '../src/net/types';

describe('the layer that a key means', () => {
  const state = new State();
  const network = new NetworkState({ id: 'n' } as NetworkSummary);
  network.hall.value = { graph: { layers: [{ id: 'pointed' }] } } as Hall;
  state.networks.value = [network];
  const headed = { network, layer: 'headed' };
  const before = { network, layer: 'before' };

  async function turned(isPointed: boolean, layerHeaded: LayerPlace | null, layerBefore: LayerPlace | null): Promise<unknown> {
    state.hover.value = isPointed ? { network: 'n', layer: 'pointed', channel: 0, x: 0, y: 0 } : null;
    const turn = vi.fn();
    const notify = vi.fn();
    const actions = { visualizations: { turn }, notify } as unknown as Actions;
    await turnPointed(state, actions, { layerHeaded: () => layerHeaded, layerBefore: () => layerBefore });
    expect(notify).toHaveBeenCalledTimes(turn.mock.calls.length === 0 ? 1 : 0);
    return turn.mock.calls[0]?.[1];
  }

  it('is the one that is flown to, else pointed at, else stood before', async () => {
    expect(await turned(true, headed, before)).toBe('headed');
    expect(await turned(true, null, before)).toBe('pointed');
    expect(await turned(false, null, before)).toBe('before');
    expect(await turned(false, null, null)).toBeUndefined();
  });
});
