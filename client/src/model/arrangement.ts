/**
 * How the panels of one view of a network stand, here and on the server. There is one request at a
 * time; the newest state goes when it has come back. What another visitor did meanwhile is taken
 * over, but for the panels that were moved here.
 */
import { ApiError } from '../net/api';
import type { Placements as Kept } from '../net/types';
import type { Notices } from './notices';
import { isSame, UNMOVED, type Placement } from './placement';

/** By layer id; what is unmoved stands as the layout has it. */
export type Changes = ReadonlyMap<string, Placement>;

/** How an arrangement reaches the server. */
export interface Requests {
  readonly read: () => Promise<Kept>;
  /** Rejects with an `ApiError` of status 409 where the server has another revision. */
  readonly write: (kept: Kept) => Promise<Kept>;
}

const CONFLICT = 409;

export class Arrangement {
  placements: ReadonlyMap<string, Placement> = new Map();
  /** What the server has, and as which revision. */
  private saved: ReadonlyMap<string, Placement> = new Map();
  private revision = 0;
  private arrived: Promise<void> | null = null;
  private saving = false;

  constructor(
    private readonly name: string,
    private readonly requests: Requests,
    private readonly notices: Notices,
    /** Told when the server's state has changed the placements. */
    private readonly onChange: () => void,
  ) {}

  /** Asks the server once; without an answer all stands as the layout has it. */
  async arrive(): Promise<void> {
    this.arrived ??= this.read();
    await this.arrived;
  }

  /** What these changes would change, as it stands before them; null where that is nothing. */
  changed(changes: Changes): Changes | null {
    const before = [...changes.keys()].map((layer) => [layer, this.at(layer)] as const);
    const isNew = before.some(([layer, placement]) => !isSame(placement, changes.get(layer) ?? UNMOVED));
    return isNew ? new Map(before) : null;
  }

  /** Puts panels elsewhere and sends it to the server. */
  change(changes: Changes): void {
    this.placements = withChanges(this.placements, changes);
    void this.save();
  }

  /** Sends what the server does not have. */
  async save(): Promise<void> {
    if (this.saving) return;
    this.saving = true;
    try {
      while (differences(this.saved, this.placements).size > 0) {
        if (!(await this.notices.attempt(() => this.write()))) return;
      }
    } finally {
      this.saving = false;
    }
  }

  private at(layer: string): Placement {
    return this.placements.get(layer) ?? UNMOVED;
  }

  private async read(): Promise<void> {
    const here = differences(this.saved, this.placements);
    const arrived = await this.notices.attempt(async () => {
      this.take(await this.requests.read());
      this.placements = withChanges(this.saved, here);
    });
    if (!arrived) this.arrived = null;
  }

  private async write(): Promise<void> {
    const sent = this.placements;
    try {
      const placements = Object.fromEntries(sent);
      const { revision } = await this.requests.write({ revision: this.revision, placements });
      this.revision = revision;
      this.saved = sent;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== CONFLICT) throw error;
      const here = differences(this.saved, this.placements);
      this.take(await this.requests.read());
      this.placements = withChanges(this.saved, here);
      this.onChange();
      this.notices.tell(
        'info',
        `Panels of ${this.name} were moved elsewhere, too, in another window: they stand as they were put there, but for those that you moved.`,
      );
    }
  }

  private take({ revision, placements }: Kept): void {
    this.revision = revision;
    this.saved = new Map(Object.entries(placements));
  }
}

/** What leads from one state to the other. */
function differences(from: ReadonlyMap<string, Placement>, to: ReadonlyMap<string, Placement>): Changes {
  const layers = new Set([...from.keys(), ...to.keys()]);
  const pairs = [...layers].map((layer) => [layer, from.get(layer) ?? UNMOVED, to.get(layer) ?? UNMOVED] as const);
  return new Map(pairs.flatMap(([layer, before, after]) => (isSame(before, after) ? [] : [[layer, after]])));
}

function withChanges(placements: ReadonlyMap<string, Placement>, changes: Changes): ReadonlyMap<string, Placement> {
  const all = new Map(placements);
  for (const [layer, placement] of changes) {
    if (isSame(placement, UNMOVED)) all.delete(layer);
    else all.set(layer, placement);
  }
  return all;
}
