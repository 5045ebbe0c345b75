/** Which panels show pictures, kept over a reload of the page for as long as its tab is open. */
import { effect } from '@preact/signals-core';

import type { LayerRef, State } from '../model/state';

const KEY = 'cnnwalk.turned';

/** The layers whose panels showed pictures when the page was left. */
export function turnedBefore(): LayerRef[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isLayer) : [];
  } catch {
    // Storage is off, or somebody else wrote there.
    return [];
  }
}

/** Notes from now on which panels show pictures; before the networks are there it is not known. */
export function rememberTurned(state: State): void {
  effect(() => {
    const networks = state.networks.value;
    if (networks.length === 0) return;
    const turned = networks.flatMap(({ id, turned }) => [...turned.value].map((layer) => ({ network: id, layer })));
    try {
      sessionStorage.setItem(KEY, JSON.stringify(turned));
    } catch {
      // Storage is off or full: the panels are turned once more by hand.
    }
  });
}

function isLayer(kept: unknown): kept is LayerRef {
  const { network, layer } = (kept ?? {}) as Partial<LayerRef>;
  return typeof network === 'string' && typeof layer === 'string';
}
