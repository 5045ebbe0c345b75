/** What happens once a frame in a headset, and where one stands on entering and leaving it. */
import type { Object3D, PerspectiveCamera, WebGLRenderer } from 'three';

import type { Menus } from '../menus/menus';
import { peek } from '../model/peek';
import type { State } from '../model/state';
import type { Clock } from '../scene/clock';
import type { Glyphs } from '../scene/glyphs';
import type { Grabs } from '../scene/grabs';
import type { Pickable } from '../scene/pointing';
import type { Tool } from '../scene/tool';
import type { Walker } from '../scene/walker';
import type { Ground } from './arrivals';
import { Beams } from './beams';
import { Bones } from './bones';
import { LiveGaze } from './gaze';
import { Gripping } from './gripping';
import { Hands } from './hands';
import { toolSide, type Hand } from './hand';
import { Locomotion } from './locomotion';
import { Pointers } from './pointers';
import type { Rig } from './rig';
import { Tooltip } from './tooltip';

/** Of the hologram, by a stick that is pushed fully: so many powers of e in a second. */
const ZOOM_SPEED = 1.8;

/** What the headset needs of the hall. */
export interface Stage {
  readonly renderer: WebGLRenderer;
  readonly camera: PerspectiveCamera;
  readonly rig: Rig;
  readonly walker: Walker;
  readonly hall: Object3D;
  readonly glyphs: Glyphs;
  readonly tool: Tool;
  readonly grabs: Grabs;
  /** What the other hand points at when it points at the hologram. */
  readonly lens: Pickable;
  readonly menus: Menus;
  /** All that the tool's hand can point at. */
  readonly pickables: () => readonly Pickable[];
  /** All that the other one can. */
  readonly besides: () => readonly Pickable[];
  /** Where one who puts a headset on stands. */
  readonly ground: () => Ground;
  /** Empties the tool. */
  readonly letGo: () => void;
}

export class Immersive {
  readonly hands = new Hands();
  readonly pointers: Pointers;
  readonly locomotion: Locomotion;
  readonly tooltip: Tooltip;
  private readonly gripping: Gripping;
  private readonly beams = new Beams();
  private readonly bones = new Bones(this.hands);
  private readonly gaze = new LiveGaze();
  /** Whether a hand's stick means something else than going about. */
  private readonly sticksTaken = { left: false, right: false };

  constructor(
    private readonly stage: Stage,
    private readonly state: State,
  ) {
    const { renderer, rig, pickables, besides } = stage;
    this.locomotion = new Locomotion(rig, state);
    this.gripping = new Gripping(stage.grabs, pickables);
    this.pointers = new Pointers(pickables, besides);
    this.tooltip = new Tooltip(stage.glyphs);
    renderer.xr.addEventListener('sessionstart', this.enter);
    renderer.xr.addEventListener('sessionend', this.leave);
  }

  get active(): boolean {
    return this.stage.renderer.xr.isPresenting;
  }

  /** Whether nobody looks: the headset is off, or shows something else alone. */
  get hidden(): boolean {
    return this.stage.renderer.xr.getSession()?.visibilityState === 'hidden';
  }

  /** The hand that holds the tool. */
  get toolHand(): Hand {
    return this.hands[toolSide(this.hands, peek(this.state.preferences.hand))];
  }

  get offHand(): Hand {
    return this.toolHand === this.hands.right ? this.hands.left : this.hands.right;
  }

  /** One frame. */
  step(clock: Clock): void {
    const { xr } = this.stage.renderer;
    const session = xr.getSession();
    const frame = xr.getFrame();
    const space = xr.getReferenceSpace();
    if (session === null || space === null) return;
    const { rig } = this.stage;
    // three's eyes stay where the session before had them until the headset has told where they are.
    if (!rig.knowsHead && frame.getViewerPose(space) == null) return;
    rig.track(xr.getCamera().cameras);
    this.hands.update(session, frame, space, rig.object);
    this.takeSticks();
    this.zoom(clock);
    this.locomotion.update(this.toolHand, this.offHand, clock, this.sticksTaken);
    rig.look(this.gaze);
    this.hands.place(rig.object);
    this.gripping.update(this.hands, clock, this.gaze);
    this.pointers.update(this.toolHand, this.offHand, this.gripping);
    if (this.toolHand.lower.began) this.stage.letGo();
    this.feel();
    this.openBoards();
    this.show(clock);
  }

  private takeSticks(): void {
    this.sticksTaken.left = this.gripping.holds('left');
    this.sticksTaken.right = this.gripping.holds('right');
    if (this.stage.tool.near) this.sticksTaken[this.toolHand.side] = true;
  }

  /** The stick of the hand that holds the hologram near zooms it, about what the other hand points at. */
  private zoom({ step }: Clock): void {
    const { tool } = this.stage;
    const { side, stick } = this.toolHand;
    if (!tool.near || this.gripping.holds(side) || stick.y === 0) return;
    const { hologram } = tool;
    const isPointed = this.pointers.off.target === this.stage.lens;
    const factor = Math.exp(-stick.y * step * ZOOM_SPEED);
    hologram.zoom(factor, isPointed ? hologram.met.x : 0.5, isPointed ? hologram.met.y : 0.5);
  }

  /** The hand feels that it points at something else that can be taken, and that it takes it. */
  private feel(): void {
    if (peek(this.state.reducedMotion)) return;
    if (this.pointers.reached || this.toolHand.trigger.began) this.hands.pulse(this.toolHand.side);
  }

  /** The tool hand's upper button opens the board of the layer that is pointed at. */
  private openBoards(): void {
    const { menus } = this.stage;
    if (this.toolHand.upper.began) menus.openLayer(this.pointers.tool.target?.grip?.() ?? null);
    menus.update(this.offHand);
  }

  private show(clock: Clock): void {
    const { gaze } = this;
    this.stage.tool.follow(this.toolHand, gaze, clock, peek(this.state.reducedMotion));
    // Instead of a controller one sees the tool.
    if (!this.toolHand.bare) this.toolHand.joints.hide();
    this.bones.update();
    this.tellValue();
    this.tooltip.update(this.pointers.tool, gaze.eye);
    this.beams.begin(gaze);
    if (this.toolHand.present && !this.locomotion.aims(this.toolHand)) this.beams.show(this.toolHand, this.pointers.tool);
    const { off } = this.pointers;
    if (off.target === this.stage.lens) this.beams.show(this.offHand, off);
    else if (off.target !== null) this.beams.mark(this.offHand, off);
  }

  /** Held near, the hologram tells the value in its middle where no hand points at another one. */
  private tellValue(): void {
    const { tool, lens } = this.stage;
    if (this.pointers.off.target === lens) return;
    if (tool.near) tool.hologram.point(0.5, 0.5);
    else tool.hologram.unpoint();
  }

  private readonly enter = (): void => {
    const session = this.stage.renderer.xr.getSession();
    if (session !== null) this.hands.attach(session);
    this.stage.tool.giveTo(this.stage.hall);
    this.stage.hall.add(this.beams.object, this.tooltip.object);
    this.stage.rig.object.add(this.bones.object);
    this.locomotion.enter(this.stage.ground());
    this.stage.renderer.xr.getReferenceSpace()?.addEventListener('reset', this.stay);
  };

  private readonly stay = (): void => {
    this.locomotion.stay();
  };

  private readonly leave = (): void => {
    this.hands.detach();
    this.pointers.leave();
    this.gripping.leave();
    this.tooltip.hide();
    this.beams.object.removeFromParent();
    this.bones.object.removeFromParent();
    this.stage.tool.hangOn(this.stage.camera);
    this.locomotion.leave(this.stage.walker);
  };
}
