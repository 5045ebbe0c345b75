/** What the keys do with the block under the pointer. */
import type { Actions } from './actions';
import { blockAround } from './outline';
import type { NetworkState } from './networkstate';
import type { State } from './state';
import type { Hall, Layer } from '../net/types';

interface Pointed {
  readonly network: NetworkState;
  readonly hall: Hall;
  readonly layer: Layer;
}

/** Collapses the block around the layer under the pointer. */
export async function collapsePointed(state: State, actions: Actions): Promise<void> {
  const pointed = pointedAt(state);
  const block = pointed === null ? null : blockAround(pointed.hall, pointed.layer);
  if (pointed === null) actions.notify('info', 'Point at a panel to collapse the block around it.');
  else if (block === null) actions.notify('info', `${pointed.layer.id} lies in no block that can be collapsed.`);
  else await actions.views.collapse(pointed.network, block);
}

/** Expands the collapsed block under the pointer. */
export async function expandPointed(state: State, actions: Actions): Promise<void> {
  const pointed = pointedAt(state);
  const block = pointed?.layer.collapsed ?? null;
  if (pointed === null || block === null) actions.notify('info', 'Point at a collapsed block to expand it.');
  else await actions.views.expand(pointed.network, block);
}

function pointedAt(state: State): Pointed | null {
  const hit = state.hover.peek();
  const network = hit === null ? undefined : state.find(hit.network);
  const hall = network?.hall.peek() ?? null;
  const layer = hall?.graph.layers.find(({ id }) => id === hit?.layer);
  return network === undefined || hall === null || layer === undefined ? null : { network, hall, layer };
}
