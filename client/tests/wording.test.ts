import { describe, expect, it } from 'vitest';

import { heldName, layerDetails, layerName } from '../src/model/layertext';
import { NetworkState } from '../src/model/networkstate';
import { SIZES, sizeText } from '../src/model/preferences';
import { State } from '../src/model/state';
import * as wording from '../src/model/wording';
import type { ImageInfo, NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

const choices = Object.values(wording).filter((one): one is Extract<typeof one, { name: string }> => typeof one === 'object' && 'name' in one);

describe('wording', () => {
  it('calls no two things alike that one chooses', () => {
    expect(choices.length).toBeGreaterThan(10);
    expect(new Set(choices.map(({ name }) => name)).size).toBe(choices.length);
    for (const { options } of choices) {
      expect(new Set(options.map(({ label }) => label)).size).toBe(options.length);
      expect(new Set(options.map(({ value }) => value)).size).toBe(options.length);
    }
  });

  it('keeps to what a row of a board holds beside its name', () => {
    for (const { name, options } of choices) {
      expect(name.length * 0.52).toBeLessThan(6.2);
      // Letters of Inter are 0.52 em wide on average; a button needs 0.35 em more, and 0.3 em before it.
      const needed = options.reduce((sum, { label }) => sum + label.length * 0.52 + 0.65, 0);
      expect(needed, name).toBeLessThan(26.4 - 6.2);
    }
  });

  it('says sizes the same wherever they are chosen', () => {
    expect([SIZES.least, 1, 2 ** 0.25, SIZES.most].map(sizeText)).toEqual(['\u00d7 0.25', '\u00d7 1', '\u00d7 1.2', '\u00d7 4']);
  });
});

describe('what a layer is called', () => {
  const conv = { id: 'blocks.1:conv', path: 'blocks.1', collapsed: null, label: '1x1 conv, 96', absorbed: ['bn', 'relu6'], shape: [96, 56, 56] };

  it('is its path, and what happens in no module is called by its own name', () => {
    expect(layerName(conv)).toBe('blocks.1');
    expect(layerName({ ...conv, path: null })).toBe('blocks.1:conv');
    expect(layerName({ ...conv, collapsed: 'blocks.1' })).toBe('+ blocks.1');
  });

  it('is that of where it stands now, also in a hand', () => {
    const state = new State();
    const network = new NetworkState({ id: 'n', name: 'net' } as NetworkSummary);
    const hall = hallOf([{ id: 'blocks.1:conv', shape: [4, 8, 8] }]);
    const layers = hall.graph.layers.map((layer) => ({ ...layer, path: 'blocks.1', collapsed: 'blocks.1' }));
    network.hall.value = { ...hall, graph: { ...hall.graph, layers } };
    state.networks.value = [network];
    const named = (layer: string): string => heldName({ kind: 'map', map: { network: 'n', layer, channel: 0 }, image: {} as ImageInfo }, state);
    expect(named('blocks.1:conv')).toBe('+ blocks.1');
    expect(named('gone')).toBe('gone');
  });

  it('comes before what it does, what was fused into it and its shape', () => {
    expect(layerDetails(conv)).toBe('1x1 conv, 96 \u00b7 bn relu6 \u00b7 96 \u00d7 56 \u00d7 56');
    expect(layerDetails({ ...conv, absorbed: [] })).toBe('1x1 conv, 96 \u00b7 96 \u00d7 56 \u00d7 56');
  });
});
