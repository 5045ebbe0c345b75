/** The way to where the visitor asked to be: a flight at a screen, a blink in the headset. */
import { Vector3, type PerspectiveCamera } from 'three';

import type { LayerPlace } from '../model/pointed';
import type { Destination, State } from '../model/state';
import { groundAt, groundBefore } from '../xr/arrivals';
import type { Immersive } from '../xr/immersive';
import type { Rig } from '../xr/rig';
import type { Desk } from './desk';
import { freeBefore, poseBefore, startPose } from './flight';
import type { HallScene } from './hallscene';
import type { HallScenes } from './hallscenes';
import { keepPlace } from './keepplace';
import { EYE_HEIGHT, type Pose } from './walker';

/** In a low window overlays cover a part of the panel rather than make it small. */
const LEAST_CLEAR = 0.7;
/** What an open card takes of the view on the left, in CSS pixels, and at most as a share. */
const CARD = 342;
const MOST_COVERED = 0.3;

export interface Traveller {
  halls: HallScenes;
  desk: Desk;
  immersive: Immersive;
  rig: Rig;
  camera: PerspectiveCamera;
  container: HTMLElement;
  /** The share of the view's height, in its middle, that overlays leave clear. */
  clear: () => number;
}

export class Travel {
  private headed: LayerPlace | null = null;

  constructor(
    private readonly who: Traveller,
    private readonly state: State,
  ) {}

  /** The layer that the visitor is being carried to; null while they are not. */
  get layerHeaded(): LayerPlace | null {
    return this.who.desk.flight.flying ? this.headed : null;
  }

  /** Nowhere where the destination's network or layer is not in the hall. */
  to(destination: Destination): void {
    const { halls, desk, immersive } = this.who;
    const scene = halls.of(destination.network);
    if (scene === null) return;
    if (immersive.active) {
      this.blink(scene, destination);
      return;
    }
    const pose = this.poseOf(scene, destination);
    if (pose === null) return;
    this.headed = destination.kind === 'layer' ? { network: scene.network, layer: destination.layer } : null;
    desk.fly(pose, this.state.reducedMotion.peek());
  }

  private poseOf(scene: HallScene, to: Destination): Pose | null {
    if (to.kind === 'layer') return this.poseAt(scene, to.layer);
    const pose = to.kind === 'same' ? this.acrossTo(scene, this.who.desk.walker) : null;
    return pose ?? startPose(scene.hall.arrangement, this.who.camera.aspect);
  }

  /** The pose that stands for one in the hall the visitor is in; null where none does. */
  private acrossTo(scene: HallScene, pose: Pose): Pose | null {
    const here = this.who.halls.of();
    const there = here === null ? pose : keepPlace(pose, here.standing, scene.standing);
    return there === pose ? null : there;
  }

  /** In the headset nobody flies. */
  private blink(scene: HallScene, to: Destination): void {
    const { rig } = this.who;
    const { locomotion } = this.who.immersive;
    if (to.kind !== 'layer') {
      const body = { eye: rig.head(new Vector3()), yaw: rig.heading, pitch: 0 };
      const there = to.kind === 'same' ? this.acrossTo(scene, body) : null;
      const ground = there && { x: there.eye.x, z: there.eye.z, yaw: there.yaw };
      locomotion.goTo(ground ?? groundBefore(scene.hall.arrangement.input_frame));
      return;
    }
    const exhibit = scene.seen(to.layer);
    if (exhibit === undefined) return;
    const free = freeBefore(exhibit.place, scene.places.values());
    locomotion.goTo(groundAt(exhibit, free, locomotion.eyesOnFloor));
  }

  private poseAt(scene: HallScene, layer: string): Pose | null {
    const exhibit = scene.seen(layer);
    if (exhibit === undefined) return null;
    const { camera, container, desk } = this.who;
    const free = freeBefore(exhibit.place, scene.places.values());
    const clear = Math.max(LEAST_CLEAR, this.who.clear());
    const isCovered = this.state.visualizing.peek() !== null || this.state.opened.peek() !== null;
    const covered = isCovered ? Math.min(MOST_COVERED, CARD / container.clientWidth) : 0;
    const angle = (camera.fov * Math.PI) / 180;
    return poseBefore(exhibit, free, camera.aspect, angle, clear, covered, EYE_HEIGHT * desk.walker.size);
  }
}
