/** What a layer is called and what it is, as its panel, its card and its board say it. */
import type { Layer } from '../net/types';
import { formatShape } from './format';
import type { Held, LayerRef, State } from './state';

/** By its place in the network; of a closed block with a + before it. */
export function layerName({ collapsed, path, id }: Pick<Layer, 'collapsed' | 'path' | 'id'>): string {
  const name = path ?? id;
  return collapsed === null ? name : `+ ${name}`;
}

/** The name of the layer that stands there now; its id where it stands nowhere. */
export function layerNameAt(state: Pick<State, 'find'>, { network, layer }: LayerRef): string {
  const found = state.find(network)?.hall.peek()?.graph.layers.find(({ id }) => id === layer);
  return found === undefined ? layer : layerName(found);
}

/** Of what is in hand: the image's name, or that of the map's layer. */
export function heldName(held: Held, state: Pick<State, 'find'>): string {
  return held.kind === 'image' ? held.image.name : layerNameAt(state, held.map);
}

/** What it does, what was fused into it, and its shape: `1x1 conv, 96 · bn relu6 · 96 × 112 × 112`. */
export function layerDetails({ label, absorbed, shape }: Pick<Layer, 'label' | 'absorbed' | 'shape'>): string {
  return [label, absorbed.join(' '), formatShape(shape)].filter(Boolean).join(' \u00b7 ');
}
