/**
 * To the left of each panel: how its activations are distributed in this pass, and its
 * weights. The histograms are all there; the figures under them are written at the panels
 * near the visitor only.
 */
import { Group, type Object3D, type Vector3 } from 'three';

import { formatCount, formatPercent, formatValue } from '../model/format';
import type { Layer, Statistics } from '../net/types';
import { mapsShape } from '../tiles/cells';
import type { FacePlace } from './faces';
import { Histograms } from './histograms';
import { ALARM, MUTED, TEXT } from './palette';
import type { Moves } from './moves';
import { onPlate, PLATE_WIDTH, plateTop, SECTION_HEIGHT, type Exhibit } from './exhibit';
import { NearFew } from './nearfew';
import { UP } from './place';
import type { Line, TextPart } from './text';

/** What a histogram is of. */
const SUBJECTS = ['activations', 'weights'] as const;

const BARS = 0.35;
/** From a section's upper edge to its bars. */
const HEADING = 0.14;
const NEAR = 9;
const READING = { most: 12, within: NEAR, stride: 0.7 } as const;

interface Plate {
  readonly layer: Layer;
  readonly exhibit: Exhibit;
}

type BySubject = readonly [ReadonlyMap<string, Statistics>, ReadonlyMap<string, Statistics>];

export class Plates {
  readonly object: Object3D = new Group();
  private readonly plates: readonly Plate[];
  private readonly histograms: Histograms;
  private readonly shown: (Statistics | undefined)[] = [];
  private readonly near: NearFew;
  private statistics: BySubject = [new Map(), new Map()];

  constructor(
    layers: readonly Layer[],
    exhibits: ReadonlyMap<string, Exhibit>,
    private readonly writing: Pick<TextPart, 'set'>,
    moves: Moves,
  ) {
    this.plates = layers.flatMap((layer) => {
      const exhibit = exhibits.get(layer.id);
      return exhibit === undefined ? [] : [{ layer, exhibit }];
    });
    this.near = new NearFew(this.plates.map(({ exhibit }) => exhibit.place.centre), READING, moves);
    this.histograms = new Histograms(this.plates.flatMap(spotsOf), moves);
    this.object.add(this.histograms.object);
  }

  /** Shows the plates, or none of them. */
  show(shown: boolean): void {
    this.object.visible = shown;
    this.near.now();
  }

  /** Shows other statistics, by layer id. */
  set(activations: ReadonlyMap<string, Statistics>, weights: ReadonlyMap<string, Statistics>): void {
    this.statistics = [activations, weights];
    this.plates.forEach((plate, index) => {
      SUBJECTS.forEach((_, subject) => {
        const slot = 2 * index + subject;
        const statistics = this.statisticsOf(plate, subject);
        if (statistics === this.shown[slot]) return;
        this.shown[slot] = statistics;
        this.histograms.set(slot, statistics ?? null);
        this.near.now();
      });
    });
  }

  /** Once a frame: writes the figures of the plates near the eye. */
  update(eye: Vector3): void {
    if (this.near.changed(eye)) this.write();
  }

  dispose(): void {
    this.histograms.dispose();
  }

  private write(): void {
    const near = this.object.visible ? this.near.numbers : [];
    this.writing.set(near.flatMap((number) => this.linesOf(this.plates[number])));
  }

  /** A collapsed block has no weights of its own, though the layer whose output it shows may. */
  private statisticsOf({ layer, exhibit }: Plate, subject: number): Statistics | undefined {
    return subject < exhibit.sections ? this.statistics[subject]?.get(layer.id) : undefined;
  }

  private linesOf(plate: Plate | undefined): Line[] {
    if (plate === undefined) return [];
    return SUBJECTS.flatMap((subject, index) => {
      const statistics = this.statisticsOf(plate, index);
      return statistics === undefined ? [] : sectionLines(plate, subject, index, statistics);
    });
  }
}

function sectionTop(exhibit: Exhibit, section: number): number {
  return plateTop(exhibit) - section * SECTION_HEIGHT;
}

function spotsOf({ exhibit }: Plate): FacePlace[] {
  return SUBJECTS.map((_, section) => ({
    corner: onPlate(exhibit, 0, sectionTop(exhibit, section) - HEADING - BARS),
    right: exhibit.layout.right,
    width: PLATE_WIDTH,
    height: BARS,
    anchor: exhibit.anchor,
  }));
}

function sectionLines(plate: Plate, subject: string, section: number, of: Statistics): Line[] {
  const { exhibit } = plate;
  const top = sectionTop(exhibit, section);
  const line = (text: string, right: number, height: number, more: Partial<Line> = {}): Line => ({
    text,
    at: onPlate(exhibit, right, height),
    right: exhibit.layout.right,
    up: UP,
    anchor: exhibit.anchor,
    size: 0.068,
    color: MUTED,
    maxWidth: PLATE_WIDTH,
    fade: NEAR - 3,
    ...more,
  });
  const bottom = top - HEADING - BARS;
  const half = PLATE_WIDTH / 2 - 0.03;
  const end = { align: 'right', maxWidth: half } as const;
  const lines = [
    line(subject, 0, top - 0.085, { size: 0.088, weight: 600, color: TEXT }),
    line(formatValue(of.minimum), 0, bottom - 0.075, { maxWidth: half }),
    line(formatValue(of.maximum), PLATE_WIDTH, bottom - 0.075, end),
    line(`mean ${formatValue(of.mean)}`, 0, bottom - 0.16, { color: TEXT, maxWidth: half }),
    line(`std ${formatValue(of.std)}`, PLATE_WIDTH, bottom - 0.16, { ...end, color: TEXT }),
    line(zerosText(plate.layer, subject, of), 0, bottom - 0.245),
  ];
  if (of.nan + of.infinite > 0) {
    const text = `${formatCount(of.nan)} NaN, ${formatCount(of.infinite)} infinite`;
    lines.push(line(text, 0, bottom - 0.325, { color: ALARM, weight: 600 }));
  }
  return lines;
}

function zerosText(layer: Layer, subject: string, of: Statistics): string {
  const zeros = `${formatPercent(of.zeros)} zeros`;
  if (of.dead_channels === 0) return zeros;
  const all = subject === 'activations' ? ` of ${formatCount(mapsShape(layer.shape).channels)}` : '';
  return `${zeros} · ${formatCount(of.dead_channels)}${all} channels dead`;
}
