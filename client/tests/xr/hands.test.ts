import { Euler, Matrix4, Object3D, Quaternion, Vector3 } from 'three';
import { beforeEach, describe, expect, it } from 'vitest';

import { toolSide } from '../../src/xr/hand';
import { Hands } from '../../src/xr/hands';

/** A headset's report: sources with spaces, which a frame has poses for. */
class Report {
  readonly session = Object.assign(new EventTarget(), {
    visibilityState: 'visible',
    inputSources: [] as unknown[],
  });
  readonly frame = {
    getPose: (space: Matrix4 | null) => (space === null ? null : { transform: { matrix: space.elements } }),
  };
  readonly hands = new Hands();
  readonly rig = new Object3D();

  constructor() {
    this.hands.attach(this.session as unknown as XRSession);
  }

  read(): void {
    const { session, frame, hands, rig } = this;
    hands.update(session as unknown as XRSession, frame as unknown as XRFrame, null as unknown as XRReferenceSpace, rig);
  }

  tell(type: string, inputSource: unknown): void {
    this.session.dispatchEvent(Object.assign(new Event(type), { inputSource }));
  }
}

function controller(handedness: string, place = new Matrix4()): Record<string, unknown> {
  const buttons = Array.from({ length: 6 }, () => ({ pressed: false }));
  return { handedness, targetRaySpace: place, gripSpace: place, gamepad: { axes: [0, 0, 0, 0], buttons } };
}

let report: Report;
let right: ReturnType<typeof controller>;

beforeEach(() => {
  report = new Report();
  right = controller('right', new Matrix4().makeTranslation(0.2, 1.4, -0.3));
  report.session.inputSources.push(right);
});

describe('Hands', () => {
  it('places a hand in the world, larger with the visitor', () => {
    report.rig.position.set(10, 0, 5);
    report.rig.rotation.y = Math.PI / 2;
    report.rig.scale.setScalar(2);
    report.read();
    const { ray, grip, present } = report.hands.right;
    expect(present).toBe(true);
    // Turned a quarter to the left, x becomes -z and z becomes x: (10 - 0.6, 2.8, 5 - 0.4).
    expect(ray.origin.distanceTo(new Vector3(9.4, 2.8, 4.6))).toBeLessThan(1e-6);
    expect(ray.direction.distanceTo(new Vector3(-1, 0, 0))).toBeLessThan(1e-6);
    const scale = new Vector3();
    const turn = new Quaternion();
    grip.decompose(new Vector3(), turn, scale);
    expect(scale.distanceTo(new Vector3(1, 1, 1))).toBeLessThan(1e-6);
    expect(turn.angleTo(new Quaternion().setFromEuler(new Euler(0, Math.PI / 2, 0)))).toBeLessThan(1e-6);
  });

  it('tells of a press that begins and ends between two frames', () => {
    report.read();
    report.tell('selectstart', right);
    report.tell('selectend', right);
    report.read();
    expect(report.hands.right.trigger).toEqual({ down: false, began: true, ended: true });
    report.read();
    expect(report.hands.right.trigger).toEqual({ down: false, began: false, ended: false });
  });

  it('ends what was pressed when the hand is not seen any more', () => {
    report.tell('squeezestart', right);
    report.read();
    expect(report.hands.right.squeeze).toEqual({ down: true, began: true, ended: false });
    right['targetRaySpace'] = null;
    report.read();
    expect(report.hands.right.present).toBe(false);
    expect(report.hands.right.squeeze).toEqual({ down: false, began: false, ended: true });
  });

  it('has no hands while the headset shows a menu of its own', () => {
    report.read();
    report.session.visibilityState = 'visible-blurred';
    report.read();
    expect(report.hands.right.present).toBe(false);
    report.session.visibilityState = 'visible';
    report.read();
    expect(report.hands.right.present).toBe(true);
  });

  it('takes no notice of a stick near its middle, and reaches 1 at its end', () => {
    const axes = (right['gamepad'] as { axes: number[] }).axes;
    axes.splice(2, 2, 0.12, 1);
    report.read();
    expect(report.hands.right.stick.toArray()).toEqual([0, 1]);
    axes.splice(2, 2, -0.575, -1);
    report.read();
    // Half way between the dead middle's rim at 0.15 and the end.
    expect(report.hands.right.stick.x).toBeCloseTo(-0.5);
    expect(report.hands.right.stick.y).toBe(-1);
  });

  it('reads the two buttons of a controller, and none of a bare hand', () => {
    const buttons = (right['gamepad'] as { buttons: { pressed: boolean }[] }).buttons;
    buttons.splice(4, 2, { pressed: true }, { pressed: false });
    report.read();
    expect(report.hands.right.lower.began).toBe(true);
    expect(report.hands.right.upper.down).toBe(false);
    right['hand'] = new Map();
    report.read();
    expect(report.hands.right.bare).toBe(true);
    expect(report.hands.right.lower).toEqual({ down: false, began: false, ended: true });
  });

  it('tells the hands apart, and a source without a side is a right one', () => {
    report.session.inputSources.splice(0, 1, controller('none'), controller('left'));
    report.read();
    expect([report.hands.left.present, report.hands.right.present]).toEqual([true, true]);
    report.hands.detach();
    expect([report.hands.left.present, report.hands.right.present]).toEqual([false, false]);
  });

  it('loses a hand for a frame in which another thing is taken up: what was pressed ends', () => {
    report.tell('squeezestart', right);
    (right['gamepad'] as { axes: number[] }).axes[3] = -1;
    report.read();
    expect([report.hands.right.squeeze.down, report.hands.right.stick.y]).toEqual([true, -1]);
    // The headset does not tell of the squeeze's end: its controller is gone.
    report.session.inputSources.splice(0, 1, { ...controller('right'), hand: new Map() });
    report.read();
    expect(report.hands.right.present).toBe(false);
    expect(report.hands.right.squeeze).toEqual({ down: false, began: false, ended: true });
    report.read();
    expect([report.hands.right.present, report.hands.right.bare]).toEqual([true, true]);
  });

  it('says which hands have a stick', () => {
    report.read();
    expect(report.hands.right.hasStick).toBe(true);
    (right['gamepad'] as { axes: number[] }).axes.splice(2);
    report.read();
    expect(report.hands.right.hasStick).toBe(false);
    right['gamepad'] = undefined;
    report.read();
    expect([report.hands.right.hasStick, report.hands.right.present]).toEqual([false, true]);
  });

  it('gives the tool to the only hand that there is, and to the preferred one from when it comes', () => {
    report.read();
    expect(toolSide(report.hands, 'left')).toBe('right');
    report.session.inputSources.push(controller('left'));
    report.read();
    expect(toolSide(report.hands, 'left')).toBe('left');
    // A hand that is out of sight for a moment keeps it.
    report.session.inputSources.pop();
    report.read();
    expect(report.hands.left.present).toBe(false);
    expect(toolSide(report.hands, 'left')).toBe('left');
    report.hands.attach(report.session as unknown as XRSession);
    report.read();
    expect(toolSide(report.hands, 'left')).toBe('right');
  });
});
