/** The renderer, the visitor and the hall around them, frame after frame. */
import { effect } from '@preact/signals-core';
import { PerspectiveCamera, Scene, SRGBColorSpace, Vector3, WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import { heldName } from '../model/layertext';
import { peek } from '../model/peek';
import type { LayerPlace } from '../model/pointed';
import { pixelsOf } from '../model/pixels';
import type { State } from '../model/state';
import { ValueCache } from '../model/values';
import { Menus } from '../menus/menus';
import type { Hall } from '../net/types';
import type { Tiles } from '../tiles/tiles';
import { groundBefore, type Ground } from '../xr/arrivals';
import { LiveGaze } from '../xr/gaze';
import { Immersive } from '../xr/immersive';
import { Rig } from '../xr/rig';
import { Clock } from './clock';
import { followContext } from './contextloss';
import { DatasetStand } from './datasetstand';
import { Desk } from './desk';
import { Environment } from './environment';
import { startPose } from './flight';
import { Glyphs } from './glyphs';
import type { Graphics } from './graphics';
import type { HallScene } from './hallscene';
import { HallScenes } from './hallscenes';
import { HologramTarget } from './hologramtarget';
import { keepPlace } from './keepplace';
import { distanceAlong, type Pickable } from './pointing';
import { Resolution } from './resolution';
import { followSize } from './size';
import { standingBefore } from './standing';
import { Tool } from './tool';
import { Travel } from './travel';

const FIELD_OF_VIEW = 56;
/** What the page's overlays take of the view above and below, in CSS pixels. */
const OVERLAYS = 84;

export class World {
  readonly renderer: WebGLRenderer;
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 900);
  readonly halls: HallScenes;
  readonly dataset: DatasetStand;
  readonly desk: Desk;
  readonly immersive: Immersive;
  readonly menus: Menus;
  readonly rig = new Rig();
  private readonly scene = new Scene();
  private readonly environment = new Environment();
  private readonly glyphs = new Glyphs();
  readonly tool = new Tool(this.glyphs);
  private readonly resolution: Resolution;
  private readonly eye = new Vector3();
  private readonly gaze = new LiveGaze();
  private readonly hologram: HologramTarget;
  private readonly travel: Travel;
  /** At a screen, in the hand with the tool, and in the other one. */
  private pickables: Readonly<Record<'desk' | 'tool' | 'off', readonly Pickable[]>> = { desk: [], tool: [], off: [] };
  private frameCount = 0;
  private readonly clock = new Clock();

  constructor(
    private readonly container: HTMLElement,
    private readonly state: State,
    private readonly actions: Actions,
    graphics: Graphics,
  ) {
    this.renderer = makeRenderer(graphics);
    this.resolution = new Resolution(this.renderer, graphics.software);
    const canvas = this.renderer.domElement;
    Object.assign(container.style, { position: 'fixed', inset: '0', overflow: 'hidden' });
    container.append(canvas);
    this.halls = new HallScenes(this.renderer, this.camera, state, actions, this.glyphs, graphics.textureBytes);
    this.dataset = new DatasetStand(this.scene, state, actions, this.glyphs);
    this.hologram = new HologramTarget(this.tool, state, actions);
    this.tool.hangOn(this.camera);
    this.rig.object.add(this.camera);
    this.scene.add(this.rig.object, this.environment.object, this.halls.object);
    this.desk = new Desk(canvas, this.camera, () => this.pickables.desk, this.halls.grabs);
    this.menus = this.makeMenus();
    this.immersive = new Immersive({
      renderer: this.renderer,
      camera: this.camera,
      rig: this.rig,
      walker: this.desk.walker,
      hall: this.scene,
      glyphs: this.glyphs,
      tool: this.tool,
      grabs: this.halls.grabs,
      lens: this.hologram,
      menus: this.menus,
      pickables: () => this.pickables.tool,
      besides: () => this.pickables.off,
      ground: () => this.ground(),
      letGo: () => { actions.letGo(); },
    }, state);
    this.scene.add(this.immersive.locomotion.object);
    const { halls, desk, immersive, rig, camera } = this;
    this.travel = new Travel({ halls, desk, immersive, rig, camera, container, clear: () => this.clear() }, state);
    this.renderer.xr.addEventListener('sessionstart', () => {
      this.desk.pointing.leave();
    });
    new ResizeObserver(() => {
      this.resize();
    }).observe(container);
  }

  /** The maps of a network, by default of the one that the visitor is nearest to. */
  tiles(network?: string): Tiles | null {
    return this.halls.of(network)?.tiles ?? null;
  }

  /** The layer whose panel the visitor stands before; null where there is none. */
  readonly layerBefore = (): LayerPlace | null => {
    const scene = this.halls.of();
    if (scene === null) return null;
    const eye = this.camera.getWorldPosition(new Vector3());
    const ahead = this.camera.getWorldDirection(new Vector3());
    const layer = standingBefore(scene.places.values(), eye, ahead);
    return layer === null ? null : { network: scene.network, layer };
  };

  /** The layer that the visitor is being carried to; null while they are not. */
  readonly layerHeaded = (): LayerPlace | null => this.travel.layerHeaded;

  /** Frames drawn since the start. */
  get frames(): number {
    return this.frameCount;
  }

  /** Draw calls of the last frame, both eyes together. */
  get drawCalls(): number {
    return this.renderer.info.render.calls;
  }

  /** Follows the state and draws from now on. */
  start(): void {
    this.resize();
    followSize(this.state.preferences.scale, this.rig, this.desk.walker, this.camera);
    this.halls.onStand = (scene, before) => {
      this.built(scene, before);
    };
    this.halls.follow();
    followContext(this.renderer, () => {
      this.halls.rebuild();
    });
    this.dataset.follow(() => {
      this.collectPickables();
    });
    effect(() => {
      const destination = this.state.destination.value;
      if (destination !== null) this.travel.to(destination);
    });
    const values = new ValueCache(this.actions.api);
    effect(() => {
      const held = this.state.held.value;
      const name = held === null ? '' : heldName(held, this.state);
      this.tool.hold(held, name, (what) => pixelsOf(what, this.state, values, this.actions));
    });
    this.renderer.setAnimationLoop((time: number) => {
      this.frame(time);
    });
  }

  private built(scene: HallScene, before: Hall | null): void {
    const { network, hall } = scene;
    // Not before: the fonts must not come in the way of the network's first data.
    this.glyphs.prepare();
    this.environment.light(this.halls.arrangements);
    this.collectPickables();
    if (network !== this.state.current.peek()) return;
    if (before === null) this.desk.stand(startPose(hall.arrangement, this.camera.aspect));
    else if (this.immersive.active) this.immersive.locomotion.keepPlace(before, scene.standing);
    else this.desk.stand(keepPlace(this.desk.walker, before, scene.standing));
  }

  private makeMenus(): Menus {
    const menus = new Menus(this.state, this.actions, this.glyphs, {
      rig: this.rig,
      layerBefore: this.layerBefore,
      free: (ray) => distanceAlong(ray, this.halls.pickables),
      bringImages: (elsewhere) => { this.dataset.bring(elsewhere); },
      leave: () => void this.renderer.xr.getSession()?.end(),
    });
    this.scene.add(menus.object);
    return menus;
  }

  private collectPickables(): void {
    const { locomotion } = this.immersive;
    locomotion.among(this.halls.all, [...this.dataset.boards, this.menus.board]);
    const hall = [...this.dataset.boards, ...this.halls.pickables];
    this.pickables = {
      desk: [this.hologram, ...hall],
      tool: [...this.menus.pickables, ...hall, locomotion.floor],
      off: [this.hologram, ...this.menus.pickables, ...this.dataset.boards],
    };
    this.desk.pointing.invalidate();
  }

  /** Where one who puts a headset on stands: before the frame until the walk has begun. */
  private ground(): Ground {
    const { eye, yaw } = this.desk.walker;
    const arrangement = this.halls.of()?.hall.arrangement;
    const start = arrangement && startPose(arrangement, this.camera.aspect).eye;
    if (arrangement === undefined || start?.equals(eye) !== true) return { x: eye.x, z: eye.z, yaw };
    return groundBefore(arrangement.input_frame);
  }

  private frame(time: number): void {
    const { clock } = this;
    clock.tick(time);
    if (this.immersive.hidden) return;
    this.frameCount += 1;
    if (this.immersive.active) this.immersive.step(clock);
    else this.resolution.update(clock, this.desk.step(clock));
    this.camera.getWorldPosition(this.eye);
    this.environment.follow(this.eye);
    this.bring();
    this.halls.update(this.eye, this.viewHeight(), clock);
    if (!this.immersive.active) this.point();
    this.renderer.info.reset();
    this.renderer.render(this.scene, this.camera);
  }

  /** What is pinned comes along. */
  private bring(): void {
    const { active, offHand } = this.immersive;
    this.rig.look(this.gaze).eye.copy(this.eye);
    if (!active) this.gaze.heading = this.desk.walker.yaw;
    this.halls.pinned.update(this.gaze, active && offHand.present ? offHand.grip : null);
  }

  private point(): void {
    this.tool.update(this.camera, this.clock, peek(this.state.reducedMotion));
    this.desk.look();
  }

  /** The share of the view's height, in its middle, that the page's overlays leave clear. */
  private clear(): number {
    return 1 - (2 * OVERLAYS) / Math.max(1, this.container.clientHeight);
  }

  /** Of what is drawn for one eye, in pixels. */
  private viewHeight(): number {
    const eye = this.immersive.active ? this.renderer.xr.getCamera().cameras[0] : undefined;
    return eye === undefined ? this.renderer.domElement.height : eye.viewport.w;
  }

  private resize(): void {
    this.tool.clear = this.clear();
    if (this.immersive.active) return;
    const width = Math.max(1, this.container.clientWidth);
    const height = Math.max(1, this.container.clientHeight);
    this.resolution.refresh();
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.desk.pointing.invalidate();
  }
}

function makeRenderer(graphics: Graphics): WebGLRenderer {
  const renderer = new WebGLRenderer({
    antialias: !graphics.software,
    powerPreference: 'high-performance',
  });
  renderer.outputColorSpace = SRGBColorSpace;
  renderer.xr.enabled = true;
  renderer.xr.setReferenceSpaceType('local-floor');
  // Counted over a whole frame, with all that other parts draw in it.
  renderer.info.autoReset = false;
  renderer.domElement.setAttribute('role', 'img');
  renderer.domElement.setAttribute('aria-label', 'The hall: a walk through the network');
  return renderer;
}
