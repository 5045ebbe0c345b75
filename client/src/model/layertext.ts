/** What a layer is called and what it is, as its panel, its card and its board say it. */
import type { Layer } from '../net/types';
import { formatShape } from './format';

/** By its place in the network; of a closed block with a + before it. */
export function layerName({ collapsed, path, id }: Pick<Layer, 'collapsed' | 'path' | 'id'>): string {
  const name = path ?? id;
  return collapsed === null ? name : `+ ${name}`;
}

/** What it does, what was fused into it, and its shape: `1x1 conv, 96 · bn relu6 · 96 × 112 × 112`. */
export function layerDetails({ label, absorbed, shape }: Pick<Layer, 'label' | 'absorbed' | 'shape'>): string {
  return [label, absorbed.join(' '), formatShape(shape)].filter(Boolean).join(' \u00b7 ');
}
