/** The jobs that the server told of; each layer shows the newest of its own. */
import type { Visualization } from '../net/types';
import type { Notices } from './notices';
import type { State } from './state';

interface Known {
  readonly job: Visualization;
  /** Larger is newer: in the order in which they came up, or were asked for once more. */
  readonly turn: number;
}

export class VisualizationJobs {
  private readonly known = new Map<string, Known>();
  private turns = 0;

  constructor(
    private readonly state: State,
    private readonly notices: Notices,
  ) {}

  get any(): boolean {
    return this.known.size > 0;
  }

  /** Notes how a job stands now. */
  take(job: Visualization): void {
    const before = this.known.get(job.id);
    this.put(job, before?.turn ?? this.next());
    if (before !== undefined && before.job.state !== 'failed' && job.state === 'failed') {
      this.notices.tell('error', job.problem ?? `The feature visualization of ${job.layer} failed.`);
    }
  }

  /**
   * The job was asked for now: it is its layer's newest. What the events have told of it
   * meanwhile is newer than the answer to the request.
   */
  prefer(job: Visualization): void {
    this.put(this.known.get(job.id)?.job ?? job, this.next());
  }

  forget(id: string): void {
    const job = this.known.get(id)?.job;
    this.known.delete(id);
    if (job !== undefined) this.show(job.network, job.layer);
  }

  /** Takes the jobs that are new here, and forgets those that are not among these. */
  keepOnly(jobs: readonly Visualization[]): void {
    const ids = new Set(jobs.map(({ id }) => id));
    for (const id of [...this.known.keys()]) if (!ids.has(id)) this.forget(id);
    for (const job of jobs) if (!this.known.has(job.id)) this.take(job);
  }

  private put(job: Visualization, turn: number): void {
    this.known.set(job.id, { job, turn });
    this.show(job.network, job.layer);
  }

  private next(): number {
    this.turns += 1;
    return this.turns;
  }

  private show(network: string, layer: string): void {
    const shown = this.state.find(network)?.visualizations;
    if (shown === undefined) return;
    const all = [...this.known.values()].filter(({ job }) => job.network === network && job.layer === layer);
    const [newest] = all.sort((a, b) => b.turn - a.turn);
    if (newest?.job === shown.peek().get(layer)) return;
    const jobs = new Map(shown.peek());
    if (newest === undefined) jobs.delete(layer);
    else jobs.set(layer, newest.job);
    shown.value = jobs;
  }
}
