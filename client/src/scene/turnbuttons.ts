/**
 * On each panel's upper edge: the button that turns it from activations to feature visualizations
 * and back, and tells how far they are. The faces are all there; what is written on them stands
 * at the panels near the visitor only.
 */
import { Group, type Object3D, type Ray, type Vector3 } from 'three';

import { formatCount } from '../model/format';
import type { NetworkState } from '../model/networkstate';
import type { Visualizations } from '../model/visualizations';
import { shareOf, wantedOf } from '../model/visualizationtext';
import type { Visualization } from '../net/types';
import { nearestOf, PanelBoard } from './boards';
import { BUTTON_HEIGHT, buttonWidth, onButton, type Exhibit } from './exhibit';
import type { Moves } from './moves';
import { NearFew } from './nearfew';
import { ALARM, AMBER, MUTED, TEXT } from './palette';
import { UP } from './place';
import type { Pickable, Reach } from './pointing';
import type { Line, TextPart } from './text';
import { TurnFaces } from './turnfaces';

/** The writing begins to the right of the ring. */
const WRITING = BUTTON_HEIGHT * 0.94;
const NEAR = 16;
const READING = { most: 16, within: NEAR, stride: 1 } as const;
const OUT = 0.002;
const RIGHT_BUTTON = 2;

/** `index`: of its face; `hint`: what a click does. */
class Button extends PanelBoard {
  index = 0;
  hint = '';
}

/** What is written on a button: what it is about, and how far that is. */
export interface Writing {
  readonly title: string;
  readonly state: string;
  readonly tone: 'plain' | 'busy' | 'alarm';
}

export class TurnButtons implements Pickable {
  readonly cursor = 'pointer';
  readonly object: Object3D = new Group();
  private readonly buttons: readonly Button[];
  private readonly byLayer: ReadonlyMap<string, Button>;
  private readonly faces: TurnFaces;
  private readonly near: NearFew;
  private hit: Button | null = null;
  private jobs: ReadonlyMap<string, Visualization> = new Map();
  private turned: ReadonlySet<string> = new Set();

  constructor(
    exhibits: ReadonlyMap<string, Exhibit>,
    private readonly network: NetworkState,
    private readonly visualizations: Pick<Visualizations, 'turn' | 'open'>,
    private readonly text: Pick<TextPart, 'set'>,
    private readonly moves: Moves,
  ) {
    this.buttons = [...exhibits].filter(([, { turns }]) => turns).map(buttonOf);
    this.near = new NearFew(this.buttons.map(({ centre }) => centre), READING, moves);
    this.byLayer = new Map(this.buttons.map((button) => [button.layer, button]));
    this.faces = new TurnFaces(
      this.buttons.map(({ exhibit, size }) => {
        const { layout, anchor } = exhibit;
        return { corner: onButton(exhibit, 0, 0), right: layout.right, width: size.x, height: size.y, anchor };
      }),
      moves,
    );
    this.object.add(this.faces.object);
  }

  /** What a click does; null where the pointer is elsewhere. */
  get hint(): string | null {
    return this.hit === null ? null : this.hit.hint;
  }

  /** Shows how far the layers' pictures are, and which panels show them. */
  set(jobs: ReadonlyMap<string, Visualization>, turned: ReadonlySet<string>): void {
    for (const button of this.buttons) {
      const { index, layer } = button;
      button.hint = hintOf(layer, turned.has(layer));
      const job = jobs.get(layer);
      if (job === this.jobs.get(layer) && turned.has(layer) === this.turned.has(layer)) continue;
      this.faces.set(index, {
        share: job === undefined ? 0 : shareOf(job),
        isTurned: turned.has(layer),
        isBusy: job?.state === 'running' || job?.state === 'waiting',
      });
    }
    this.jobs = jobs;
    this.turned = turned;
    this.near.now();
  }

  /** Once a frame: writes on the buttons near the eye. */
  update(eye: Vector3): void {
    if (this.near.changed(eye)) this.write();
  }

  pick(ray: Ray, reach: Reach): boolean {
    this.hit = nearestOf(ray, this.buttons, reach);
    return this.hit !== null;
  }

  over(): void {
    this.faces.point(this.hit?.index ?? -1);
  }

  out(): void {
    this.faces.point(-1);
  }

  click(button: number): void {
    if (this.hit === null) return;
    if (button === 0) void this.visualizations.turn(this.network, this.hit.layer);
    else if (button === RIGHT_BUTTON) this.visualizations.open(this.network, this.hit.layer);
  }

  /** A panel was moved. */
  follow(layer: string): void {
    this.byLayer.get(layer)?.follow(this.moves);
  }

  /** The middle of a layer's button; null where it has none. */
  centreOf(layer: string): Vector3 | null {
    return this.byLayer.get(layer)?.centre ?? null;
  }

  dispose(): void {
    this.faces.dispose();
  }

  private write(): void {
    this.text.set(this.near.numbers.flatMap((number) => this.linesOf(this.buttons[number])));
  }

  private linesOf(button: Button | undefined): Line[] {
    if (button === undefined) return [];
    const { exhibit, layer } = button;
    const { title, state, tone } = writingOf(this.jobs.get(layer), this.turned.has(layer));
    const line = (text: string, above: number, size: number, color: string): Line => ({
      text,
      at: onButton(exhibit, WRITING, BUTTON_HEIGHT / 2 + above).addScaledVector(exhibit.layout.normal, OUT),
      right: exhibit.layout.right,
      up: UP,
      size,
      color,
      weight: 600,
      maxWidth: Math.max(0.02, buttonWidth(exhibit) - WRITING - 0.04),
      anchor: exhibit.anchor,
      fade: NEAR - 5,
    });
    const colors = { plain: MUTED, busy: AMBER, alarm: ALARM } as const;
    return [line(title, 0.03, 0.118, TEXT), line(state, -0.105, 0.1, colors[tone])];
  }
}

/** What is written on a layer's button. */
export function writingOf(job: Visualization | undefined, isTurned: boolean): Writing {
  if (job === undefined) {
    return isTurned
      ? { title: 'Pictures', state: 'asked for', tone: 'busy' }
      : { title: 'Feature', state: 'visualization', tone: 'plain' };
  }
  return { title: 'Pictures', ...stateOf(job) };
}

function stateOf(job: Visualization): Omit<Writing, 'title'> {
  const done = formatCount(job.done.length);
  const asked = `${done} of ${formatCount(wantedOf(job))}`;
  switch (job.state) {
    case 'failed':
      return { state: 'failed', tone: 'alarm' };
    case 'paused':
      return { state: `${asked}, paused`, tone: 'plain' };
    case 'running':
    case 'waiting':
      return { state: asked, tone: 'busy' };
    case 'done':
    case 'cancelled':
      return { state: `${done} of ${formatCount(job.channels)}`, tone: 'plain' };
  }
}

function buttonOf([layer, exhibit]: [string, Exhibit], index: number): Button {
  const width = buttonWidth(exhibit);
  const middle = onButton(exhibit, width / 2, BUTTON_HEIGHT / 2);
  const button = new Button(layer, exhibit, middle, width, BUTTON_HEIGHT);
  button.index = index;
  return button;
}

function hintOf(layer: string, isTurned: boolean): string {
  const shown = isTurned ? `Show the activations of ${layer}` : `Show what the channels of ${layer} look for`;
  return `${shown}; right button: how`;
}
