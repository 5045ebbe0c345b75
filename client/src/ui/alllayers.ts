/** Pictures of all layers that stand in the hall: first how long that takes, then, if wanted, them. */
import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import type { NetworkState } from '../model/networkstate';
import type { Choices } from '../model/visualizations';
import { formatDuration } from '../model/visualizationtext';
import type { VisualizationEstimate } from '../net/types';
import type { Confirmation } from './confirmation';

export class AllLayers {
  constructor(
    private readonly actions: Actions,
    private readonly confirmation: Confirmation,
  ) {}

  /** Asks whether they shall be made as chosen, in all channels, and has them made. */
  async ask(network: NetworkState, choices: Omit<Choices, 'anew'>): Promise<void> {
    const layers = layersOf(network);
    const estimate = this.actions.visualizations.estimate(network, layers, choices);
    const yes = await this.confirmation.ask({
      title: `Pictures of all ${formatCount(layers.length)} layers?`,
      text: estimate.then((found) => found && estimateText(found, choices.steps)),
      yes: 'Make them all',
    });
    if (!yes) return;
    const all = { ...choices, channels: null, anew: false };
    await this.actions.visualizations.askAll(network, layers, all);
  }
}

/** The input is the image itself. */
function layersOf(network: NetworkState): string[] {
  const layers = network.hall.peek()?.graph.layers ?? [];
  return layers.filter(({ kind }) => kind !== 'input').map(({ id }) => id);
}

/** `steps`: how many are chosen; null for as many as usual. */
export function estimateText({ total, channels, cached }: VisualizationEstimate, steps: number | null): string {
  const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const there = sum(cached);
  const known = there === 0 ? '' : ` ${formatCount(there)} of them are there already.`;
  const how = steps === null ? 'as many steps as usual' : `${formatCount(steps)} steps each`;
  return (
    `That is ${formatCount(sum(channels))} channels.${known} With ${how} that takes this computer ` +
    `about ${formatDuration(total)}, by an estimate. They are made one layer after the other; you can walk on meanwhile, ` +
    'pause, and cancel at any time.'
  );
}
