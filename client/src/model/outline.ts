/** The blocks of a network as a tree, and which of them are closed: pure functions. */
import type { Block, Hall, Layer } from '../net/types';

/** A block as the outline shows it. */
export interface OutlineBlock {
  readonly id: string;
  /** The last part of the module's path. */
  readonly name: string;
  readonly path: string;
  /** The module's class. */
  readonly label: string;
  /** Number of layers in it, with nothing collapsed. */
  readonly layers: number;
  /** How many blocks of its class stand in a row with it, and its place there from 0. */
  readonly repeats: number;
  readonly repetition: number;
  /** Levels of blocks around it. */
  readonly level: number;
  readonly children: readonly OutlineBlock[];
}

/** Returns the outermost blocks, with what they hold. */
export function outlineOf(hall: Pick<Hall, 'graph' | 'layers_in'>): OutlineBlock[] {
  const inside = new Map<string | null, Block[]>();
  for (const block of hall.graph.blocks) {
    inside.set(block.parent, [...(inside.get(block.parent) ?? []), block]);
  }
  const within = (parent: string | null, level: number): OutlineBlock[] =>
    (inside.get(parent) ?? []).map(({ id, path, label, repeats, repetition }) => ({
      id,
      path,
      name: path.slice(path.lastIndexOf('.') + 1),
      label,
      layers: hall.layers_in[id] ?? 0,
      repeats,
      repetition,
      level,
      children: within(id, level + 1),
    }));
  return within(null, 0);
}

/** Returns all blocks of a tree, outer before inner. */
export function flat(blocks: readonly OutlineBlock[]): OutlineBlock[] {
  return blocks.flatMap((block) => [block, ...flat(block.children)]);
}

/** Whether there is something to collapse: a block of one layer is that layer. */
export function collapses(block: Pick<OutlineBlock, 'layers'>): boolean {
  return block.layers > 1;
}

/** Returns the ids of the closed blocks that lie in no other closed one. */
export function outermost(blocks: readonly OutlineBlock[], closed: ReadonlySet<string>): string[] {
  return blocks.flatMap((block) =>
    closed.has(block.id) && collapses(block) ? [block.id] : outermost(block.children, closed),
  );
}

/** Returns the ids of the blocks that are closed where so many levels are open. */
export function closedAt(blocks: readonly OutlineBlock[], depth: number): Set<string> {
  const deep = flat(blocks).filter((block) => block.level >= depth && collapses(block));
  return new Set(deep.map(({ id }) => id));
}

/** Returns the block and those inside that are nothing but its own layers, from the outside in. */
export function sameLayers(block: OutlineBlock): string[] {
  const same = block.children.find(({ layers }) => layers === block.layers);
  return [block.id, ...(same === undefined ? [] : sameLayers(same))];
}

/** Returns how many levels of blocks there are to open. */
export function depthOf(blocks: readonly OutlineBlock[]): number {
  return Math.max(0, ...flat(blocks).filter(collapses).map(({ level }) => level + 1));
}

/** Returns which depth shows just these blocks collapsed; null when none does. */
export function depthShown(blocks: readonly OutlineBlock[], collapsed: readonly string[]): number | null {
  const shown = [...collapsed].sort().join('\n');
  const levels = depthOf(blocks);
  for (let depth = 0; depth <= levels; depth += 1) {
    if (outermost(blocks, closedAt(blocks, depth)).sort().join('\n') === shown) return depth;
  }
  return null;
}

/** Returns the blocks around a layer, from the inside out. */
export function blocksAround(hall: Pick<Hall, 'graph'>, { block }: Pick<Layer, 'block'>): string[] {
  const parents = new Map(hall.graph.blocks.map(({ id, parent }) => [id, parent]));
  const around: string[] = [];
  for (let at = block; at !== null; at = parents.get(at) ?? null) around.push(at);
  return around;
}

/** Returns the innermost block around a layer that can be collapsed; null when there is none. */
export function blockAround(hall: Hall, layer: Layer): string | null {
  return blocksAround(hall, layer).find((block) => (hall.layers_in[block] ?? 0) > 1) ?? null;
}

/** Returns the collapsed block in which a layer lies; null when there is none. */
export function closedAround(hall: Hall, layer: Layer): string | null {
  return blocksAround(hall, layer).find((block) => hall.collapsed.includes(block)) ?? null;
}

/** Returns the layer where a block begins, as it stands in the hall; null where it does not. */
export function entranceOf(hall: Hall, block: string): string | null {
  const parents = new Map(hall.graph.blocks.map(({ id, parent }) => [id, parent]));
  const isInside = (at: string | null): boolean =>
    at !== null && (at === block || isInside(parents.get(at) ?? null));
  const { layers } = hall.graph;
  const found = layers.find((layer) => layer.collapsed === block || isInside(layer.block));
  return found?.id ?? null;
}
