/** How a session in the headset is asked for, and what one does while its wearer is elsewhere. */
import type { WebGLRenderer } from 'three';

type WebXRManager = WebGLRenderer['xr'];

/** In Hz: what every headset can keep up, so that a heavy hall does not stutter. */
const FRAME_RATE = 72;
/** How much coarser the rim of the view is drawn; more than 0.6 is seen on writing. */
const FOVEATION = 0.5;
const INIT: XRSessionInit = {
  requiredFeatures: ['local-floor'],
  optionalFeatures: ['hand-tracking', 'layers'],
};

/** Puts the visitor into the headset; rejects with what stands in the way. */
export async function startSession(manager: WebXRManager): Promise<void> {
  if (navigator.xr === undefined) throw new Error('this browser has no WebXR.');
  const session = await navigator.xr.requestSession('immersive-vr', INIT);
  manager.setFoveation(FOVEATION);
  await manager.setSession(session);
  await setFrameRate(session);
}

/** Why VR cannot be entered where WebXR finds no headset; `protocol`: of the page's address. */
export function noHeadsetText(protocol: string): string {
  // What https serves other machines reach, too; else nobody but this one may be let in.
  const elsewhere =
    protocol === 'https:'
      ? 'Open this walk in the headset’s own browser, at the address that the terminal prints'
      : 'Start the walk with --lan, as in “cnnwalk demo --lan”, and open what it prints in the headset’s browser';
  return `No VR headset was found. ${elsewhere}, or connect a headset and reload the page.`;
}

/** The nearest to `wanted` of what a headset offers; null where it offers no choice. */
export function nearestRate(offered: Iterable<number> | undefined, wanted: number): number | null {
  let found: number | null = null;
  for (const rate of offered ?? []) {
    if (found === null || Math.abs(rate - wanted) < Math.abs(found - wanted)) found = rate;
  }
  return found;
}

async function setFrameRate(session: XRSession): Promise<void> {
  const rate = nearestRate(session.supportedFrameRates, FRAME_RATE);
  if (rate === null || rate === session.frameRate) return;
  try {
    await session.updateTargetFrameRate(rate);
  } catch {
    // It stays at its own rate, which is no harm.
  }
}

/** Tells whether a session's wearer has it before their eyes: not while the headset is off. */
export function followWearer(manager: WebXRManager, attend: (hidden: boolean) => void): void {
  let session: XRSession | null = null;
  const look = (): void => {
    attend(session?.visibilityState === 'hidden');
  };
  manager.addEventListener('sessionstart', () => {
    session = manager.getSession();
    session?.addEventListener('visibilitychange', look);
  });
  manager.addEventListener('sessionend', () => {
    session?.removeEventListener('visibilitychange', look);
    session = null;
    look();
  });
}
