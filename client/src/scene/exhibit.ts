/** How a layer is shown: the maps, the header over them, the plate with figures on the left. */
import { Vector3 } from 'three';

import type { Hall, InputFrame, Layer, Panel, Route, Sign } from '../net/types';
import { HALL } from './moves';
import { at, axesOf, placeOf, UP, type Axes, type Place } from './place';

/** The dark rim around the maps, in m. */
export const MARGIN = 0.045;
/** Over the maps, for the name; the layout keeps 0.45 m free. */
export const HEADER = 0.43;

/** The plate to the left; the layout keeps 1.1 m free. */
export const PLATE_WIDTH = 0.86;
export const PLATE_MARGIN = 0.05;
export const SECTION_HEIGHT = 0.86;
const PLATE_GAP = 0.13;
const PLATE_HIGHEST = 3.05;
const PLATE_LOWEST = 0.46;

/** The button that turns a panel, a tab on its upper edge; narrower on a narrow panel. */
export const BUTTON_HEIGHT = 0.33;
const BUTTON_WIDTH = 1.06;
const BUTTON_GAP = 0.02;

export interface Exhibit {
  /** Where the layout has it; what is laid out at it counts from there. */
  readonly layout: Place;
  /** Where it stands now; see `Moves`. */
  readonly place: Place;
  /** What moves all that is at it. */
  readonly anchor: number;
  readonly header: number;
  /** Whether the panel can be turned to feature visualizations. */
  readonly turns: boolean;
  /** What the plate tells of: activations, and weights where there are some; 0: no plate. */
  readonly sections: number;
}

/** A panel's, which stands as the layout has it for now. */
export function exhibitOf(panel: Panel, layer: Layer, anchor: number): Exhibit {
  const turns = layer.kind !== 'input' && !layer.shape.includes(0);
  const sections = layer.weights.length > 0 ? 2 : 1;
  return { layout: placeOf(panel), place: placeOf(panel), anchor, header: HEADER, turns, sections };
}

/** Those of a hall by layer id; a panel's anchor is its number in the arrangement, from 1 on. */
export function exhibitsOf({ graph, arrangement }: Hall): Map<string, Exhibit> {
  const layers = new Map(graph.layers.map((layer) => [layer.id, layer]));
  return new Map(
    arrangement.panels.flatMap((panel, index) => {
      const layer = layers.get(panel.layer);
      return layer === undefined ? [] : [[panel.layer, exhibitOf(panel, layer, index + 1)]];
    }),
  );
}

/** The input frame's canvas stands like a panel, without a header and a plate. */
export function frameExhibit(frame: InputFrame, border: number): Exhibit {
  const height = frame.height + 2 * border;
  const place: Place = {
    layer: '',
    centre: new Vector3(frame.x, frame.y, frame.z),
    ...axesOf(0),
    width: frame.width + 2 * border - 2 * MARGIN,
    height: height - 2 * MARGIN,
    bottom: frame.y - height / 2 + MARGIN,
    top: frame.y + height / 2 - MARGIN,
  };
  return { layout: place, place, anchor: HALL, header: 0, turns: false, sections: 0 };
}

/** How high over the floor a point of the layout is now. */
export function heightNow({ layout, place }: Exhibit, height: number): number {
  return place.centre.y + (place.width / layout.width) * (height - layout.centre.y);
}

/** Height of the plate's upper edge over the floor: level with the panel's where that fits. */
export function plateTop({ layout, sections }: Exhibit): number {
  const lowest = PLATE_LOWEST + sections * SECTION_HEIGHT;
  return Math.min(Math.max(layout.top, lowest), Math.max(PLATE_HIGHEST, lowest));
}

export function buttonWidth({ layout }: Exhibit): number {
  return Math.min(BUTTON_WIDTH, layout.width + 2 * MARGIN);
}

/** A point on the button: m from its left edge, and over its lower one. */
export function onButton({ layout, header }: Exhibit, right: number, up: number): Vector3 {
  return at(layout, -layout.width / 2 - MARGIN + right, layout.height / 2 + header + MARGIN + BUTTON_GAP + up, 0);
}

/** A point on the plate: m from its left edge, and over the floor. */
export function onPlate({ layout }: Exhibit, right: number, height: number): Vector3 {
  const left = -layout.width / 2 - PLATE_GAP - PLATE_WIDTH;
  return at(layout, left + right, height - layout.centre.y, 0);
}

/** The marker where a block begins: a slender post with a small board, in m. */
export const SIGN_TOP = 1.62;
export const SIGN_HEIGHT = 0.34;
export const SIGN_WIDTH = 0.92;

/** A point on a sign: m to the right of its post, over the floor, and out of its face. */
export function signPoint(sign: Sign, right: number, height: number, out: number): Vector3 {
  const axes = axesOf(sign.yaw);
  const foot = new Vector3(sign.x, height, sign.z);
  return foot.addScaledVector(axes.right, right).addScaledVector(axes.normal, out);
}

/** The plate on which an edge's label is written: low over the floor, tilted to who comes. */
const LABEL_HEIGHT = 0.21;
const LABEL_TILT = 1.05;
const LABEL_DEPTH = 0.26;
/** The layout keeps this much free for each letter, in m. */
const LETTER_WIDTH = 0.1;

export interface LabelPlate {
  readonly axes: Axes & { readonly up: Vector3 };
  readonly centre: Vector3;
  readonly width: number;
  readonly height: number;
}

export function labelPlate(route: Route, label: string): LabelPlate {
  const { right, normal } = axesOf(route.label_yaw);
  const sin = Math.sin(LABEL_TILT);
  const cos = Math.cos(LABEL_TILT);
  const [x, z] = route.label_at;
  return {
    axes: {
      right,
      up: UP.clone().multiplyScalar(sin).addScaledVector(normal, -cos),
      normal: normal.clone().multiplyScalar(sin).addScaledVector(UP, cos),
    },
    centre: new Vector3(x, LABEL_HEIGHT, z),
    width: (label.length + 2) * LETTER_WIDTH,
    height: LABEL_DEPTH,
  };
}
