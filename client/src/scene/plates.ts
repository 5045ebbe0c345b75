/**
 * To the left of each panel: how its activations are distributed in this pass, and its
 * weights. The histograms are all there; the figures under them are written at the panels
 * near the visitor only.
 */
import { Group, Vector3, type Object3D } from 'three';

import { formatCount, formatPercent, formatValue } from '../model/format';
import type { Layer, Statistics } from '../net/types';
import type { Glyphs } from './glyphs';
import { Histograms, type Spot } from './histograms';
import { ALARM, MUTED, TEXT } from './palette';
import { at, UP, type Place } from './place';
import { Text, type Line } from './text';

/** What a histogram is of. */
const SUBJECTS = ['activations', 'weights'] as const;

const WIDTH = 0.88;
const FROM_PANEL = 0.14;
const BARS = 0.36;
const SECTION = 0.88;
const HIGHEST = 2.3;
const LOWEST = 0.42;
const NEAR = 9;
const WRITTEN = 12;
/** The figures are chosen anew after this many m. */
const STRIDE = 0.7;

interface Plate {
  readonly layer: Layer;
  readonly place: Place;
  /** Height of the upper edge of each section over the floor. */
  readonly tops: readonly [number, number];
}

type BySubject = readonly [ReadonlyMap<string, Statistics>, ReadonlyMap<string, Statistics>];

export class Plates {
  readonly object: Object3D = new Group();
  private readonly plates: readonly Plate[];
  private readonly histograms: Histograms;
  private readonly writing: Text;
  private readonly shown: (Statistics | undefined)[] = [];
  private readonly writtenAt = new Vector3(Infinity, 0, 0);
  private statistics: BySubject = [new Map(), new Map()];
  private stale = true;

  constructor(layers: readonly Layer[], places: ReadonlyMap<string, Place>, glyphs: Glyphs) {
    this.plates = layers.flatMap((layer) => {
      const place = places.get(layer.id);
      return place === undefined ? [] : [plateOf(layer, place)];
    });
    this.histograms = new Histograms(this.plates.flatMap(spotsOf));
    this.writing = new Text(glyphs);
    this.object.add(this.histograms.object, this.writing.object);
  }

  /** Shows other statistics, by layer id. */
  set(activations: ReadonlyMap<string, Statistics>, weights: ReadonlyMap<string, Statistics>): void {
    this.statistics = [activations, weights];
    this.plates.forEach(({ layer }, index) => {
      this.statistics.forEach((byLayer, subject) => {
        const slot = 2 * index + subject;
        const statistics = byLayer.get(layer.id);
        if (statistics === this.shown[slot]) return;
        this.shown[slot] = statistics;
        this.histograms.set(slot, statistics ?? null);
        this.stale = true;
      });
    });
  }

  /** Once a frame: writes the figures of the plates near the eye. */
  update(eye: Vector3): void {
    if (!this.stale && this.writtenAt.distanceToSquared(eye) < STRIDE * STRIDE) return;
    this.stale = false;
    this.writtenAt.copy(eye);
    const near = this.plates
      .map((plate) => ({ plate, distance: plate.place.centre.distanceTo(eye) }))
      .filter(({ distance }) => distance < NEAR)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, WRITTEN);
    this.writing.set(near.flatMap(({ plate }) => this.linesOf(plate)));
  }

  dispose(): void {
    this.histograms.dispose();
    this.writing.dispose();
  }

  private linesOf(plate: Plate): Line[] {
    return SUBJECTS.flatMap((subject, index) => {
      const statistics = this.statistics[index]?.get(plate.layer.id);
      const top = plate.tops[index];
      if (statistics === undefined || top === undefined) return [];
      return sectionLines(plate, subject, top, statistics);
    });
  }
}

function plateOf(layer: Layer, place: Place): Plate {
  const sections = layer.weights.length > 0 ? 2 : 1;
  const top = Math.min(HIGHEST, Math.max(place.top, LOWEST + sections * SECTION));
  return { layer, place, tops: [top, top - SECTION] };
}

function spotsOf(plate: Plate): Spot[] {
  return plate.tops.map((top) => ({
    corner: pointOn(plate.place, 0, top - 0.13 - BARS),
    right: plate.place.right,
    width: WIDTH,
    height: BARS,
  }));
}

/** A point on the plate: m from its left edge, and over the floor. */
function pointOn(place: Place, right: number, height: number): Vector3 {
  const left = -place.width / 2 - FROM_PANEL - WIDTH;
  return at(place, left + right, height - place.centre.y, 0);
}

function sectionLines(plate: Plate, subject: string, top: number, of: Statistics): Line[] {
  const { place } = plate;
  const line = (text: string, right: number, height: number, more: Partial<Line> = {}): Line => ({
    text,
    at: pointOn(place, right, height),
    right: place.right,
    up: UP,
    size: 0.068,
    color: MUTED,
    maxWidth: WIDTH,
    fade: NEAR - 3,
    ...more,
  });
  const bottom = top - 0.13 - BARS;
  const half = WIDTH / 2 - 0.03;
  const lines = [
    line(subject, 0, top - 0.09, { size: 0.088, weight: 600, color: TEXT }),
    line(formatValue(of.minimum), 0, bottom - 0.075, { maxWidth: half }),
    line(formatValue(of.maximum), WIDTH, bottom - 0.075, { align: 'right', maxWidth: half }),
    line(`mean ${formatValue(of.mean)}`, 0, bottom - 0.165, { color: TEXT, maxWidth: half }),
    line(`std ${formatValue(of.std)}`, WIDTH, bottom - 0.165, {
      align: 'right',
      color: TEXT,
      maxWidth: half,
    }),
    line(zerosText(plate.layer, subject, of), 0, bottom - 0.255),
  ];
  if (of.nan + of.infinite > 0) {
    const text = `${formatCount(of.nan)} NaN, ${formatCount(of.infinite)} infinite`;
    lines.push(line(text, 0, bottom - 0.34, { color: ALARM, weight: 600 }));
  }
  return lines;
}

function zerosText(layer: Layer, subject: string, of: Statistics): string {
  const zeros = `${formatPercent(of.zeros)} zeros`;
  if (of.dead_channels === 0) return zeros;
  const all = subject === 'activations' ? ` of ${formatCount(layer.shape[0] ?? 1)}` : '';
  return `${zeros} · ${formatCount(of.dead_channels)}${all} channels dead`;
}
