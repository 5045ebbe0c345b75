/** All that stands in the hall of one network. */
import { Group, type PerspectiveCamera, type WebGLRenderer } from 'three';

import type { Hall } from '../net/types';
import { Tiles } from '../tiles/tiles';
import type { Glyphs } from './glyphs';
import { hallLines } from './labels';
import { placeOf, type Place } from './place';
import { Stands } from './stands';
import { Text } from './text';

export class HallScene {
  readonly object = new Group();
  readonly places: ReadonlyMap<string, Place>;
  readonly tiles: Tiles;
  private readonly stands: Stands;
  private readonly writing: Text;

  constructor(
    readonly hall: Hall,
    renderer: WebGLRenderer,
    glyphs: Glyphs,
    budgetBytes: number,
  ) {
    const places = hall.arrangement.panels.map(placeOf);
    this.places = new Map(places.map((place) => [place.layer, place]));
    this.tiles = new Tiles(renderer, hall, { budgetBytes });
    this.stands = new Stands(places);
    this.writing = new Text(glyphs);
    this.writing.set(hallLines(hall, this.places));
    this.object.add(this.tiles.object, this.stands.object, this.writing.object);
  }

  update(camera: PerspectiveCamera, viewportHeight: number): void {
    this.tiles.update(camera, viewportHeight);
  }

  dispose(): void {
    this.object.removeFromParent();
    this.tiles.dispose();
    this.stands.dispose();
    this.writing.dispose();
  }
}
