/** Halls made up for tests, and numbers that look random but are the same every time. */
import type { Hall, Layer, Panel } from '../../src/net/types';

export interface MadeLayer {
  readonly id: string;
  readonly shape: number[];
  readonly columns?: number;
  readonly panel?: Partial<Panel>;
}

/** A hall with these layers one behind the other, 2 m apart, on panels of 0.1 m cells. */
export function hallOf(layers: readonly MadeLayer[]): Hall {
  return {
    network: 'made-up',
    graph: {
      name: 'made-up',
      granularity: 'layers',
      inputs: [],
      outputs: [],
      layers: layers.map(layerOf),
      edges: [],
      blocks: [],
      warnings: [],
      marks: [],
      schema_version: 1,
    },
    arrangement: {
      panels: layers.map(panelOf),
      routes: [],
      signs: [],
      input_frame: { x: 0, y: 1, z: 2, width: 1, height: 1 },
      bounds: { min_x: -3, max_x: 3, min_z: -2 * layers.length, max_z: 2 },
    },
    collapsed: [],
    layers_in: {},
    course: 'straight',
  };
}

function layerOf({ id, shape }: MadeLayer): Layer {
  return {
    id,
    kind: 'conv',
    label: id,
    path: id,
    shape,
    block: null,
    parameters: 0,
    absorbed: [],
    weights: [],
    probe: { op: 0, output: 0 },
    position: null,
    collapsed: null,
  };
}

function panelOf(layer: MadeLayer, index: number): Panel {
  const channels = layer.shape.length === 2 ? 1 : (layer.shape[0] ?? 1);
  const columns = layer.columns ?? Math.ceil(Math.sqrt(channels));
  return {
    layer: layer.id,
    x: 0,
    y: 1.5,
    z: -2 * index,
    yaw: 0,
    columns,
    rows: Math.ceil(channels / columns),
    cell_width: 0.1,
    cell_height: 0.1,
    ...layer.panel,
  };
}

/** Numbers in 0..1, by the generator mulberry32 (public domain). */
export function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
