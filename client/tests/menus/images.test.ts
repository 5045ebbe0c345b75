import { signal } from '@preact/signals-core';
import { describe, expect, it, vi } from 'vitest';

import { Images } from '../../src/menus/pages/images';
import type { SliderPart } from '../../src/menus/parts';
import { Actions } from '../../src/model/actions';
import { NetworkState } from '../../src/model/networkstate';
import { State } from '../../src/model/state';
import { Api } from '../../src/net/api';
import type { NetworkSummary, PassResult } from '../../src/net/types';

function page(names: readonly string[]): { state: State; actions: Actions; board: Images } {
  const state = new State();
  const actions = new Actions(state, new Api());
  state.networks.value = names.map((id) => new NetworkState({ id, name: id } as NetworkSummary));
  state.current.value = state.networks.value[0] ?? null;
  const board = new Images(state, actions, { imagesHere: signal(false), resultsInView: signal(false) });
  return { state, actions, board };
}

function texts(board: Images): string[] {
  return board.rows().flatMap(({ parts }) => parts.flatMap((part) => ('text' in part ? [part.text] : [])));
}

function slider(board: Images): SliderPart {
  const found = board.rows().flatMap(({ parts }) => parts).find((part) => part.kind === 'slider');
  if (found?.kind !== 'slider') throw new Error('no slider');
  return found;
}

describe("the board's page of images", () => {
  it('puts noise on the input by its slider, and follows it', () => {
    const { actions, board } = page(['n']);
    const slide = vi.spyOn(actions.inputNoise, 'slide');
    const release = vi.spyOn(actions.inputNoise, 'release');
    expect(slider(board).at).toBe(0);
    slider(board).slide(0.5);
    expect(slide).toHaveBeenCalledWith(0.25);
    expect(slider(board).at).toBe(0.5);
    expect(texts(board)).toContain('0.25');
    slider(board).release();
    expect(release).toHaveBeenCalledOnce();
  });

  it('tells of all networks what each says first, and lets one image go into all', () => {
    const { state, board } = page(['n', 'm']);
    state.networks.value.forEach((network, at) => {
      const predictions = [
        { index: 0, label: `first of ${network.id}`, probability: 0.5 + at / 10 },
        { index: 1, label: 'second', probability: 0.1 },
      ];
      network.result.value = { predictions, segmentation: null, detections: null } as unknown as PassResult;
    });
    expect(texts(board)).toEqual(expect.arrayContaining(['n', 'first of n', '50.0 %', 'm', 'first of m', '60.0 %']));
    expect(texts(board)).not.toContain('second');
    const together = board.rows().flatMap(({ parts }) => parts).find((part) => part.kind === 'switch' && part.label === 'One image for all networks');
    if (together?.kind !== 'switch') throw new Error('no switch');
    together.press();
    expect(state.together.value).toBe(true);
    expect(texts(page(['n']).board)).not.toContain('One image for all networks');
  });
});
