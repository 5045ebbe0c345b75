/**
 * One stream of server-sent events. The browser goes on by itself after a cut; where it gives
 * up (a server that answers with an error, as one does that was started anew) we ask again.
 */
import { retryDelay } from './connection';

/** What is used of the browser's EventSource. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

/** `EventSource.CLOSED`: the browser has given up. */
const CLOSED = 2;

export interface Listener<T> {
  /** The stream has begun, for the first time or once more. */
  readonly opened: () => void;
  readonly message: (message: T) => void;
}

export class EventStream<T> {
  private source: Source | null = null;
  private wanted = false;
  private hidden = false;
  private retries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `name`: the type of the events that are listened to; their data is JSON. */
  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly listener: Listener<T>,
    private readonly make: (url: string) => Source = (at) => new EventSource(at),
  ) {}

  /** Listens from now on. */
  start(): void {
    this.wanted = true;
    this.keep();
  }

  /** Lets go of the connection while nobody looks at the page: browsers have few for one server. */
  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.keep();
  }

  private keep(): void {
    if (!this.wanted || this.hidden) this.close();
    else if (this.source === null) this.open();
  }

  private open(): void {
    clearTimeout(this.timer);
    const source = this.make(this.url);
    this.source = source;
    source.addEventListener('open', () => {
      this.retries = 0;
      this.listener.opened();
    });
    source.addEventListener(this.name, ({ data }) => {
      this.listener.message(JSON.parse(data) as T);
    });
    source.addEventListener('error', () => {
      if (source.readyState === CLOSED && source === this.source) this.again();
    });
  }

  private again(): void {
    this.close();
    this.timer = setTimeout(() => { this.keep(); }, retryDelay(this.retries));
    this.retries += 1;
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
