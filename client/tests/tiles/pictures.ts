/** A visualization made up for tests. */
import type { Visualization } from '../../src/net/types';

export function jobOf(more: Partial<Visualization> = {}): Visualization {
  return {
    id: 'job',
    network: 'made-up',
    layer: 'a',
    mode: 'natural',
    steps: 64,
    seed: 0,
    start: null,
    state: 'running',
    problem: null,
    channels: 10,
    done: [],
    before_activation: [],
    dead: [],
    forming: [],
    waiting: 0,
    step: 0,
    revision: 0,
    seconds_left: null,
    ...more,
  };
}
