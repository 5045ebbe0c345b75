/** How large panels show their channels, and from which row on. */
import { mapsShape } from '../tiles/cells';
import type { NetworkState } from './networkstate';
import { shownGrid, UNPAGED, type Paging, type ShownGrid, type Zoom } from './panelview';

export class Pagings {
  /** Which of a layer's rows its panel shows; null where the layer stands nowhere. */
  shown(network: NetworkState, layer: string): ShownGrid | null {
    return gridOf(network, layer, network.pagings.value.get(layer) ?? UNPAGED);
  }

  /** Shows cells so many times as large as the layout has them, from the same channel on. */
  zoom(network: NetworkState, layer: string, zoom: Zoom): void {
    const before = this.shown(network, layer);
    const after = gridOf(network, layer, { zoom, row: 0 });
    if (before === null || after === null) return;
    this.set(network, layer, { zoom, row: Math.floor((before.row * before.columns) / after.columns) });
  }

  /** Pages so many rows down, or up where negative, as far as there are some. */
  page(network: NetworkState, layer: string, rows: number): void {
    const { zoom } = network.pagings.peek().get(layer) ?? UNPAGED;
    const row = (this.shown(network, layer)?.row ?? 0) + Math.round(rows);
    this.set(network, layer, { zoom, row });
  }

  private set(network: NetworkState, layer: string, asked: Paging): void {
    const grid = gridOf(network, layer, asked);
    if (grid === null) return;
    const pagings = new Map(network.pagings.peek());
    if (asked.zoom === UNPAGED.zoom && grid.row === UNPAGED.row) pagings.delete(layer);
    else pagings.set(layer, { zoom: asked.zoom, row: grid.row });
    network.pagings.value = pagings;
  }
}

function gridOf(network: NetworkState, layer: string, paging: Paging): ShownGrid | null {
  const hall = network.hall.value;
  const panel = hall?.arrangement.panels.find((one) => one.layer === layer);
  const shape = hall?.graph.layers.find(({ id }) => id === layer)?.shape;
  return panel === undefined || shape === undefined ? null : shownGrid(panel, mapsShape(shape).channels, paging);
}
