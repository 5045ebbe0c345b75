/** Messages for people, and what to do when a request fails. */
import { ApiError, ConnectionError } from '../net/api';
import type { Connection, Notice, State } from './state';

const KEPT = 4;

/** What there is to say of the connection as long as it is so; empty where that is nothing. */
export const CONNECTION_TEXTS: Readonly<Record<Connection, string>> = {
  online: '',
  lost: 'The server does not answer. The page waits for it and goes on by itself.',
  refused:
    'The server was restarted with a new link. Open the link that it printed in the terminal; this page then goes on by itself.',
};

export class Notices {
  /** Told when a request found the server gone or refusing; the connection looks after it. */
  onTrouble: () => void = () => undefined;
  private count = 0;

  constructor(private readonly state: State) {}

  tell(tone: Notice['tone'], text: string): void {
    this.count += 1;
    const others = this.state.notices.peek().filter((notice) => notice.text !== text);
    this.state.notices.value = [...others.slice(1 - KEPT), { id: this.count, tone, text }];
  }

  dismiss(notice: number): void {
    this.state.notices.value = this.state.notices.peek().filter((one) => one.id !== notice);
  }

  /** Does the work; tells when it fails, and resolves to whether it did not. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.tell('error', messageOf(error));
      this.look(error);
      return false;
    }
  }

  /** Has the connection looked after where the error may come from it. */
  look(error: unknown): void {
    const refused = error instanceof ApiError && error.status === 401;
    if (refused || error instanceof ConnectionError) this.onTrouble();
  }
}

/** The sentence of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
