/** Both hands as the headset reports them: controllers or bare hands, which come and go. */
import { Matrix4, Quaternion, Vector3, type Object3D } from 'three';

import { Hand, type BothHands, type Press, type Side } from './hand';

/** Of the thumbstick's way, around its middle. */
const DEAD = 0.15;
/** Where the standard mapping of WebXR gamepads has them. */
const STICK = { x: 2, y: 3 } as const;
const BUTTON = { lower: 4, upper: 5 } as const;
/** Felt, but not heard. */
const PULSE = { strength: 0.25, milliseconds: 12 } as const;

const UNSCALED = new Vector3(1, 1, 1);
const BACK = new Vector3(0, 0, -1);

export class Hands implements BothHands {
  readonly left = new Hand('left');
  readonly right = new Hand('right');
  private readonly leftTracker = new Tracker(this.left);
  private readonly rightTracker = new Tracker(this.right);
  private session: XRSession | null = null;

  /** Listens to a session that begins; presses come as events, so that none is lost between frames. */
  attach(session: XRSession): void {
    this.detach();
    this.session = session;
    this.left.known = false;
    this.right.known = false;
    for (const type of EVENTS) session.addEventListener(type, this.hear);
  }

  /** The session is over: there are no hands. */
  detach(): void {
    for (const type of EVENTS) this.session?.removeEventListener(type, this.hear);
    this.session = null;
    this.leftTracker.lose();
    this.rightTracker.lose();
  }

  /** Once a frame, first of all: reads the headset's report and places the hands in the world. */
  update(session: XRSession, frame: XRFrame, space: XRReferenceSpace, rig: Object3D): void {
    this.leftTracker.source = null;
    this.rightTracker.source = null;
    // While the headset shows a menu of its own, the hands are not ours.
    if (session.visibilityState === 'visible') this.choose(session.inputSources);
    this.leftTracker.read(frame, space);
    this.rightTracker.read(frame, space);
    this.place(rig);
  }

  /** The rig has moved since: the hands go with it. */
  place(rig: Object3D): void {
    rig.updateWorldMatrix(true, false);
    this.leftTracker.place(rig.matrixWorld);
    this.rightTracker.place(rig.matrixWorld);
  }

  /** A pulse that the hand feels, where its controller can. */
  pulse(side: Side): void {
    this.trackerOf(side).pulse();
  }

  /** The first source of each side is its hand; one without a side is a right hand. */
  private choose(sources: XRInputSourceArray): void {
    for (let at = 0; at < sources.length; at += 1) {
      const source = sources[at];
      if (source === undefined) continue;
      const tracker = this.trackerOf(source.handedness === 'left' ? 'left' : 'right');
      tracker.source ??= source;
    }
  }

  private trackerOf(side: Side): Tracker {
    return side === 'left' ? this.leftTracker : this.rightTracker;
  }

  private readonly hear = (event: XRInputSourceEvent): void => {
    const tracker = this.trackerOf(event.inputSource.handedness === 'left' ? 'left' : 'right');
    const latch = event.type.startsWith('select') ? tracker.trigger : tracker.squeeze;
    latch.set(event.type.endsWith('start'));
  };
}

const EVENTS = ['selectstart', 'selectend', 'squeezestart', 'squeezeend'] as const;

/** Headsets' controllers pulse; a browser may have gamepads that do not. */
interface Pulsing {
  pulse?(strength: number, milliseconds: number): Promise<boolean>;
}
interface Feeling {
  readonly hapticActuators?: readonly Pulsing[];
}

/** A button between two frames: what happened to it until somebody asks. */
class Latch {
  private down = false;
  private began = false;
  private ended = false;

  set(down: boolean): void {
    if (down === this.down) return;
    this.down = down;
    if (down) this.began = true;
    else this.ended = true;
  }

  /** Tells what happened since it was last asked. */
  tell(press: Press): void {
    press.down = this.down;
    press.began = this.began;
    press.ended = this.ended;
    this.began = false;
    this.ended = false;
  }
}

/** One hand's source, where it is in the rig's space, and its buttons. */
class Tracker {
  source: XRInputSource | null = null;
  /** The one of the frame before. */
  private former: XRInputSource | null = null;
  readonly trigger = new Latch();
  readonly squeeze = new Latch();
  private readonly lower = new Latch();
  private readonly upper = new Latch();
  private readonly ray = new Matrix4();
  private readonly grip = new Matrix4();
  private readonly world = new Matrix4();
  private readonly position = new Vector3();
  private readonly turn = new Quaternion();
  private readonly scale = new Vector3();

  constructor(private readonly hand: Hand) {}

  read(frame: XRFrame, space: XRReferenceSpace): void {
    const { source, former } = this;
    this.former = source;
    // A controller that is put down for a bare hand lets go of what it held: for a frame there is no hand.
    if (source === null || (former !== null && former !== source)) {
      this.lose();
      return;
    }
    const ray = frame.getPose(source.targetRaySpace, space);
    // Browsers say null, their types undefined.
    if (ray == null) {
      this.lose();
      return;
    }
    this.ray.fromArray(ray.transform.matrix);
    const palm = source.gripSpace ?? source.hand?.get('wrist') ?? source.targetRaySpace;
    this.grip.fromArray((frame.getPose(palm, space) ?? ray).transform.matrix);
    this.hand.present = true;
    this.hand.known = true;
    this.hand.bare = source.hand != null;
    if (source.hand == null) this.hand.joints.hold(this.grip);
    else this.hand.joints.read(source.hand, frame, space);
    this.readGamepad(this.hand.bare ? undefined : source.gamepad);
    this.tell();
  }

  /** It is not seen: nothing of it is pressed. */
  lose(): void {
    this.hand.present = false;
    this.hand.joints.hide();
    this.readGamepad(undefined);
    this.trigger.set(false);
    this.squeeze.set(false);
    this.tell();
  }

  place(rig: Matrix4): void {
    const { ray, grip } = this.hand;
    this.world.multiplyMatrices(rig, this.ray);
    ray.origin.setFromMatrixPosition(this.world);
    ray.direction.copy(BACK).transformDirection(this.world);
    this.world.multiplyMatrices(rig, this.grip).decompose(this.position, this.turn, this.scale);
    grip.compose(this.position, this.turn, UNSCALED);
  }

  pulse(): void {
    const actuator: Pulsing | undefined = (this.source?.gamepad as Feeling | undefined)?.hapticActuators?.[0];
    void actuator?.pulse?.(PULSE.strength, PULSE.milliseconds);
  }

  private readGamepad(gamepad: Gamepad | undefined): void {
    const { stick } = this.hand;
    this.hand.hasStick = gamepad !== undefined && gamepad.axes.length > STICK.y;
    stick.set(beyondDead(gamepad?.axes[STICK.x]), beyondDead(gamepad?.axes[STICK.y]));
    this.lower.set(gamepad?.buttons[BUTTON.lower]?.pressed ?? false);
    this.upper.set(gamepad?.buttons[BUTTON.upper]?.pressed ?? false);
  }

  private tell(): void {
    const { hand } = this;
    this.trigger.tell(hand.trigger);
    this.squeeze.tell(hand.squeeze);
    this.lower.tell(hand.lower);
    this.upper.tell(hand.upper);
  }
}

/** The stick's way from the edge of its dead middle, -1 to 1. */
function beyondDead(value = 0): number {
  const way = Math.abs(value);
  return way <= DEAD ? 0 : (Math.sign(value) * (way - DEAD)) / (1 - DEAD);
}
