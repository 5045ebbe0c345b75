/** `?xr=emulate` puts an emulated headset in the place of a real one. */
import type { XRDevice } from 'iwer';

declare global {
  interface Window {
    /** The emulated headset, to move and press from a console or a test. */
    xrDevice?: XRDevice;
  }
}

/** Call before anything asks for `navigator.xr`; does nothing unless the address asks for it. */
export async function installEmulatorIfAsked(): Promise<void> {
  if (new URLSearchParams(location.search).get('xr') !== 'emulate') return;
  const { XRDevice, metaQuest3 } = await import('iwer');
  const device = new XRDevice(metaQuest3, { stereoEnabled: true, fovy: Math.PI / 2 });
  // Without force it keeps away from browsers that have an `xr` of their own, headset or not.
  device.installRuntime({ forceInstall: true });
  window.xrDevice = device;
}
