/** What is written in the hall: names above the panels, signs of blocks, labels of edges. */
import { Vector3 } from 'three';

import { layerDetails, layerName } from '../model/layertext';
import type { Hall, InputFrame, Layer, Route, Sign } from '../net/types';
import { labelPlate, SIGN_TOP, SIGN_WIDTH, signPoint, type Exhibit } from './exhibit';
import { AMBER, MUTED, TEXT } from './palette';
import { at, axesOf, UP } from './place';
import type { Line } from './text';

const NAME_SIZE = 0.19;
const DETAIL_SIZE = 0.125;
const EDGE_SIZE = 0.16;
const SIGN_PAD = 0.07;
/** Letters that a sign holds at full size. */
const LONG_PATH = 12;

/** The network's name, over the results that hang over its input frame. */
const NETWORK_SIZE = 0.42;
const NETWORK_HEIGHT = 4.2;

/** A network's name; none where it stands alone and the page's corner says it. */
export function networkLines(name: string | null, hall: Hall): Line[] {
  return name === null ? [] : [networkLine(name, hall.arrangement.input_frame)];
}

/** All names and signs of the hall; `labels`: the first edge's label's anchor. */
export function labelLines(hall: Hall, exhibits: ReadonlyMap<string, Exhibit>, labels: number): Line[] {
  const lines: Line[] = [];
  for (const layer of hall.graph.layers) {
    const exhibit = exhibits.get(layer.id);
    if (exhibit !== undefined) lines.push(...titleLines(layer, exhibit));
  }
  for (const sign of hall.arrangement.signs) lines.push(...signLines(sign));
  hall.arrangement.routes.forEach((route, index) => lines.push(...routeLines(route, labels + index)));
  return lines;
}

function networkLine(name: string, { x, z }: InputFrame): Line {
  const at = new Vector3(x, NETWORK_HEIGHT, z);
  const { right } = axesOf(0);
  return { text: name, at, right, up: UP, size: NETWORK_SIZE, weight: 600, align: 'centre', color: AMBER, fade: 60 };
}

function titleLines(layer: Layer, { layout: place, anchor }: Exhibit): Line[] {
  const common = { right: place.right, up: UP, maxWidth: place.width, anchor };
  const left = -place.width / 2;
  const top = place.height / 2;
  return [
    {
      ...common,
      text: layerName(layer),
      at: at(place, left, top + 0.25, 0),
      size: NAME_SIZE,
      weight: 600,
      color: layer.collapsed === null ? TEXT : AMBER,
      fade: 24,
    },
    {
      ...common,
      text: layerDetails(layer),
      at: at(place, left, top + 0.085, 0),
      size: DETAIL_SIZE,
      color: MUTED,
      fade: 15,
    },
  ];
}

/** The block's path, and under it what kind of module it is; of a long path the end is large. */
function signLines(sign: Sign): Line[] {
  const [path = '', ...rest] = sign.text.split(' \u00b7 ');
  const cut = path.length > LONG_PATH ? path.lastIndexOf('.') : -1;
  const name = path.slice(cut + 1);
  const kind = cut < 0 ? rest : [path.slice(0, cut), ...rest];
  const { right } = axesOf(sign.yaw);
  const common = { right, up: UP, maxWidth: SIGN_WIDTH - 2 * SIGN_PAD, fade: 24 };
  const left = (under: number): Vector3 => signPoint(sign, SIGN_PAD, SIGN_TOP - under, 0.004);
  return [
    { ...common, text: name, at: left(0.155), size: 0.135, weight: 600, color: TEXT },
    { ...common, text: kind.join(' \u00b7 '), at: left(0.275), size: 0.085, color: MUTED },
  ];
}

function routeLines(route: Route, anchor: number): Line[] {
  if (route.label === null) return [];
  const { axes, centre, width } = labelPlate(route, route.label);
  const at = centre.addScaledVector(axes.up, -0.36 * EDGE_SIZE).addScaledVector(axes.normal, 0.012);
  return [
    {
      text: route.label,
      at,
      right: axes.right,
      up: axes.up,
      size: EDGE_SIZE,
      weight: 600,
      align: 'centre',
      maxWidth: width - 0.1,
      color: TEXT,
      fade: 16,
      anchor,
    },
  ];
}
