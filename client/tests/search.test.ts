import { describe, expect, it } from 'vitest';

import { NetworkState } from '../src/model/networkstate';
import { LayerSearch, layersOf } from '../src/model/search';
import type { Layer, NetworkSummary } from '../src/net/types';
import { hallOf } from './tiles/halls';

function layer(id: string, kind: Layer['kind'], label: string, shape: number[]): Layer {
  return {
    id,
    kind,
    label,
    shape,
    path: id,
    block: null,
    parameters: 0,
    absorbed: [],
    weights: [],
    probe: { op: 0, output: 0 },
    position: null,
    collapsed: null,
  };
}

const LAYERS = [
  layer('input', 'input', 'input', [3, 224, 224]),
  layer('conv_stem', 'conv', '3x3 conv, 32, /2', [32, 112, 112]),
  layer('blocks.1.0.conv_pw', 'conv', '1x1 conv, 96', [96, 112, 112]),
  layer('blocks.11.0.conv_pw', 'conv', '1x1 conv, 960', [960, 7, 7]),
  layer('blocks.1.1.add', 'add', 'add', [24, 56, 56]),
  layer('classifier', 'linear', 'linear, 1000', [1000]),
];

const search = new LayerSearch(LAYERS.map((one) => ({ network: { id: 'n', name: 'net' }, layer: one, within: null })));

const ids = (query: string): string[] => search.find(query).map(({ layer: found }) => found.id);

describe('the layers of networks', () => {
  it('are those that stand, and those in collapsed blocks once they are known', () => {
    const whole = hallOf(['a', 'b', 'c', 'd'].map((id) => ({ id, shape: [4, 8, 8] })));
    const layers = whole.graph.layers.map((one, index) => ({ ...one, block: ['out', 'out.in', 'out', null][index] ?? null }));
    const blocks = ['out', 'out.in'].map((id) => ({ id, path: id, label: '', parent: id === 'out' ? null : 'out', repeats: 1, repetition: 0 }));
    const standing = layers.slice(2).map((one) => (one.id === 'c' ? { ...one, block: null, collapsed: 'out' } : one));
    const network = new NetworkState({ id: 'n', name: 'net' } as NetworkSummary);
    network.hall.value = { ...whole, graph: { ...whole.graph, blocks, layers: standing }, collapsed: ['out'] };
    const found = (): unknown[] => layersOf([network]).map(({ layer: one, within }) => [one.id, one.collapsed, within]);
    expect(found()).toEqual([['c', 'out', null], ['d', null, null]]);
    network.layers.value = layers;
    expect(found()).toEqual([['a', null, 'out'], ['b', null, 'out'], ['c', 'out', null], ['d', null, null]]);
  });
});

describe('the search for layers', () => {
  it('finds all in the order of execution without a word', () => {
    expect(ids('')).toHaveLength(6);
    expect(ids('  ')[0]).toBe('input');
  });

  it('prefers an exact id, then a beginning, then a word within', () => {
    expect(ids('classifier')[0]).toBe('classifier');
    expect(ids('conv')[0]).toBe('conv_stem');
    expect(ids('blocks.1.')[0]).toBe('blocks.1.0.conv_pw');
  });

  it('finds by kind, label and shape', () => {
    expect(ids('linear')).toEqual(['classifier']);
    expect(ids('add')[0]).toBe('blocks.1.1.add');
    expect(ids('32x112')[0]).toBe('conv_stem');
    expect(ids('960')[0]).toBe('blocks.11.0.conv_pw');
  });

  it('wants every word, in any order and case', () => {
    expect(ids('PW 960')).toEqual(['blocks.11.0.conv_pw']);
    expect(ids('stem zebra')).toEqual([]);
  });

  it('finds letters that are scattered in an id, only for words that say something', () => {
    expect(ids('clsfr')).toEqual(['classifier']);
    expect(ids('zz')).toEqual([]);
  });

  it('tells layers of several networks apart by the name of the network', () => {
    const networks = ['alexnet', 'resnet18'].map((name) => ({ id: name, name }));
    const both = new LayerSearch(networks.flatMap((network) => LAYERS.map((one) => ({ network, layer: one, within: null }))));
    const found = (query: string): string[] => both.find(query).map(({ network }) => network.name);
    expect(found('classifier')).toEqual(['alexnet', 'resnet18']);
    expect(found('resnet18 classifier')).toEqual(['resnet18']);
    expect(search.find('net')).toEqual([]);
  });
});
