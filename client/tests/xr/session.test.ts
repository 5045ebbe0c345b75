import { afterEach, describe, expect, it, vi } from 'vitest';

import { nearestRate, noHeadsetText, startSession } from '../../src/xr/session';

describe('what is said where no headset is found', () => {
  it('leads to a secure address, and from one of these to the headset’s own browser', () => {
    expect(noHeadsetText('http:')).toContain('--lan');
    expect(noHeadsetText('https:')).not.toContain('--lan');
    expect(noHeadsetText('https:')).toContain('headset’s own browser');
  });
});

describe('nearestRate', () => {
  it('is what is wanted where the headset has it', () => {
    expect(nearestRate(Float32Array.of(72, 80, 90, 120), 72)).toBe(72);
  });

  it('is the nearest one where it has not', () => {
    expect(nearestRate([60, 90, 120], 72)).toBe(60);
    expect(nearestRate([120, 90], 72)).toBe(90);
  });

  it('is none where the headset offers no choice', () => {
    expect(nearestRate(undefined, 72)).toBeNull();
    expect(nearestRate([], 72)).toBeNull();
  });
});

describe('startSession', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function start(session: object): { done: Promise<void>; happened: [string, unknown][] } {
    const happened: [string, unknown][] = [];
    const requestSession = (mode: string): Promise<object> => {
      happened.push(['request', mode]);
      return Promise.resolve(session);
    };
    vi.stubGlobal('navigator', { xr: { requestSession } });
    const manager = {
      setFoveation: (share: number) => happened.push(['foveation', share]),
      setSession: (begun: object) => Promise.resolve(happened.push(['session', begun])),
    };
    return { done: startSession(manager as unknown as Parameters<typeof startSession>[0]), happened };
  }

  it('asks for 72 Hz, and for a rim that is a little coarser', async () => {
    const rates: number[] = [];
    const updateTargetFrameRate = (rate: number): Promise<void> => Promise.resolve(void rates.push(rate));
    const session = { supportedFrameRates: Float32Array.of(72, 90, 120), frameRate: 90, updateTargetFrameRate };
    const { done, happened } = start(session);
    await done;
    expect(happened.map(([what]) => what)).toEqual(['request', 'foveation', 'session']);
    expect(happened[0]).toEqual(['request', 'immersive-vr']);
    expect(happened[1]?.[1]).toBeGreaterThanOrEqual(0.3);
    expect(happened[1]?.[1]).toBeLessThanOrEqual(0.6);
    expect(happened[2]).toEqual(['session', session]);
    expect(rates).toEqual([72]);
  });

  it('goes on where the headset keeps its own rate', async () => {
    const refused = { supportedFrameRates: [72, 90], frameRate: 90, updateTargetFrameRate: () => Promise.reject(new Error('no')) };
    await expect(start(refused).done).resolves.toBeUndefined();
    await expect(start({ frameRate: 90 }).done).resolves.toBeUndefined();
  });
});
