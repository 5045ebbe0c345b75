/** What a visitor wants otherwise, as signals; the browser remembers what differs from the default. */
import { effect, signal, type Signal } from '@preact/signals-core';

import { forget, remember, remembered } from './storage';

/** All of them, as they are on a first visit. */
const DEFAULTS = {
  /** How one gets about in the headset. */
  moving: 'teleport' as 'teleport' | 'smooth',
  turning: 'snap' as 'snap' | 'smooth',
  /** One snap, in degrees. */
  snapDegrees: 30,
  /** Whether the stick of smooth movement flies where its hand points, upwards too. */
  flying: false,
  /** How much of the view's rim darkens while one moves smoothly. */
  vignette: 'light' as 'off' | 'light' | 'strong',
  /** Seated, one's eyes are raised to those of somebody who stands. */
  posture: 'standing' as 'standing' | 'seated',
  /** Added to the height of the eyes, in m. */
  height: 0,
  /** Which hand holds the tool. */
  hand: 'right' as 'right' | 'left',
  /** How large the halls are beside the visitor: 0.5 is half their size. */
  scale: 1,
  labels: true,
  histograms: true,
  /** Of feature maps; `safe` can be told apart with every kind of colour vision. */
  colors: 'paper' as 'paper' | 'safe',
};

/** Of the height that is added, in m: somebody who sits low may want to look over panels. */
export const HEIGHTS = { least: -0.5, most: 1.5, step: 0.05 } as const;
/** Of one snap, in degrees. */
export const SNAPS = [15, 30, 45, 60, 90] as const;

/** Of the halls beside the visitor: a quarter to four times as large. */
export const SIZES = { name: 'Size of halls', least: 0.25, most: 4 } as const;

/** How large something is beside what it is else, in words. */
export function sizeText(size: number): string {
  return `\u00d7 ${Number(size.toPrecision(2))}`;
}

/** The height that is added, in words. */
export function heightText(metres: number): string {
  const centimetres = Math.round(metres * 100);
  if (centimetres === 0) return 'as you are';
  return `${centimetres > 0 ? '+' : '\u2212'}${Math.abs(centimetres)} cm`;
}

export type Preference = keyof typeof DEFAULTS;
type Values = typeof DEFAULTS;

export type Preferences = { readonly [name in Preference]: Signal<Values[name]> };

/** Begins with what is remembered, and remembers from now on. */
export function makePreferences(): Preferences {
  const names = Object.keys(DEFAULTS) as Preference[];
  const signals = names.map((name) => [name, keptSignal(name)] as const);
  return Object.fromEntries(signals) as unknown as Preferences;
}

export function resetPreferences(preferences: Preferences): void {
  for (const name of Object.keys(DEFAULTS) as Preference[]) {
    (preferences[name] as Signal<unknown>).value = DEFAULTS[name];
  }
}

function keptSignal(name: Preference): Signal<unknown> {
  const kept = signal<unknown>(readAs(remembered(name), DEFAULTS[name]));
  effect(() => {
    if (kept.value === DEFAULTS[name]) forget(name);
    else remember(name, String(kept.value));
  });
  return kept;
}

/** What was written, in the default's type; the default where it cannot be read so. */
function readAs(text: string | null, fallback: Values[Preference]): Values[Preference] {
  if (text === null) return fallback;
  if (typeof fallback === 'boolean') return text === 'true';
  if (typeof fallback === 'number') return Number.isFinite(Number(text)) ? Number(text) : fallback;
  return text as Values[Preference];
}
