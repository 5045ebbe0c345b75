/** The renderer, the visitor and the hall around them, frame after frame. */
import { effect } from '@preact/signals-core';
import { Group, Matrix4, PerspectiveCamera, Scene, SRGBColorSpace, Vector3, WebGLRenderer } from 'three';

import type { Actions } from '../model/actions';
import type { Destination, Held, State } from '../model/state';
import { ValueCache } from '../model/values';
import type { Hall } from '../net/types';
import type { Tiles } from '../tiles/tiles';
import { Environment } from './environment';
import { Flight, freeBefore, poseBefore, startPose } from './flight';
import { Glyphs } from './glyphs';
import type { Graphics } from './graphics';
import { HallScene } from './hallscene';
import { pixelsOf } from './hand';
import { HologramTarget } from './hologramtarget';
import { groundBefore, Immersion, type Ground } from './immersion';
import { Keys } from './keys';
import { Mouse } from './mouse';
import { Pointing, type Pickable } from './pointing';
import { Resolution } from './resolution';
import { Tool } from './tool';
import { Walker } from './walker';

const FIELD_OF_VIEW = 56;
const LONGEST_STEP = 0.1;
/** What the page's overlays take of the view above and below, in CSS pixels. */
const OVERLAYS = 84;
/** In a low window they cover a part of the panel rather than make it small. */
const LEAST_CLEAR = 0.7;

export class World {
  readonly renderer: WebGLRenderer;
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 900);
  readonly walker = new Walker();
  private readonly rig = new Group();
  private readonly scene = new Scene();
  private readonly environment = new Environment();
  private readonly glyphs = new Glyphs();
  private readonly tool = new Tool(this.glyphs);
  private readonly flight = new Flight(this.walker);
  private readonly resolution: Resolution;
  private readonly immersion: Immersion;
  private readonly keys: Keys;
  private readonly mouse: Mouse;
  private readonly pointing: Pointing;
  private readonly eye = new Vector3();
  private readonly view = new Matrix4();
  private hall: HallScene | null = null;
  private pickables: readonly Pickable[] = [];
  private frameCount = 0;
  private before = 0;

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
    this.camera.add(this.tool.object);
    this.rig.add(this.camera);
    this.scene.add(this.rig, this.environment.object);
    this.immersion = new Immersion(this.renderer, this.rig, this.camera, this.walker, () => this.ground());
    const stopFlight = (): void => {
      this.flight.cancel();
    };
    const lookAgain = (): void => {
      this.pointing.invalidate();
    };
    this.keys = new Keys(stopFlight);
    const fieldOfView = (): number => (this.camera.fov * Math.PI) / 180;
    this.mouse = new Mouse(canvas, this.walker, fieldOfView, {
      moved: lookAgain,
      left: lookAgain,
      steered: stopFlight,
      wheeled: (pixels) => this.pointing.wheel(pixels),
      clicked: (button) => {
        this.pointing.click(button);
        if (button === 0 && this.pointing.onVoid && !this.mouse.locked) this.mouse.lock();
      },
    });
    this.pointing = new Pointing(canvas, this.camera, this.mouse.at, () => this.pickables);
    new ResizeObserver(() => {
      this.resize();
    }).observe(container);
  }

  get tiles(): Tiles | null {
    return this.hall?.tiles ?? null;
  }

  /** Where the dataset panel shows an image's picture or a button; null when it does not. */
  onDatasetPanel(name: string): Vector3 | null {
    return this.hall?.dataset.centreOf(name) ?? null;
  }

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
    effect(() => {
      const hall = this.state.hall.value;
      if (hall !== null) this.build(hall);
    });
    effect(() => {
      const destination = this.state.destination.value;
      if (destination !== null) this.fly(destination);
    });
    const values = new ValueCache(this.actions.api);
    effect(() => {
      const load = (held: Held): ReturnType<typeof pixelsOf> =>
        pixelsOf(held, this.state, this.actions, values);
      this.tool.hold(this.state.held.value, load);
    });
    this.renderer.setAnimationLoop((time: number) => {
      this.frame(time);
    });
  }

  private build(hall: Hall): void {
    // Not before: the fonts must not come in the way of the network's first data.
    this.glyphs.prepare();
    this.hall?.dispose();
    this.hall = new HallScene(hall, this.renderer, this.state, this.actions, this.glyphs);
    this.scene.add(this.hall.object);
    const hologram = new HologramTarget(this.tool, this.state, this.actions);
    this.pickables = [hologram, ...this.hall.pickables];
    this.environment.light(hall.arrangement);
    this.arrive(hall);
    this.hall.load(this.camera);
  }

  /** Where one who puts a headset on stands: before the frame until the walk has begun. */
  private ground(): Ground {
    const { eye, yaw } = this.walker;
    const arrangement = this.hall?.hall.arrangement;
    const start = arrangement && startPose(arrangement, this.camera.aspect).eye;
    if (arrangement === undefined || start?.equals(eye) !== true) return { x: eye.x, z: eye.z, yaw };
    return groundBefore(arrangement.input_frame);
  }

  private arrive(hall: Hall): void {
    const { eye, yaw, pitch } = startPose(hall.arrangement, this.camera.aspect);
    this.walker.eye.copy(eye);
    this.walker.yaw = yaw;
    this.walker.pitch = pitch;
    this.walker.halt();
    this.walker.apply(this.camera);
    this.camera.updateMatrixWorld();
  }

  private fly(to: Destination): void {
    const { hall } = this;
    if (hall === null) return;
    const { aspect, fov } = this.camera;
    if (to.kind === 'start') {
      this.flight.start(startPose(hall.hall.arrangement, aspect), this.state.reducedMotion.peek());
      return;
    }
    const exhibit = hall.exhibits.get(to.layer);
    if (exhibit === undefined) return;
    const free = freeBefore(exhibit.place, hall.places.values());
    const clear = Math.max(LEAST_CLEAR, 1 - (2 * OVERLAYS) / this.container.clientHeight);
    const pose = poseBefore(exhibit, free, aspect, (fov * Math.PI) / 180, clear);
    this.flight.start(pose, this.state.reducedMotion.peek());
  }

  private frame(time: number): void {
    const seconds = Math.min(LONGEST_STEP, Math.max(0, (time - this.before) / 1000));
    this.before = time;
    this.frameCount += 1;
    if (this.immersion.active) this.immersion.step(seconds);
    else this.move(seconds);
    this.camera.getWorldPosition(this.eye);
    this.environment.follow(this.eye);
    const clock = time / 1000;
    this.hall?.update(this.camera, this.eye, this.renderer.domElement.height, clock);
    this.tool.object.visible = !this.immersion.active;
    this.tool.update(this.camera, clock, this.state.reducedMotion.peek());
    this.pointing.update();
    this.renderer.info.reset();
    this.renderer.render(this.scene, this.camera);
  }

  private move(seconds: number): void {
    if (this.flight.flying) this.flight.step(seconds);
    else this.walker.step(seconds, this.keys.steering);
    this.walker.apply(this.camera);
    this.camera.updateMatrixWorld();
    const moved = !this.camera.matrix.equals(this.view);
    this.resolution.update(seconds, moved);
    if (!moved) return;
    this.view.copy(this.camera.matrix);
    this.pointing.invalidate();
  }

  private resize(): void {
    if (this.immersion.active) return;
    const width = Math.max(1, this.container.clientWidth);
    const height = Math.max(1, this.container.clientHeight);
    this.resolution.refresh();
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.pointing.invalidate();
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
