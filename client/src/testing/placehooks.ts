/** Where things are: in the world in m, and on the page in CSS pixels; for tests that point at them. */
import type { Vector3 } from 'three';

import type { State } from '../model/state';
import type { EdgeEnd } from '../scene/edges';
import type { World } from '../scene/world';
import { spot, type Spot3 } from './xrhooks';

/** A place on the page, in CSS pixels from the upper left; null behind the camera. */
type Spot = { readonly x: number; readonly y: number } | null;

export class PlaceHooks {
  constructor(
    protected readonly state: State,
    protected readonly world: World,
  ) {}

  /** Where the middle of what is in hand is on the page. */
  get hologramSpot(): Spot {
    return this.spot(this.world.tool.hologram.centre(this.world.camera.position.clone()));
  }

  /** Where the input frame's middle is in the world. */
  get framePlace(): Spot3 | null {
    const frame = this.world.halls.of()?.hall.arrangement.input_frame;
    return frame === undefined ? null : { x: frame.x, y: frame.y, z: frame.z };
  }

  /** Where the dataset panel shows an image (by id) or a button (by label), in the world; null when it does not. */
  datasetPlace(name: string): Spot3 | null {
    const place = this.world.dataset.centreOf(name);
    return place === null ? null : spot(place);
  }

  /** Where the button that turns a layer's panel is in the world; null where it has none. */
  buttonPlace(layer: string, network?: string): Spot3 | null {
    const place = this.world.halls.of(network)?.buttons.centreOf(layer) ?? null;
    return place === null ? null : spot(place);
  }

  /** Where the middle of a panel's header is in the world; null where no such layer stands. */
  headerPlace(layer: string, network?: string): Spot3 | null {
    const place = this.world.halls.of(network)?.headers.centreOf(layer) ?? null;
    return place === null ? null : spot(place);
  }

  /** Where the edges of a layer end at its panel, on the floor. */
  edgeEnds(layer: string, network?: string): EdgeEnd[] {
    return this.world.halls.of(network)?.edges.endsOf(layer) ?? [];
  }

  /** Where a feature map, or the picture in its place, is in the world. */
  mapPlace(layer: string, channel: number, network?: string): Spot3 | null {
    const tiles = this.world.tiles(network);
    return tiles === null ? null : spot(tiles.mapCentre({ layer, channel }, this.world.camera.position.clone()));
  }

  /** Where the visitor's eye is, in m, and how far they are turned to the left, in rad. */
  get camera(): { x: number; y: number; z: number; yaw: number } {
    const { elements } = this.world.camera.matrixWorld;
    const [x = 0, y = 0, z = 0] = elements.slice(12, 15);
    return { x, y, z, yaw: Math.atan2(elements[8], elements[10]) };
  }

  /** Where the input frame's middle is on the page. */
  get frameSpot(): Spot {
    return this.frameSpotOf();
  }

  /** Where the middle of a network's input frame is on the page. */
  frameSpotOf(network?: string): Spot {
    const frame = this.world.halls.of(network)?.hall.arrangement.input_frame;
    return frame === undefined ? null : this.spot(this.world.camera.position.clone().copy(frame));
  }

  /** Where a block's sign, or the title of a collapsed one, is on the page; null where it has none. */
  blockSpot(block: string, network?: string): Spot {
    const scene = this.world.halls.of(network);
    const place = scene?.blocks.centreOf(block) ?? scene?.headers.centreOfBlock(block) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the dataset panel shows an image (by id) or a button (by label); null when it does not. */
  datasetSpot(name: string): Spot {
    const place = this.world.dataset.centreOf(name);
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the button that turns a layer's panel is on the page; null where it has none. */
  buttonSpot(layer: string, network?: string): Spot {
    const place = this.world.halls.of(network)?.buttons.centreOf(layer) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where the middle of a panel's header is on the page; null where no such layer stands. */
  headerSpot(layer: string, network?: string): Spot {
    const place = this.world.halls.of(network)?.headers.centreOf(layer) ?? null;
    return place === null ? null : this.spot(place.clone());
  }

  /** Where a feature map, or the picture in its place, is on the page. */
  mapSpot(layer: string, channel: number, network?: string): Spot {
    const place = this.world.camera.position.clone();
    const tiles = this.world.tiles(network);
    return tiles === null ? null : this.spot(tiles.mapCentre({ layer, channel }, place));
  }

  private spot(place: Vector3): Spot {
    const { camera, renderer } = this.world;
    const { x, y, z } = place.project(camera);
    if (z > 1) return null;
    const box = renderer.domElement.getBoundingClientRect();
    return { x: box.left + ((x + 1) / 2) * box.width, y: box.top + ((1 - y) / 2) * box.height };
  }
}
