/** How far a feature visualization is, and what one may choose of it, in words. */
import type { Visualization } from '../net/types';
import { formatCount } from './format';

/** What tells how far a job is. */
export type Counted = Pick<
  Visualization,
  'state' | 'problem' | 'channels' | 'done' | 'dead' | 'forming' | 'waiting' | 'step' | 'steps' | 'seconds_left'
>;

/** How many channels were asked for. */
export function wantedOf({ done, forming, waiting }: Counted): number {
  return done.length + forming.length + waiting;
}

/** How much of what was asked for is done: 0..1. */
export function shareOf(job: Counted): number {
  const formed = job.forming.length * (job.step / job.steps);
  return (job.done.length + formed) / Math.max(1, wantedOf(job));
}

/** One line on how a job stands. */
export function progressText(job: Counted): string {
  const wanted = formatCount(wantedOf(job));
  const done = formatCount(job.done.length);
  if (job.state === 'failed') return job.problem ?? 'It failed.';
  if (job.state === 'done') return pictures(job);
  if (job.state === 'cancelled') return `Stopped. ${pictures(job)}`;
  if (job.state === 'paused') return `Paused at ${done} of ${wanted}`;
  if (job.state === 'waiting') return `${done} of ${wanted} · waits for its turn`;
  const step = job.forming.length === 0 ? '' : ` · step ${job.step} of ${job.steps}`;
  const left = job.seconds_left === null ? '' : ` · ${formatDuration(job.seconds_left)} left`;
  return `${done} of ${wanted}${step}${left}`;
}

function pictures({ channels, done, dead }: Counted): string {
  const count = done.length - dead.length;
  const all = done.length < channels ? ` of ${formatCount(channels)} channels` : '';
  const made = `${formatCount(count)} ${count === 1 ? 'picture' : 'pictures'}${all}`;
  return dead.length === 0 ? made : `${made}, ${formatCount(dead.length)} silent`;
}

/** How a job's pictures are made, in one line. */
export function madeText({ mode, steps, seed, start }: Visualization): string {
  return `${mode} · ${steps} steps · seed ${seed} · from ${start === null ? 'noise' : 'an image'}`;
}

/** Seconds as people say them; more than they can be known is left out. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.round(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/**
 * Returns the channels that a text such as "0-7, 12" names; null for all of them.
 *
 * `names`: what the channels are called, as classes are: then also "goldfish, 5-8". A piece of
 * names stands for every channel in whose name it begins a word.
 *
 * @throws Error with a sentence where it names none, or one that the layer does not have.
 */
export function readChannels(text: string, count: number, names: readonly string[] | null = null): number[] | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || wanted === 'all') return null;
  const separator = names === null ? /[\s,]+/ : /,/;
  const parts = wanted.split(separator).map((part) => part.trim()).filter(Boolean);
  const channels = parts.flatMap((part) => readNamed(part, names) ?? readRanges(part, count, names !== null));
  return [...new Set(channels)].sort((a, b) => a - b);
}

/** Returns the channels of which this is the name, or else a piece of it; null where there is none. */
function readNamed(part: string, names: readonly string[] | null): number[] | null {
  if (names === null || !/\p{L}/u.test(part)) return null;
  const known = names.map((name) => name.toLowerCase());
  const which = (fits: (name: string) => boolean): number[] => known.flatMap((name, at) => (fits(name) ? [at] : []));
  const same = which((name) => name.split(/,\s*/).includes(part));
  const found = same.length > 0 ? same : which((name) => ` ${name.replace(/[^\p{L}\p{N}]+/gu, ' ')}`.includes(` ${part}`));
  return found.length > 0 ? found : null;
}

function readRanges(part: string, count: number, hasNames: boolean): number[] {
  // With names, blanks do not part what the commas part: only a row of numbers is parted by them.
  const pieces = /^[\d\s-]+$/.test(part) ? part.split(/\s+/) : [part];
  return pieces.flatMap((piece) => readRange(piece, count, hasNames));
}

function readRange(part: string, count: number, hasNames: boolean): number[] {
  const found = /^(\d+)(?:-(\d+))?$/.exec(part);
  if (found === null) {
    const numbers = hasNames ? 'numbers such as 0-7, 12, or names of classes' : 'numbers such as 0-7, 12';
    throw new Error(`“${part}” names no channels: write all, or ${numbers}.`);
  }
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  if (last < first) throw new Error(`“${part}” runs backwards: write ${last}-${first}.`);
  if (last >= count) throw new Error(`The layer has channels 0 to ${count - 1}, there is no ${last}.`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Returns a whole number; throws an Error with a sentence where the text is none from `least` on. */
export function readNumber(text: string, name: string, least: number): number {
  const wanted = text.trim();
  if (/^\d{1,10}$/.test(wanted) && Number(wanted) >= least) return Number(wanted);
  throw new Error(`${name}: “${wanted}” is not a whole number from ${least} on.`);
}
