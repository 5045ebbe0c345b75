import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { EventStream, type Source } from '../src/net/events';

/** A source that is told what the browser would tell it. */
class FakeSource implements Source {
  readyState = 0;
  isClosed = false;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(type: string, data = ''): void {
    this.listeners.get(type)?.({ data } as MessageEvent<string>);
  }

  giveUp(): void {
    this.readyState = 2;
    this.tell('error');
  }
}

interface Heard {
  sources: FakeSource[];
  stream: EventStream<{ id: string }>;
  opened: ReturnType<typeof vi.fn>;
  message: ReturnType<typeof vi.fn>;
}

function listening(): Heard {
  const sources: FakeSource[] = [];
  const opened = vi.fn();
  const message = vi.fn();
  const stream = new EventStream<{ id: string }>('events', 'job', { opened, message }, () => {
    const source = new FakeSource();
    sources.push(source);
    return source;
  });
  return { sources, stream, opened, message };
}

describe('the stream of events', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is one, however often it is started, and gives what the events say', () => {
    const { sources, stream, opened, message } = listening();
    expect(sources).toHaveLength(0);
    stream.start();
    stream.start();
    expect(sources).toHaveLength(1);
    sources[0]?.tell('open');
    sources[0]?.tell('job', '{"id":"a"}');
    expect(opened).toHaveBeenCalledOnce();
    expect(message).toHaveBeenCalledWith({ id: 'a' });
  });

  it('leaves it to the browser to go on after a cut, and asks again where that gives up', () => {
    const { sources, stream, opened } = listening();
    stream.start();
    sources[0]?.tell('error');
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    sources[0]?.giveUp();
    expect(sources[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(499);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    sources[1]?.giveUp();
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    sources[2]?.tell('open');
    expect(sources).toHaveLength(3);
    expect(opened).toHaveBeenCalledOnce();
  });

  it('holds no connection while nobody looks', () => {
    const { sources, stream } = listening();
    stream.hide(true);
    stream.start();
    expect(sources).toHaveLength(0);
    stream.hide(false);
    expect(sources).toHaveLength(1);
    stream.hide(true);
    expect(sources[0]?.isClosed).toBe(true);
    stream.hide(false);
    expect(sources).toHaveLength(2);
  });

  it('does not come back by itself after it was hidden', () => {
    const { sources, stream } = listening();
    stream.start();
    sources[0]?.giveUp();
    stream.hide(true);
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});
