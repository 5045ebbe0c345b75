import { PerspectiveCamera, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';

import { UNMOVED, type Placement } from '../../src/model/placement';
import type { Arrangement, Panel } from '../../src/net/types';
import { BUTTON_HEIGHT, HEADER, onButton, PLATE_WIDTH, plateTop, type Exhibit } from '../../src/scene/exhibit';
import { Flight, freeBefore, poseBefore, startPose } from '../../src/scene/flight';
import { at, movePlace, placeOf, type Place } from '../../src/scene/place';
import { EYE_HEIGHT, Walker, type Pose } from '../../src/scene/walker';

const FOV = 56;

function panel(layer: string, z: number, columns: number, rows: number, yaw = 0): Panel {
  const size = 0.2;
  const y = 0.55 + (rows * size) / 2;
  return { layer, x: 0, y, z, yaw, columns, rows, cell_width: size, cell_height: size };
}

function cameraAt(pose: Pose, aspect: number): PerspectiveCamera {
  const camera = new PerspectiveCamera(FOV, aspect, 0.05, 900);
  const walker = new Walker();
  walker.eye.copy(pose.eye);
  walker.yaw = pose.yaw;
  walker.pitch = pose.pitch;
  walker.apply(camera);
  camera.updateMatrixWorld();
  return camera;
}

/** `clear`: the share of the view's height, in its middle, that counts. */
function isSeen(point: Vector3, camera: PerspectiveCamera, clear = 1): boolean {
  const { x, y, z } = point.clone().project(camera);
  return Math.abs(x) <= 1 && Math.abs(y) <= clear && z < 1;
}

function exhibit(place: Place): Exhibit {
  return { layout: place, place, anchor: 1, header: HEADER, turns: true, sections: 2 };
}

/** The corners of a panel with its header, its plate and its button. */
function corners(place: Place): Vector3[] {
  const { width, height } = place;
  const button = onButton(exhibit(place), 0, BUTTON_HEIGHT).y;
  const top = Math.max(button, plateTop(exhibit(place))) - place.centre.y;
  return [-width / 2 - PLATE_WIDTH, width / 2].flatMap((right) =>
    [-height / 2, top].map((up) => at(place, right, up, 0)),
  );
}

describe('poseBefore', () => {
  it.each([
    [6, 4, 0, 16 / 9, 0.76],
    [3, 2, 0, 16 / 9, 0.76],
    [23, 17, 0, 16 / 9, 0.76],
    [23, 10, 0.6, 16 / 9, 0.84],
    [12, 12, -2, 1, 1],
    [23, 17, 0, 0.5, 0.7],
  ])('sees a panel of %i by %i cells, turned by %f rad, whole at aspect %f within %f', (columns, rows, yaw, aspect, clear) => {
    const place = placeOf(panel('a', -3, columns, rows, yaw));
    const pose = poseBefore(exhibit(place), Infinity, aspect, (FOV * Math.PI) / 180, clear);
    const camera = cameraAt(pose, aspect);
    for (const corner of corners(place)) expect(isSeen(corner, camera, clear)).toBe(true);
    expect(pose.eye.y).toBeCloseTo(1.65);
  });

  it('stays before what stands in the way', () => {
    const place = placeOf(panel('b', -3, 23, 17));
    const others = [panel('a', 0, 5, 5), panel('b', -3, 23, 17), panel('c', -6, 5, 5)].map(placeOf);
    const free = freeBefore(place, others);
    expect(free).toBeGreaterThan(2);
    expect(free).toBeLessThan(3);
    expect(poseBefore(exhibit(place), free, 1, 1, 1).eye.z).toBeLessThan(0);
  });

  it.each([0.7, 0.77, 0.84])('sees the button where it must stand too near, within %f', (clear) => {
    const near = exhibit(placeOf(panel('b', -3, 12, 10)));
    const width = 16 / 9;
    const camera = cameraAt(poseBefore(near, 2, width, (FOV * Math.PI) / 180, clear), width);
    const button = onButton(near, 0, BUTTON_HEIGHT);
    const below = at(near.place, 0, -near.place.height / 2, 0);
    expect(isSeen(button, camera, (3 + clear) / 4 + 0.01)).toBe(true);
    expect(isSeen(below, camera)).toBe(false);
  });

  it.each([1, 16 / 9])('leaves what is covered on the left free at aspect %f', (aspect) => {
    const place = placeOf(panel('b', -3, 12, 6, 0.4));
    const covered = 0.3;
    const camera = cameraAt(poseBefore(exhibit(place), Infinity, aspect, (FOV * Math.PI) / 180, 0.8, covered), aspect);
    for (const corner of corners(place)) {
      expect(isSeen(corner, camera, 0.8)).toBe(true);
      expect(corner.clone().project(camera).x).toBeGreaterThan(2 * covered - 1);
    }
  });

  it('does not lose its right side to what is covered on the left, where it must stand near', () => {
    const place = placeOf(panel('b', -3, 20, 6));
    const near = (covered: number): Pose => poseBefore(exhibit(place), 2.5, 16 / 9, (FOV * Math.PI) / 180, 0.8, covered);
    expect(near(0.3)).toEqual(near(0));
  });

  it('is not hindered by panels beside', () => {
    const beside = placeOf({ ...panel('a', 0, 5, 5), x: 6 });
    expect(freeBefore(placeOf(panel('b', -3, 5, 5)), [beside])).toBe(Infinity);
  });

  it('looks down from where the eyes of a tall visitor are, over what stands before the panel', () => {
    const place = placeOf(panel('a', -3, 6, 4));
    const { eye, pitch } = poseBefore(exhibit(place), 1.5, 16 / 9, (FOV * Math.PI) / 180, 0.8, 0, 6);
    expect(eye.y).toBe(6);
    const down = Math.atan2(6 - place.centre.y, eye.z - place.centre.z);
    expect(down).toBeLessThan(1);
    expect(Math.abs(pitch + down)).toBeLessThan(0.2);
  });
});

describe('startPose', () => {
  function arrangement(halfWidth: number, count: number): Arrangement {
    return {
      panels: Array.from({ length: count }, (_, i) => panel(`p${i}`, -3 * i, 14, 8)),
      routes: [],
      signs: [],
      input_frame: { x: 0, y: 1.3, z: 2.4, width: 1.5, height: 1.5 },
      bounds: { min_x: -halfWidth, max_x: halfWidth, min_z: -3 * count, max_z: 3.4 },
    };
  }

  it.each([
    [4, 60, 16 / 9],
    [4, 3, 4 / 3],
    [20, 200, 16 / 9],
    [4, 60, 0.6],
  ])('shows the frame and the network: half width %f m, %i panels, aspect %f', (half, count, aspect) => {
    const place = arrangement(half, count);
    const camera = cameraAt(startPose(place, aspect), aspect);
    const { x, y, z, width, height } = place.input_frame;
    for (const right of [-0.5, 0.5]) {
      for (const up of [-0.5, 0.5]) {
        expect(isSeen(new Vector3(x + right * width, y + up * height, z), camera)).toBe(true);
      }
    }
    const seen = place.panels.filter((one) => isSeen(placeOf(one).centre, camera));
    expect(seen).toHaveLength(count);
  });
});

describe('Flight', () => {
  const target: Pose = { eye: new Vector3(3, 1.65, -20), yaw: -3, pitch: 0.2 };

  function begun(still: boolean): { walker: Walker; flight: Flight } {
    const walker = new Walker();
    walker.yaw = 3;
    const flight = new Flight(walker);
    flight.start(target, still);
    return { walker, flight };
  }

  it('arrives, and turns the short way', () => {
    const { walker, flight } = begun(false);
    let most = 0;
    for (let i = 0; i < 200 && flight.flying; i += 1) {
      flight.step({ step: 1 / 60 });
      most = Math.max(most, Math.PI - Math.abs(walker.yaw));
    }
    expect(flight.flying).toBe(false);
    expect(walker.eye.distanceTo(target.eye)).toBeLessThan(1e-9);
    expect(walker.yaw).toBeCloseTo(-3);
    expect(most).toBeLessThan(0.2);
  });

  it('is there at once when less motion is wanted', () => {
    const { walker, flight } = begun(true);
    expect(flight.flying).toBe(false);
    expect(walker.eye.distanceTo(target.eye)).toBeLessThan(1e-9);
  });

  it('leaves the visitor where it is cancelled', () => {
    const { walker, flight } = begun(false);
    flight.step({ step: 0.5 });
    flight.cancel();
    const { z } = walker.eye;
    flight.step({ step: 0.5 });
    expect(walker.eye.z).toBe(z);
  });
});

describe('poseBefore a panel that was moved', () => {
  const layout = placeOf(panel('a', -3, 6, 4));
  const moved = (placement: Partial<Placement>): Exhibit => {
    const place = placeOf(panel('a', -3, 6, 4));
    movePlace(place, layout, { ...UNMOVED, ...placement });
    return { layout, place, anchor: 1, header: HEADER, turns: true, sections: 2 };
  };
  const poseOf = (one: Exhibit): Pose => poseBefore(one, Infinity, 16 / 9, (FOV * Math.PI) / 180, 0.76);

  it('stands before where it is now, nearer to a small one, and sees it whole', () => {
    const small = moved({ x: 5, z: -2, yaw: 1, scale: 0.4, y: 0.6 });
    const pose = poseOf(small);
    const camera = cameraAt(pose, 16 / 9);
    const { centre, width, height } = small.place;
    for (const right of [-width / 2, width / 2]) {
      for (const up of [-height / 2, height / 2 + 0.4 * HEADER]) expect(isSeen(at(small.place, right, up, 0), camera, 0.76)).toBe(true);
    }
    const usual = poseOf(moved({})).eye.distanceTo(layout.centre);
    expect(pose.eye.distanceTo(centre)).toBeLessThan(0.8 * usual);
    expect(pose.yaw).toBeCloseTo(1);
  });

  it('is lifted to one that hangs over the head, and only there', () => {
    const high = poseOf(moved({ y: 5 }));
    expect(high.eye.y).toBeGreaterThan(4);
    expect(Math.abs(high.pitch)).toBeLessThan(0.5);
    expect(poseOf(moved({ y: 0.8 })).eye.y).toBe(EYE_HEIGHT);
  });
});

describe('a panel without its plate', () => {
  it('is stood before in its own middle, and nearer', () => {
    const place = placeOf(panel('a', -3, 23, 6));
    const pose = (sections: number): Pose => poseBefore({ ...exhibit(place), sections }, Infinity, 1, (FOV * Math.PI) / 180, 0.8);
    expect(pose(0).eye.x).toBeCloseTo(0);
    expect(pose(2).eye.x).toBeLessThan(-0.4);
    expect(pose(0).eye.z).toBeLessThan(pose(2).eye.z - 0.4);
  });
});
