/** What is written in the hall: names above the panels, signs of blocks, labels of edges. */
import { Vector3 } from 'three';

import { formatShape } from '../model/format';
import type { Hall, Layer, Route, Sign } from '../net/types';
import { AMBER, MUTED, TEXT } from './palette';
import { at, UP, type Place } from './place';
import type { Line } from './text';

const RIGHT = new Vector3(1, 0, 0);
const AHEAD = new Vector3(0, 0, -1);
const NAME_SIZE = 0.2;
const DETAIL_SIZE = 0.15;
const SIGN_SIZES = [0.42, 0.3, 0.22] as const;
const SMALLEST_WIDTH = 2.1;

/** All lines of the hall that do not change while one walks through it. */
export function hallLines(hall: Hall, places: ReadonlyMap<string, Place>): Line[] {
  const lines: Line[] = [];
  for (const layer of hall.graph.layers) {
    const place = places.get(layer.id);
    if (place !== undefined) lines.push(...titleLines(layer, place));
  }
  for (const sign of hall.arrangement.signs) lines.push(...signLines(sign));
  for (const route of hall.arrangement.routes) lines.push(...routeLines(route));
  return lines;
}

/** What the layer does and what was fused into it: `1x1 conv, 96 · bn relu6`. */
export function detailText(layer: Layer): string {
  return layer.absorbed.length === 0 ? layer.label : `${layer.label} · ${layer.absorbed.join(' ')}`;
}

function titleLines(layer: Layer, place: Place): Line[] {
  const maxWidth = Math.max(place.width, SMALLEST_WIDTH);
  const common = { right: place.right, up: UP, align: 'left' as const };
  const left = -place.width / 2;
  const top = place.height / 2;
  const detail = `${detailText(layer)}   ${formatShape(layer.shape)}`;
  return [
    {
      ...common,
      text: layer.path ?? layer.id,
      at: at(place, left, top + 0.41, 0),
      size: NAME_SIZE,
      weight: 600,
      color: TEXT,
      maxWidth,
      fade: 42,
    },
    {
      ...common,
      text: detail,
      at: at(place, left, top + 0.17, 0),
      size: DETAIL_SIZE,
      color: MUTED,
      maxWidth,
      fade: 26,
    },
  ];
}

function signLines(sign: Sign): Line[] {
  const size = SIGN_SIZES[Math.min(sign.depth, SIGN_SIZES.length - 1)] ?? 0.22;
  return [
    {
      text: sign.text,
      at: new Vector3(sign.x + 0.14, 0.02, sign.z - 0.06),
      right: RIGHT,
      up: AHEAD,
      size,
      weight: 600,
      color: AMBER,
      fade: 50,
    },
  ];
}

function routeLines(route: Route): Line[] {
  if (route.label === null) return [];
  const [x, z] = route.label_at;
  return [
    {
      text: route.label,
      at: new Vector3(x, 0.025, z),
      right: RIGHT,
      up: AHEAD,
      size: 0.17,
      align: 'centre',
      color: TEXT,
      fade: 16,
    },
  ];
}
