/**
 * Panels that come along: one over the hand without the tool, one at the visitor's left. They are
 * small enough for that, face the visitor, and stand in their places again when they are unpinned.
 */
import { effect } from '@preact/signals-core';
import { Vector3, type Matrix4 } from 'three';

import { peek } from '../model/peek';
import { UNMOVED, type Placement } from '../model/placement';
import type { Pins, PinSpot } from '../model/pins';
import type { LayerRef } from '../model/state';
import type { Gaze } from '../xr/gaze';
import { HEADER } from './exhibit';
import type { HeldScene } from './grabs';
import type { Place } from './place';

/** A panel's longer side, in m, and at most so much of its own size. */
const LARGEST: Readonly<Record<PinSpot, number>> = { hand: 0.4, beside: 1.2 };
const LARGEST_SHARE: Readonly<Record<PinSpot, number>> = { hand: 0.4, beside: 0.8 };
/** Over the hand, in m. */
const OVER_HAND = 0.12;
/** Without a hand: to the left of, below and before the eyes, in m. */
const HANDLESS = { left: 0.34, down: 0.1, ahead: 0.75 } as const;
/** Beside the visitor: so much to the left of the view, in rad; so far away and below the eyes, in m. */
const LEFT = 1.05;
const AWAY = 1.3;
const BELOW = 0.25;
/** One may move on the spot by this much, in m, before what is beside comes along. */
const LEASH = 0.5;
/** It comes faster than one walks, so that it is beside again soon. */
const HASTE = 2;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class Pinned {
  readonly placement: Mutable<Placement> = { ...UNMOVED };
  readonly centre = new Vector3();
  /** Where the visitor's head was when it stood still last. */
  readonly home = new Vector3(Infinity, 0, 0);

  constructor(
    readonly scene: HeldScene,
    readonly layer: string,
    /** Where it stands when it is not pinned and was not moved. */
    readonly layout: Place,
  ) {}
}

export class PinnedPanels {
  private readonly pinned: Record<PinSpot, Pinned | null> = { hand: null, beside: null };
  private readonly way = new Vector3();
  private readonly stops: readonly (() => void)[];

  constructor(
    private readonly pins: Pins,
    private readonly sceneOf: (network: string) => HeldScene | null,
  ) {
    this.stops = (['hand', 'beside'] as const).map((spot) =>
      effect(() => {
        this.change(spot, this.pins[spot].value);
      }),
    );
  }

  /**
   * Once a frame. Makes no objects while nothing is pinned anew.
   *
   * @param hand the one without the tool; null where there is none: then before the left of the eyes
   */
  update(gaze: Gaze, hand: Matrix4 | null): void {
    const inHand = this.standing('hand');
    if (inHand !== null) this.hold(inHand, gaze, hand);
    const nearby = this.standing('beside');
    if (nearby !== null) this.accompany(nearby, gaze);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
  }

  private change(spot: PinSpot, to: LayerRef | null): void {
    const before = this.pinned[spot];
    this.pinned[spot] = null;
    if (before !== null && this.sceneOf(before.scene.network.id) === before.scene) {
      before.scene.move(before.layer, before.scene.network.placements.peek().get(before.layer) ?? UNMOVED);
    }
    const scene = to === null ? null : this.sceneOf(to.network);
    const exhibit = to === null ? undefined : scene?.exhibits.get(to.layer);
    if (scene === null || exhibit === undefined) return;
    this.pinned[spot] = new Pinned(scene, exhibit.place.layer, exhibit.layout);
  }

  /** What is pinned; taken anew where its hall was built anew. */
  private standing(spot: PinSpot): Pinned | null {
    const pinned = this.pinned[spot];
    const wanted = peek(this.pins[spot]);
    if (wanted !== null && this.sceneOf(wanted.network) !== pinned?.scene) this.change(spot, wanted);
    return this.pinned[spot];
  }

  private hold(pinned: Pinned, { eye: head, heading, scale: size }: Gaze, hand: Matrix4 | null): void {
    const scale = scaleOf(pinned, 'hand', size);
    const { centre } = pinned;
    if (hand === null) {
      const { left, down, ahead } = HANDLESS;
      beside(head, heading, left * size, ahead * size, centre);
      centre.y -= down * size;
    } else {
      centre.setFromMatrixPosition(hand);
      centre.y += OVER_HAND * size + (scale * pinned.layout.height) / 2;
    }
    put(pinned, head, scale);
  }

  private accompany(pinned: Pinned, { eye: head, heading, scale: size }: Gaze): void {
    const { centre, home } = pinned;
    const away = home.distanceTo(head);
    const strained = away - LEASH * size;
    if (strained > 0) {
      const { way } = this;
      beside(head, heading, AWAY * size * Math.sin(LEFT), AWAY * size * Math.cos(LEFT), way);
      way.y -= BELOW * size;
      const missing = Math.max(1e-6, way.distanceTo(centre));
      // The first time it is there at once.
      const isNew = strained === Infinity;
      centre.lerp(way, isNew ? 1 : Math.min(1, (HASTE * strained) / missing));
      if (isNew) home.copy(head);
      else home.lerp(head, strained / away);
    }
    put(pinned, head, scaleOf(pinned, 'beside', size));
  }
}

/** Sets a point on the visitor's left and ahead of them, level with the eyes, in m. */
function beside(head: Vector3, heading: number, left: number, ahead: number, target: Vector3): void {
  const sin = Math.sin(heading);
  const cos = Math.cos(heading);
  target.set(head.x - left * cos - ahead * sin, head.y, head.z + left * sin - ahead * cos);
}

/** Small enough to come along. */
function scaleOf({ layout }: Pinned, spot: PinSpot, size: number): number {
  const longest = Math.max(layout.width, layout.height + HEADER);
  return size * Math.min(LARGEST_SHARE[spot], LARGEST[spot] / longest);
}

/** Puts the panel where its centre is wanted, facing the visitor. */
function put({ scene, layer, layout, placement, centre }: Pinned, head: Vector3, scale: number): void {
  placement.x = centre.x - layout.centre.x;
  placement.y = centre.y - layout.centre.y;
  placement.z = centre.z - layout.centre.z;
  placement.yaw = Math.atan2(head.x - centre.x, head.z - centre.z) - Math.atan2(layout.normal.x, layout.normal.z);
  placement.scale = scale;
  scene.move(layer, placement, false);
}
