/**
 * Which layer has which level where: the base level of every layer from the start, detail
 * levels as they come, within the pages that the budget allows. Plain bookkeeping, no GPU.
 */
import type { Hall } from '../net/types';
import {
  BASE_CELL,
  MIPS,
  PAGE_SIZE,
  pieceHeight,
  pieceWidth,
  planLayers,
  TEXEL_BYTES,
  type LayerPlan,
  type Level,
  type LevelPlan,
} from './cells';
import { Packer, type Place } from './packer';
import { mipSizes, totalTexels } from './pyramid';

/** Share of the budget that the base level may take; beyond it base cells are made smaller. */
const BASE_SHARE = 0.6;
/** How full detail pages become, so that no more is asked for than fits. */
const FILL = 0.75;

const PAGE_BYTES: Readonly<Record<Level, number>> = {
  base: totalTexels(mipSizes(PAGE_SIZE, PAGE_SIZE, MIPS.base)) * TEXEL_BYTES,
  detail: totalTexels(mipSizes(PAGE_SIZE, PAGE_SIZE, MIPS.detail)) * TEXEL_BYTES,
};

/** What is resident of one layer; `index` is that of its panel. */
export interface LayerState {
  readonly index: number;
  readonly plan: LayerPlan;
  /** A place for each piece of the plan. */
  readonly base: readonly Place[];
  detail: readonly Place[] | null;
  /** Texels that its detail level takes of a page; 0 without one. */
  readonly detailArea: number;
  /** The run whose texels are there completely, -1 for none. */
  baseRun: number;
  detailRun: number;
  /** Detail texels are on their way to their place. */
  isUploading: boolean;
  shows: Level;
  /** Its detail level is wanted. */
  isWanted: boolean;
  /** Its panel shows pictures instead. */
  isTurned: boolean;
  /** The frame in which the detail level was drawn last. */
  lastShown: number;
}

/** Whether a layer's detail level is complete and not of an earlier image than its base level. */
export function hasDetail(state: LayerState): boolean {
  return state.detailRun >= 0 && state.detailRun >= state.baseRun;
}

export class LayerStates {
  readonly all: readonly LayerState[];
  readonly basePacker: Packer;
  readonly detailPacker: Packer;
  private readonly byId: ReadonlyMap<string, LayerState>;
  private readonly wanted: LayerState[] = [];

  /** Raises an error when not even the smallest base level fits `budgetBytes`. */
  constructor(hall: Hall, budgetBytes: number) {
    const { states, packer } = placeBase(hall, budgetBytes);
    this.all = states;
    this.basePacker = packer;
    this.byId = new Map(states.map((state) => [state.plan.layer, state]));
    const left = budgetBytes - basePagesBytes(packer);
    this.detailPacker = packerOf('detail', Math.max(0, Math.floor(left / PAGE_BYTES.detail)));
  }

  get(layer: string): LayerState | undefined {
    return this.byId.get(layer);
  }

  /**
   * Says whose detail level is wanted, the most wanted first; returns those of them that have one
   * and fit together, in the same list every time. One that is too large does not keep the others out.
   */
  want(order: readonly LayerState[]): readonly LayerState[] {
    const { wanted } = this;
    // Whole texels, places that are written over, steps by number: none is an object in the heap.
    for (let at = 0; at < wanted.length; at += 1) (wanted[at] as LayerState).isWanted = false;
    let room = Math.floor(this.detailPacker.capacity * FILL);
    let count = 0;
    for (let at = 0; at < order.length; at += 1) {
      const state = order[at];
      if (state === undefined || state.plan.detail === null || state.detailArea > room) continue;
      room -= state.detailArea;
      state.isWanted = true;
      wanted[count] = state;
      count += 1;
    }
    wanted.length = count;
    return wanted;
  }

  /**
   * Finds places for a layer's detail level, null when there is no room. Layers that are not
   * wanted make room, those that were not drawn for longest first: `evicted`.
   */
  placeDetail(state: LayerState): { places: readonly Place[] | null; evicted: LayerState[] } {
    const evicted: LayerState[] = [];
    if (state.plan.detail === null || state.detail !== null) {
      return { places: state.detail, evicted };
    }
    const candidates = this.all
      .filter((other) => other.detail !== null && !other.isUploading && !other.isWanted)
      .sort((a, b) => a.lastShown - b.lastShown);
    for (;;) {
      const places = placePieces(this.detailPacker, state.plan.detail);
      const candidate = places === null ? candidates.shift() : undefined;
      if (candidate === undefined) {
        state.detail = places;
        return { places, evicted };
      }
      this.evict(candidate);
      evicted.push(candidate);
    }
  }

  private evict(state: LayerState): void {
    for (const place of state.detail ?? []) this.detailPacker.free(place);
    state.detail = null;
    state.detailRun = -1;
    state.shows = 'base';
  }
}

/** Places the base level of all layers, with the largest cells that the budget allows. */
function placeBase(hall: Hall, budgetBytes: number): { states: LayerState[]; packer: Packer } {
  for (let cell = BASE_CELL; cell >= 1; cell /= 2) {
    const packer = packerOf('base', Math.ceil(budgetBytes / PAGE_BYTES.base));
    const plans = planLayers(hall, cell);
    const states = statesOf(plans, packer);
    const limit = budgetBytes * (cell > 1 ? BASE_SHARE : 1);
    if (states !== null && basePagesBytes(packer) <= limit) return { states, packer };
  }
  throw new Error(
    `The maps of this network do not fit ${(budgetBytes / 2 ** 20).toFixed(0)} MB of textures; open it on a device with more graphics memory.`,
  );
}

function statesOf(plans: readonly LayerPlan[], packer: Packer): LayerState[] | null {
  const states: LayerState[] = [];
  const detailPacker = packerOf('detail', 0);
  for (const [index, plan] of plans.entries()) {
    const base = placePieces(packer, plan.base);
    if (base === null) return null;
    states.push({
      index,
      plan,
      base,
      detail: null,
      detailArea: plan.detail === null ? 0 : areaOf(detailPacker, plan.detail),
      baseRun: -1,
      detailRun: -1,
      isUploading: false,
      shows: 'base',
      isWanted: false,
      isTurned: false,
      lastShown: -1,
    });
  }
  return states;
}

/** Places all pieces of a level, or none of them and returns null. */
function placePieces(packer: Packer, plan: LevelPlan): Place[] | null {
  const places: Place[] = [];
  for (const piece of plan.pieces) {
    const place = packer.place(pieceWidth(plan, piece), pieceHeight(plan, piece));
    if (place === null) {
      for (const placed of places) packer.free(placed);
      return null;
    }
    places.push(place);
  }
  return places;
}

function areaOf(packer: Packer, plan: LevelPlan): number {
  return plan.pieces.reduce(
    (area, piece) => area + packer.areaOf(pieceWidth(plan, piece), pieceHeight(plan, piece)),
    0,
  );
}

function packerOf(level: Level, maxPages: number): Packer {
  return new Packer(2 ** (MIPS[level] - 1), maxPages);
}

/** Bytes of the base pages; a page is only as high as what it holds. */
function basePagesBytes(packer: Packer): number {
  let bytes = 0;
  for (let page = 0; page < packer.pageCount; page += 1) {
    bytes += totalTexels(mipSizes(PAGE_SIZE, packer.usedHeight(page), MIPS.base)) * TEXEL_BYTES;
  }
  return bytes;
}
