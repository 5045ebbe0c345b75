/** Getting about in the headset as the visitor prefers it: sticks, pinches, flights, posture. */
import { effect } from '@preact/signals-core';
import { Group, Vector3 } from 'three';

import { peek } from '../model/peek';
import type { State } from '../model/state';
import type { Hall } from '../net/types';
import type { Clock } from '../scene/clock';
import { keepPlace } from '../scene/keepplace';
import { EYE_HEIGHT, type Walker } from '../scene/walker';
import { Aim } from './aim';
import type { Ground } from './arrivals';
import { FloorTarget } from './floortarget';
import { Footing, type Hanging, type Standing } from './footing';
import type { Hand, Side } from './hand';
import { liftOf, type Posture } from './posture';
import type { Rig } from './rig';
import { Smooth } from './smooth';
import { Teleport } from './teleport';
import { Turning } from './turning';
import { Veil } from './veil';

/** Hands whose stick means something else for now: they grab a panel, or zoom the hologram. */
export type SticksTaken = Readonly<Record<Side, boolean>>;

export class Locomotion {
  /** The arc, its mark and the darkness before the eyes. */
  readonly object = new Group();
  /** The free floor, to be pointed at by hands without a stick. */
  readonly floor: FloorTarget;
  private readonly footing: Footing;
  private readonly aim = new Aim();
  private readonly veil = new Veil();
  private readonly teleport: Teleport;
  private readonly smooth: Smooth;
  private readonly turning: Turning;
  /** As the visitor prefers it, and whether the eyes are that high. */
  private posture: Posture = { name: 'standing', height: 0 };
  private posed = false;

  constructor(
    private readonly rig: Rig,
    private readonly state: State,
  ) {
    this.footing = new Footing(rig.object);
    this.teleport = new Teleport(rig, this.aim, this.footing, this.jump);
    this.floor = new FloorTarget(rig, this.aim, this.footing, this.jump);
    this.smooth = new Smooth(rig);
    this.turning = new Turning(rig);
    this.object.add(this.aim.object, this.veil.object);
    this.followPreferences();
  }

  /** These halls stand from now on, and these boards hang in them: nobody comes to stand in one. */
  among(halls: readonly Standing[], boards: readonly Hanging[]): void {
    this.footing.among(halls, boards);
  }

  /** Where one would stand by the arc or the pinch that is shown; null where one would not. */
  get landing(): Vector3 | null {
    if (this.teleport.allowed) return this.teleport.landing;
    return this.floor.pointedAt ? this.floor.landing : null;
  }

  /** Whether a hand throws an arc: then its ray means nothing. */
  aims(hand: Hand): boolean {
    return this.teleport.aims(hand);
  }

  /** How much of the view is dark at its rim, 0 to 1. */
  get vignette(): number {
    return this.veil.rim;
  }

  /** One frame in the headset, after the hands: the one with the tool and the other one. */
  update(tool: Hand, other: Hand, clock: Clock, taken: SticksTaken): void {
    if (!this.posed && this.rig.knowsHead) this.pose();
    const { moving, vignette } = this.state.preferences;
    if (peek(moving) === 'teleport') this.throwBy(tool, other, taken, clock);
    else this.walkBy(other, clock, taken);
    this.turnBy(tool, other, clock, taken);
    this.floor.enabled = !tool.hasStick && !this.teleport.aiming;
    this.veil.speed = Math.max(this.smooth.share, this.turning.share);
    this.veil.update(clock, peek(vignette));
  }

  /** Puts the visitor elsewhere in a blink, on the hall's floor. */
  goTo({ x, z, yaw }: Ground): void {
    this.jump(x, z, yaw);
  }

  /** The hall is another one: one stands at the panel that stands for the one that one was at. */
  keepPlace(before: Hall, after: Hall): void {
    const { rig } = this;
    const { eye, yaw } = keepPlace({ eye: rig.head(new Vector3()), yaw: rig.heading, pitch: 0 }, before, after);
    this.jump(eye.x, eye.z, yaw);
  }

  /** How high the eyes are where one stands on the hall's floor, in m of the hall. */
  get eyesOnFloor(): number {
    const { rig } = this;
    return rig.scale * (rig.eyeHeight + rig.lift);
  }

  /** The headset is put on: one stands there as soon as it knows the head. */
  enter({ x, z, yaw }: Ground): void {
    this.posed = false;
    this.rig.standAt(x, z, yaw);
  }

  /** The headset counts its room anew, from another floor perhaps. */
  stay(): void {
    this.posed = false;
    this.rig.stay();
  }

  /** The headset is taken off: nothing goes on, and the walker stands where one stood. */
  leave(walker: Walker): void {
    this.teleport.cancel();
    this.floor.out();
    this.floor.enabled = false;
    this.smooth.halt();
    this.turning.halt();
    this.veil.open();
    const { rig } = this;
    rig.head(walker.eye);
    walker.eye.y = rig.floor + EYE_HEIGHT * rig.scale;
    walker.yaw = rig.heading;
    walker.pitch = 0;
    walker.halt();
    rig.release();
  }

  private readonly jump = (x: number, z: number, yaw: number): void => {
    this.veil.blink(() => {
      this.smooth.halt();
      this.rig.floor = 0;
      this.rig.standAt(x, z, yaw);
    });
  };

  private throwBy(tool: Hand, other: Hand, taken: SticksTaken, clock: Clock): void {
    this.smooth.halt();
    this.throwByOne(tool, taken, clock);
    this.throwByOne(other, taken, clock);
  }

  private throwByOne(hand: Hand, taken: SticksTaken, clock: Clock): void {
    if (hand.present && !taken[hand.side]) this.teleport.update(hand, clock);
    else if (this.teleport.aims(hand)) this.teleport.cancel();
  }

  private walkBy(hand: Hand, clock: Clock, taken: SticksTaken): void {
    this.teleport.cancel();
    if (taken[hand.side] || !hand.present) this.smooth.halt();
    else if (peek(this.state.preferences.flying)) this.smooth.fly(hand.stick, hand.ray.direction, clock);
    else this.smooth.walk(hand.stick, clock);
  }

  /** The tool's stick turns; where none walks, the other one turns, too. */
  private turnBy(tool: Hand, other: Hand, clock: Clock, taken: SticksTaken): void {
    const { moving, turning, snapDegrees } = this.state.preferences;
    this.turning.aside = this.asideOf(tool, taken);
    if (peek(moving) === 'teleport' && this.turning.aside === 0) this.turning.aside = this.asideOf(other, taken);
    if (peek(turning) === 'snap') this.turning.snap(peek(snapDegrees));
    else this.turning.smooth(clock);
  }

  private asideOf(hand: Hand, taken: SticksTaken): number {
    const { x, y } = hand.stick;
    if (!hand.present || taken[hand.side] || this.teleport.aims(hand)) return 0;
    return Math.abs(x) > Math.abs(y) ? x : 0;
  }

  private followPreferences(): void {
    const { posture, height, flying } = this.state.preferences;
    effect(() => {
      this.posture = { name: posture.value, height: height.value };
      this.posed = false;
    });
    effect(() => {
      if (flying.value || this.rig.floor === 0) return;
      this.veil.blink(() => {
        this.rig.floor = 0;
        this.rig.settle();
      });
    });
  }

  private pose(): void {
    this.posed = true;
    this.rig.lift = liftOf(this.posture, this.rig.eyeHeight);
    this.rig.settle();
  }
}
