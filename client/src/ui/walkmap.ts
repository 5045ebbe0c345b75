/** The walk as a small plan over the hall, from its start on the left: where one is, and a click to be elsewhere. */
import { effect, signal } from '@preact/signals-core';
import type { Matrix4 } from 'three';

import type { Actions } from '../model/actions';
import { PlanScale, planOf, type Plan, type PlanPanel } from '../model/hallmap';
import type { State } from '../model/state';
import { bindShown, button, h } from './dom';

/** The plan's longer side, in CSS pixels. */
const LENGTH = 420;
/** So near to a panel one means it, as a share of that. */
const REACH = 0.05;
const ARROW = 8;
/** Elements of the pose that the plan shows. */
const SEEN = [0, 2, 12, 14] as const;
const COLOR = { panel: '#7482a6', frame: '#f2efe9', accent: '#ffb45a' } as const;

/** Where the visitor is and looks; a camera is one. */
export interface Viewpoint {
  readonly matrixWorld: Matrix4;
}

export class WalkMap {
  readonly element: HTMLElement;
  readonly shown = signal(false);
  private readonly canvas = h('canvas', { 'aria-hidden': 'true' });
  private readonly name = h('strong', { role: 'status' });
  private readonly context = this.canvas.getContext('2d');
  private readonly pointed = signal<PlanPanel | null>(null);
  private plan: Plan | null = null;
  private scale: PlanScale | null = null;
  /** As it was drawn last: the visitor's pose, and what was pointed at. */
  private readonly drawn = [NaN, NaN, NaN, NaN];
  private drawnPointed: PlanPanel | null = null;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly viewpoint: Viewpoint,
  ) {
    const close = button({ class: 'close', 'aria-label': 'Close the map' }, () => { this.toggle(); }, '×');
    this.element = h('section', { class: 'card walkmap', 'aria-label': 'Map' }, h('header', {}, this.name, close), this.canvas);
    bindShown(this.element, () => this.shown.value && !state.immersed.value);
    this.canvas.addEventListener('pointermove', (event) => { this.pointed.value = this.panelAt(event); });
    this.canvas.addEventListener('pointerleave', () => { this.pointed.value = null; });
    this.canvas.addEventListener('click', (event) => { this.flyTo(this.panelAt(event)); });
    this.follow();
  }

  toggle(): void {
    this.shown.value = !this.shown.peek();
  }

  private follow(): void {
    effect(() => {
      const pointed = this.pointed.value;
      this.name.textContent = pointed?.name ?? 'Click a panel to go there';
      this.canvas.style.cursor = pointed === null ? 'default' : 'pointer';
    });
    effect(() => {
      this.plan = this.shown.value ? planOf(this.state.networks.value) : null;
      this.scale = this.plan && new PlanScale(this.plan);
      this.drawn.fill(NaN);
      if (this.scale === null) return;
      this.canvas.style.width = `${this.scale.depth * LENGTH}px`;
      this.canvas.style.height = `${this.scale.width * LENGTH}px`;
      requestAnimationFrame(this.draw);
    });
  }

  private flyTo(panel: PlanPanel | null): void {
    if (panel !== null) this.actions.fly({ kind: 'layer', network: panel.network, layer: panel.layer });
  }

  private panelAt({ offsetX, offsetY }: MouseEvent): PlanPanel | null {
    const { plan, scale } = this;
    if (plan === null || scale === null) return null;
    // What is ahead in the walk is on the right here.
    const x = offsetY / LENGTH - scale.width / 2;
    const z = scale.depth / 2 - offsetX / LENGTH;
    return plan.panels[scale.nearest(plan, x, z, REACH)] ?? null;
  }

  /** Once a frame while it is shown; draws only what has changed. */
  private readonly draw = (): void => {
    const { plan, scale, context } = this;
    if (plan === null || scale === null || context === null) return;
    requestAnimationFrame(this.draw);
    const pose = this.viewpoint.matrixWorld.elements;
    const pointed = this.pointed.peek();
    if (!this.changed(pose, pointed)) return;
    this.begin(context, scale);
    for (const panel of plan.panels) this.drawPanel(context, scale, panel, panel === pointed ? COLOR.accent : COLOR.panel);
    for (const frame of plan.frames) this.drawPanel(context, scale, { ...frame, yaw: 0 }, COLOR.frame);
    this.drawVisitor(context, scale, pose);
  };

  private changed(pose: Matrix4['elements'], pointed: PlanPanel | null): boolean {
    const { drawn } = this;
    const isSame = SEEN.every((element, i) => drawn[i] === pose[element]) && pointed === this.drawnPointed;
    if (isSame) return false;
    SEEN.forEach((element, i) => {
      drawn[i] = pose[element];
    });
    this.drawnPointed = pointed;
    return true;
  }

  private begin(context: CanvasRenderingContext2D, { width, depth }: PlanScale): void {
    const { canvas } = this;
    const pixels = devicePixelRatio;
    canvas.width = Math.round(depth * LENGTH * pixels);
    canvas.height = Math.round(width * LENGTH * pixels);
    // Hence in CSS pixels from the plan's middle, x down and z to the left.
    context.setTransform(0, pixels, -pixels, 0, canvas.width / 2, canvas.height / 2);
    context.lineCap = 'round';
  }

  private drawPanel(
    context: CanvasRenderingContext2D,
    scale: PlanScale,
    { x, z, yaw, width }: Pick<PlanPanel, 'x' | 'z' | 'yaw' | 'width'>,
    color: string,
  ): void {
    const alongX = ((Math.cos(yaw) * width) / 2) * scale.x * LENGTH;
    const alongZ = ((-Math.sin(yaw) * width) / 2) * scale.z * LENGTH;
    const atX = scale.toX(x) * LENGTH;
    const atZ = scale.toZ(z) * LENGTH;
    context.strokeStyle = color;
    context.lineWidth = color === COLOR.panel ? 1.6 : 3;
    context.beginPath();
    context.moveTo(atX - alongX, atZ - alongZ);
    context.lineTo(atX + alongX, atZ + alongZ);
    context.stroke();
  }

  /** An arrow; who is off the plan stands at its rim. */
  private drawVisitor(context: CanvasRenderingContext2D, scale: PlanScale, pose: Matrix4['elements']): void {
    const x = clamp(scale.toX(pose[12]) * LENGTH, (scale.width * LENGTH) / 2 - ARROW);
    const z = clamp(scale.toZ(pose[14]) * LENGTH, (scale.depth * LENGTH) / 2 - ARROW);
    const level = Math.hypot(pose[0], pose[2]) || 1;
    // Ahead is a quarter turn to the left of what is to the right.
    const [rightX, rightZ] = [pose[0] / level, pose[2] / level];
    const [aheadX, aheadZ] = [rightZ, -rightX];
    context.fillStyle = COLOR.accent;
    context.beginPath();
    context.moveTo(x + aheadX * ARROW, z + aheadZ * ARROW);
    context.lineTo(x - aheadX * ARROW + rightX * 0.7 * ARROW, z - aheadZ * ARROW + rightZ * 0.7 * ARROW);
    context.lineTo(x - aheadX * ARROW - rightX * 0.7 * ARROW, z - aheadZ * ARROW - rightZ * 0.7 * ARROW);
    context.fill();
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
