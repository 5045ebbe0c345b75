/** The walk as a plan seen from above: which panels stand where, and which one is meant by a place on it. */
import type { InputFrame, Panel } from '../net/types';
import type { NetworkState } from './networkstate';
import { placed } from './placement';
import type { LayerRef } from './state';

/** A panel on the plan, in m of the hall. */
export interface PlanPanel extends LayerRef {
  readonly x: number;
  readonly z: number;
  /** As the panel's; it stretches to both sides along its width. */
  readonly yaw: number;
  readonly width: number;
  readonly height: number;
  /** What the layer is called. */
  readonly name: string;
}

export interface Plan {
  readonly panels: readonly PlanPanel[];
  readonly frames: readonly InputFrame[];
  /** What the plan shows of the floor, in m of the hall. */
  readonly left: number;
  readonly right: number;
  readonly far: number;
  readonly near: number;
}

/** Around what stands there, in m. */
const MARGIN = 2.5;
/** A plan that is narrower than this share of its length is stretched to it, so that one can point at it. */
const SLIMMEST = 0.34;

/** Follows the networks' halls and where their panels were moved to; null while none stands. */
export function planOf(networks: readonly NetworkState[]): Plan | null {
  const panels: PlanPanel[] = [];
  const frames: InputFrame[] = [];
  for (const network of networks) {
    const hall = network.hall.value;
    if (hall === null) continue;
    const moved = network.placements.value;
    const names = new Map(hall.graph.layers.map(({ id, path }) => [id, path ?? id]));
    frames.push(hall.arrangement.input_frame);
    for (const panel of hall.arrangement.panels) {
      const placement = moved.get(panel.layer);
      const name = names.get(panel.layer) ?? panel.layer;
      panels.push(planPanel(network.id, placement === undefined ? panel : placed(panel, placement), name));
    }
  }
  if (frames.length === 0) return null;
  const xs = [...panels, ...frames].flatMap(({ x, width }) => [x - width / 2, x + width / 2]);
  const zs = [...panels, ...frames].map(({ z }) => z);
  return {
    panels,
    frames,
    left: Math.min(...xs) - MARGIN,
    right: Math.max(...xs) + MARGIN,
    far: Math.min(...zs) - MARGIN,
    near: Math.max(...zs) + MARGIN,
  };
}

function planPanel(network: string, panel: Panel, name: string): PlanPanel {
  const { layer, x, z, yaw, columns, rows, cell_width, cell_height } = panel;
  return { network, layer, x, z, yaw, width: columns * cell_width, height: rows * cell_height, name };
}

/** How a plan is shown: its longer side is 1; x and z count from its middle. */
export class PlanScale {
  readonly x: number;
  readonly z: number;
  /** Of what shows the plan. */
  readonly width: number;
  readonly depth: number;
  private readonly middleX: number;
  private readonly middleZ: number;

  constructor({ left, right, far, near }: Plan) {
    const [wide, deep] = [right - left, near - far];
    const longer = Math.max(wide, deep);
    this.width = Math.max(wide / longer, SLIMMEST);
    this.depth = Math.max(deep / longer, SLIMMEST);
    this.x = this.width / wide;
    this.z = this.depth / deep;
    this.middleX = (left + right) / 2;
    this.middleZ = (far + near) / 2;
  }

  toX(x: number): number {
    return (x - this.middleX) * this.x;
  }

  toZ(z: number): number {
    return (z - this.middleZ) * this.z;
  }

  /** The panel shown nearest to a place on the plan, within `reach`; its number, or -1. */
  nearest({ panels }: Plan, x: number, z: number, reach: number): number {
    let found = -1;
    let least = reach;
    for (let i = 0; i < panels.length; i += 1) {
      const panel = panels[i];
      if (panel === undefined) continue;
      const away = this.away(panel, x, z);
      if (away >= least) continue;
      least = away;
      found = i;
    }
    return found;
  }

  /** How far a place on the plan is from a panel's line on it. */
  private away({ x, z, yaw, width }: PlanPanel, toX: number, toZ: number): number {
    const alongX = (Math.cos(yaw) * this.x * width) / 2;
    const alongZ = (-Math.sin(yaw) * this.z * width) / 2;
    const fromX = toX - this.toX(x);
    const fromZ = toZ - this.toZ(z);
    const length = alongX * alongX + alongZ * alongZ;
    const share = Math.max(-1, Math.min(1, (fromX * alongX + fromZ * alongZ) / Math.max(length, 1e-12)));
    return Math.hypot(fromX - share * alongX, fromZ - share * alongZ);
  }
}
