/**
 * Watches whether the server is there. When it went away the page says so, asks again and
 * again, and goes on when it is back: with the same server as if nothing had been, with one
 * that was started anew after bringing it what it has forgotten.
 */
import type { State } from '../model/state';
import { ApiError } from './api';

export const HEARTBEAT_MS = 5000;
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 5000;

/** What the connection needs from the page around it. */
export interface Surroundings {
  /** The server's instance; raises as `Api` does. */
  readonly health: () => Promise<string>;
  /** Brings a new server up to date; false when this page cannot go on with it. */
  readonly resume: () => Promise<boolean>;
  /** Starts the passes anew that have failed. */
  readonly again: () => void;
  readonly reloadPage: () => void;
}

/** Waiting time before the n-th retry, n from 0: doubles up to a limit. */
export function retryDelay(retry: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retry);
}

export class Connection {
  private retries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private stopped = false;

  constructor(
    private readonly state: State,
    private readonly around: Surroundings,
  ) {}

  start(): void {
    this.stopped = false;
    this.later(HEARTBEAT_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Asks now, because a request just failed. */
  check(): void {
    this.later(0);
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.ask(), milliseconds);
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      await this.welcome(await this.around.health());
      this.retries = 0;
      this.later(HEARTBEAT_MS);
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      this.state.connection.value = refused ? 'refused' : 'lost';
      this.later(retryDelay(this.retries));
      this.retries += 1;
    } finally {
      this.asking = false;
    }
  }

  private async welcome(instance: string): Promise<void> {
    const known = this.state.walk.peek()?.instance;
    const wasOnline = this.state.connection.peek() === 'online';
    if (wasOnline && instance === known) return;
    if (this.state.arrival.peek().stage === 'failed') {
      this.around.reloadPage();
      return;
    }
    if (known === undefined) return;
    if (instance !== known && !(await this.around.resume())) {
      this.around.reloadPage();
      return;
    }
    this.state.connection.value = 'online';
    this.around.again();
  }
}
