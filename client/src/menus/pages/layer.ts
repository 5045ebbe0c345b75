/** The layer that the layer board is about, and what its pages have in common. */
import { computed, type ReadonlySignal } from '@preact/signals-core';

import { layerDetails, layerName } from '../../model/layertext';
import type { NetworkState } from '../../model/networkstate';
import type { State } from '../../model/state';
import type { Layer, Visualization } from '../../net/types';
import { line, title, type Row } from '../parts';

export interface Subject {
  readonly network: NetworkState;
  readonly layer: Layer;
  readonly job: Visualization | null;
  /** Whether the panel shows pictures. */
  readonly turned: boolean;
}

/** The layer whose card is open; null where it stands nowhere. */
export function openedLayer(state: State): ReadonlySignal<Subject | null> {
  return computed(() => {
    const at = state.opened.value;
    const network = at === null ? undefined : state.networks.value.find(({ id }) => id === at.network);
    const layer = network?.hall.value?.graph.layers.find(({ id }) => id === at?.layer);
    if (network === undefined || layer === undefined) return null;
    const job = network.visualizations.value.get(layer.id) ?? null;
    return { network, layer, job, turned: network.turned.value.has(layer.id) };
  });
}

export function heading({ layer }: Subject): Row[] {
  return [title(layerName(layer)), line(layerDetails(layer))];
}

export const GONE: readonly Row[] = [line('This layer stands in the hall no more: it lies in a closed block.')];
