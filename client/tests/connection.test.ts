import { afterEach, beforeEach, describe, expect, it, vi, type Mocked } from 'vitest';

import { State } from '../src/model/state';
import { ApiError, ConnectionError } from '../src/net/api';
import { Connection, HEARTBEAT_MS, retryDelay, type Surroundings } from '../src/net/connection';
import type { WalkInfo } from '../src/net/types';

const WALK: WalkInfo = {
  version: '1',
  instance: 'a',
  networks: [],
  datasets: [],
  first_image: null,
  together: false,
};

function page(): { state: State; around: Mocked<Surroundings>; connection: Connection } {
  const state = new State();
  state.walk.value = WALK;
  state.arrival.value = { stage: 'ready', text: '' };
  const around = {
    health: vi.fn(() => Promise.resolve('a')),
    resume: vi.fn(() => Promise.resolve(true)),
    again: vi.fn(),
    reloadPage: vi.fn(),
  };
  const connection = new Connection(state, around);
  connection.start();
  return { state, around, connection };
}

describe('the connection', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits longer from retry to retry, up to five seconds', () => {
    expect([0, 1, 2, 3, 4, 9].map(retryDelay)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('notices by itself that the server is gone, and goes on with the same one', async () => {
    const { state, around } = page();
    around.health.mockRejectedValueOnce(new ConnectionError());
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(state.connection.value).toBe('lost');
    await vi.advanceTimersByTimeAsync(500);
    expect(state.connection.value).toBe('online');
    expect(around.resume).not.toHaveBeenCalled();
    expect(around.reloadPage).not.toHaveBeenCalled();
  });

  it('starts anew what the loss has cut', async () => {
    const { around, connection } = page();
    around.health.mockRejectedValueOnce(new ConnectionError());
    connection.check();
    await vi.advanceTimersByTimeAsync(600);
    expect(around.again).toHaveBeenCalledOnce();
  });

  it('brings a new server up to date before it is online again', async () => {
    const { state, around, connection } = page();
    around.health.mockRejectedValueOnce(new ConnectionError()).mockResolvedValue('b');
    around.resume.mockImplementation(() => {
      expect(state.connection.value).toBe('lost');
      state.walk.value = { ...WALK, instance: 'b' };
      return Promise.resolve(true);
    });
    connection.check();
    await vi.advanceTimersByTimeAsync(600);
    expect(around.resume).toHaveBeenCalledOnce();
    expect(state.connection.value).toBe('online');
    await vi.advanceTimersByTimeAsync(3 * HEARTBEAT_MS);
    expect(around.resume).toHaveBeenCalledOnce();
  });

  it('starts the page anew when the new server walks another network', async () => {
    const { around, connection } = page();
    around.health.mockResolvedValue('b');
    around.resume.mockResolvedValue(false);
    connection.check();
    await vi.advanceTimersByTimeAsync(0);
    expect(around.reloadPage).toHaveBeenCalledOnce();
  });

  it('says that the server refuses this page, and goes on once it does not', async () => {
    const { state, around, connection } = page();
    around.health.mockRejectedValueOnce(new ApiError(401, 'no token'));
    connection.check();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.connection.value).toBe('refused');
    await vi.advanceTimersByTimeAsync(500);
    expect(state.connection.value).toBe('online');
  });

  it('starts the page anew when it had not even arrived', async () => {
    const { state, around, connection } = page();
    state.arrival.value = { stage: 'failed', text: 'The server does not answer.' };
    state.walk.value = null;
    around.health.mockRejectedValueOnce(new ConnectionError());
    connection.check();
    await vi.advanceTimersByTimeAsync(600);
    expect(around.reloadPage).toHaveBeenCalledOnce();
  });
});
