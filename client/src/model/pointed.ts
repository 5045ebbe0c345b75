/** What the keys do with the layer under the pointer, and with the block around it. */
import type { Actions } from './actions';
import type { Cursor } from './cursor';
import { nudged, type Nudge } from './nudge';
import { blockAround } from './outline';
import type { NetworkState } from './networkstate';
import type { State } from './state';
import type { Hall, Layer } from '../net/types';

/** A layer where it stands. */
export interface LayerPlace {
  readonly network: NetworkState;
  readonly layer: string;
}

/** Where the visitor is; what there is none of is null. */
export interface Whereabouts {
  /** The layer that they are being carried to. */
  readonly layerHeaded: () => LayerPlace | null;
  /** The layer that they stand before. */
  readonly layerBefore: () => LayerPlace | null;
}

interface Pointed {
  readonly network: NetworkState;
  readonly hall: Hall;
  readonly layer: Layer;
}

/**
 * Magnifies what is under the pointer (a picture where the panel shows pictures), else what is in
 * hand, else the inserted image.
 */
export function magnifyPointed(state: State, actions: Actions): void {
  const hit = state.hover.peek();
  const network = hit === null ? state.current.peek() : state.find(hit.network);
  const image = network?.inserted.peek() ?? null;
  if (hit !== null && network?.turned.peek().has(hit.layer) === true) {
    void actions.visualizations.magnify(network, hit.layer, hit.channel);
  } else if (hit !== null && image !== null) {
    const { layer, channel } = hit;
    actions.magnify({ kind: 'map', map: { network: hit.network, layer, channel }, image });
  } else {
    actions.magnify(state.held.peek() ?? (image === null ? null : { kind: 'image', image }));
  }
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

/** Turns the panel that is flown to, else under the pointer, else stood before, to its pictures or back. */
export async function turnPointed(state: State, actions: Actions, whereabouts: Whereabouts): Promise<void> {
  const meant = layerMeant(state, whereabouts);
  if (meant === null) actions.notify('info', NO_PANEL);
  else await actions.visualizations.turn(meant.network, meant.layer);
}

/** Opens the choices of the same layer's pictures. */
export function visualizePointed(state: State, actions: Actions, whereabouts: Whereabouts): void {
  const meant = layerMeant(state, whereabouts);
  if (meant === null) actions.notify('info', NO_PANEL);
  else actions.visualizations.open(meant.network, meant.layer);
}

/** Opens the same layer's card, or closes it; returns whether one is open. */
export function openPointed(state: State, actions: Actions, whereabouts: Whereabouts): boolean {
  const meant = state.opened.peek() === null ? layerMeant(state, whereabouts) : null;
  if (meant !== null) actions.openLayer(meant.network, meant.layer);
  else if (state.opened.peek() === null) actions.notify('info', NO_LAYER);
  else actions.openLayer(null);
  return meant !== null;
}

/** Moves the panel whose card is open, else the same one; `gesture`: what is taken back together. */
export function nudgePointed(state: State, actions: Actions, whereabouts: Whereabouts, nudge: Nudge, gesture: object): void {
  const opened = state.opened.peek();
  const network = opened === null ? undefined : state.find(opened.network);
  const meant = opened === null || network === undefined ? layerMeant(state, whereabouts) : { network, layer: opened.layer };
  const panel = meant?.network.hall.peek()?.arrangement.panels.find(({ layer }) => layer === meant.layer);
  if (meant === null || panel === undefined) {
    actions.notify('info', NO_LAYER);
    return;
  }
  const placement = meant.network.placements.peek().get(meant.layer);
  actions.placements.move(meant.network, meant.layer, nudged(panel, placement, nudge), gesture);
}

/** Points at the cells of the same panel, one after the other. */
export function beginCells(state: State, actions: Actions, whereabouts: Whereabouts, cursor: Cursor): void {
  const meant = layerMeant(state, whereabouts);
  if (meant === null) actions.notify('info', NO_LAYER);
  else cursor.begin(meant);
}

const NO_PANEL = 'Point at a panel, or go before one, to see what its channels look for.';
const NO_LAYER = 'Point at a panel, or go before one.';

/** The layer that is flown to, else pointed at, else stood before. */
function layerMeant(state: State, { layerHeaded, layerBefore }: Whereabouts): LayerPlace | null {
  const headed = layerHeaded();
  if (headed !== null) return headed;
  const pointed = pointedAt(state);
  return pointed === null ? layerBefore() : { network: pointed.network, layer: pointed.layer.id };
}

function pointedAt(state: State): Pointed | null {
  const hit = state.hover.peek();
  const network = hit === null ? undefined : state.find(hit.network);
  const hall = network?.hall.peek() ?? null;
  const layer = hall?.graph.layers.find(({ id }) => id === hit?.layer);
  return network === undefined || hall === null || layer === undefined ? null : { network, hall, layer };
}
