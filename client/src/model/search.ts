/** Finding layers by a few typed letters. */
import { formatShape } from './format';
import type { Layer } from '../net/types';
import type { NetworkState } from './networkstate';
import { closedAround } from './outline';

/** A layer and the network that it is of; `within`: the collapsed block that it lies in, null where it stands in the hall. */
export interface LayerOf {
  readonly network: Pick<NetworkState, 'id' | 'name'>;
  readonly layer: Layer;
  readonly within: string | null;
}

/** All layers in the order of execution: as they stand in their halls, and those in collapsed blocks as far as they are known. */
export function layersOf(networks: readonly NetworkState[]): LayerOf[] {
  return networks.flatMap((network) => {
    const hall = network.hall.value;
    if (hall === null) return [];
    const standing = new Map(hall.graph.layers.map((layer) => [layer.id, layer]));
    const known = network.layers.value;
    return (known.length === 0 ? hall.graph.layers : known).map((one) => {
      const layer = standing.get(one.id);
      return layer === undefined ? { network, layer: one, within: closedAround(hall, one) } : { network, layer, within: null };
    });
  });
}

/** A layer as it can be found: `fields` from the most to the least telling. */
interface Entry {
  readonly found: LayerOf;
  readonly fields: readonly string[];
}

const WHOLE = 1000;
const PREFIX = 800;
const WORD_START = 600;
const WITHIN = 400;
const SCATTERED = 300;
const SCATTERED_LEAST = 100;
/** Shorter words are found scattered nearly everywhere. */
const SCATTERED_LETTERS = 3;
/** Every field further down is worth a little less. */
const FIELD_STEP = 10;

export class LayerSearch {
  private readonly entries: readonly Entry[];

  constructor(all: readonly LayerOf[]) {
    const networks = new Set(all.map(({ network }) => network.id));
    this.entries = all.map((found) => {
      const { network, layer } = found;
      const fields = [
        layer.id,
        layer.label,
        layer.kind,
        formatShape(layer.shape),
        layer.shape.join('x'),
        // The only network's name would find everything.
        ...(networks.size > 1 ? [network.name] : []),
      ];
      return { found, fields: fields.map((field) => field.toLowerCase()) };
    });
  }

  /**
   * The layers in which every word of the query is found, the best first; of equals in the
   * order of execution. An empty query finds all.
   */
  find(query: string): LayerOf[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const scored: { found: LayerOf; score: number }[] = [];
    for (const { found, fields } of this.entries) {
      const scores = words.map((word) => bestScore(word, fields));
      if (scores.every((score) => score > 0)) {
        scored.push({ found, score: scores.reduce((sum, score) => sum + score, 0) });
      }
    }
    return scored.sort((a, b) => b.score - a.score).map(({ found }) => found);
  }
}

function bestScore(word: string, fields: readonly string[]): number {
  return Math.max(
    ...fields.map((field, at) => {
      const score = scoreIn(word, field);
      return score === 0 ? 0 : score - at * FIELD_STEP;
    }),
  );
}

function scoreIn(word: string, field: string): number {
  if (field === word) return WHOLE;
  const at = field.indexOf(word);
  if (at === 0) return PREFIX;
  // Numbers are whole words: "block1" is not meant by "block.11".
  if (at > 0) return /[a-z0-9]/.test(field[at - 1] ?? '') ? WITHIN : WORD_START;
  const gaps = word.length < SCATTERED_LETTERS ? null : gapsOf(word, field);
  return gaps === null ? 0 : Math.max(SCATTERED_LEAST, SCATTERED - gaps);
}

/** How many characters lie between the word's letters in their order; null when one lacks. */
function gapsOf(word: string, field: string): number | null {
  let at = -1;
  let gaps = 0;
  for (const letter of word) {
    const next = field.indexOf(letter, at + 1);
    if (next < 0) return null;
    if (at >= 0) gaps += next - at - 1;
    at = next;
  }
  return gaps;
}
