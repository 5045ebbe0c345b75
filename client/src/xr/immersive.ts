/** What happens once a frame in a headset, and where one stands on entering and leaving it. */
import type { Object3D, PerspectiveCamera, WebGLRenderer } from 'three';

import type { State } from '../model/state';
import type { Pickable } from '../scene/pointing';
import type { Walker } from '../scene/walker';
import { Hands } from './hands';
import type { Hand } from './hand';
import { Immersion, type Ground } from './immersion';
import { Pointers } from './pointers';

/** What the headset needs of the hall. */
export interface Stage {
  readonly renderer: WebGLRenderer;
  readonly camera: PerspectiveCamera;
  readonly rig: Object3D;
  readonly walker: Walker;
  /** All that the tool's hand can point at. */
  readonly pickables: () => readonly Pickable[];
  /** All that the other one can. */
  readonly besides: () => readonly Pickable[];
  /** Where one who puts a headset on stands. */
  readonly ground: () => Ground;
}

export class Immersive {
  readonly hands = new Hands();
  readonly pointers: Pointers;
  private readonly immersion: Immersion;

  constructor(
    private readonly stage: Stage,
    private readonly state: State,
  ) {
    const { renderer, rig, camera, walker, ground } = stage;
    this.immersion = new Immersion(renderer, rig, camera, walker, ground);
    this.pointers = new Pointers(stage.pickables, stage.besides);
    renderer.xr.addEventListener('sessionstart', this.enter);
    renderer.xr.addEventListener('sessionend', this.leave);
  }

  get active(): boolean {
    return this.stage.renderer.xr.isPresenting;
  }

  /** The hand that holds the tool. */
  get toolHand(): Hand {
    return this.hands[this.state.preferences.hand.value];
  }

  get offHand(): Hand {
    return this.toolHand === this.hands.right ? this.hands.left : this.hands.right;
  }

  step(seconds: number): void {
    const { xr } = this.stage.renderer;
    const session = xr.getSession();
    const frame = xr.getFrame();
    const space = xr.getReferenceSpace();
    if (session === null || space === null) return;
    this.hands.update(session, frame, space, this.stage.rig);
    this.immersion.step(seconds);
    this.hands.place(this.stage.rig);
    this.pointers.update(this.toolHand, this.offHand);
  }

  private readonly enter = (): void => {
    const session = this.stage.renderer.xr.getSession();
    if (session !== null) this.hands.attach(session);
  };

  private readonly leave = (): void => {
    this.hands.detach();
    this.pointers.leave();
  };
}
