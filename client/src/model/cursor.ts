/** Pointing at a panel's cells without a pointer: from cell to cell, as they are shown. */
import { effect, signal } from '@preact/signals-core';

import { mapsShape } from '../tiles/cells';
import type { Actions } from './actions';
import type { LayerPlace } from './pointed';
import type { MapRef, State } from './state';
import type { Hall } from '../net/types';

export class Cursor {
  /** The panel whose cells are gone through; null while that is left to the pointer. */
  readonly place = signal<LayerPlace | null>(null);
  private channel = 0;
  /** In which that panel stands. */
  private hall: Hall | null | undefined;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    // Who goes elsewhere, or sees another hall, points at nothing any more.
    effect(() => {
      if (state.destination.value !== null) this.end();
    });
    effect(() => {
      if (this.place.value?.network.hall.value !== this.hall) this.end();
    });
  }

  /** Begins at the first cell that a panel shows, or at the one that is pointed at. */
  begin(place: LayerPlace): void {
    const hover = this.state.hover.peek();
    const isPointed = hover?.network === place.network.id && hover.layer === place.layer;
    this.hall = place.network.hall.peek();
    this.place.value = place;
    const grid = this.actions.pagings.shown(place.network, place.layer);
    this.point(isPointed ? hover.channel : this.channelAt((grid?.row ?? 0) * (grid?.columns ?? 1)));
  }

  end(): void {
    const place = this.place.peek();
    if (place === null) return;
    this.place.value = null;
    if (this.state.hover.peek()?.network === place.network.id) this.state.hover.value = null;
  }

  /** Goes so many cells to the right and down; pages where rows follow. */
  move(columns: number, rows: number): void {
    const place = this.place.peek();
    const grid = place === null ? null : this.actions.pagings.shown(place.network, place.layer);
    if (place === null || grid === null) return;
    const last = this.shape()[0] - 1;
    const rank = Math.min(last, Math.max(0, this.rankOf(this.channel) + columns + rows * grid.columns));
    const row = Math.floor(rank / grid.columns);
    const beyond = Math.min(0, row - grid.row) + Math.max(0, row - grid.row - grid.rows + 1);
    if (beyond !== 0) this.actions.pagings.page(place.network, place.layer, beyond);
    this.point(this.channelAt(rank));
  }

  /** Takes what the cell shows in hand. */
  take(): void {
    const place = this.place.peek();
    if (place === null) return;
    const { network, layer } = place;
    const map: MapRef = { network: network.id, layer, channel: this.channel };
    if (network.turned.peek().has(layer)) void this.actions.visualizations.hold(network, layer, this.channel);
    else this.actions.holdMap(map);
  }

  private point(channel: number): void {
    const place = this.place.peek();
    if (place === null) return;
    this.channel = channel;
    const [, height, width] = this.shape();
    const middle = { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    this.state.hover.value = { network: place.network.id, layer: place.layer, channel, ...middle };
  }

  /** (channels, height, width) of the layer. */
  private shape(): readonly [number, number, number] {
    const place = this.place.peek();
    const layer = place?.network.hall.peek()?.graph.layers.find(({ id }) => id === place.layer);
    const { channels, height, width } = mapsShape(layer?.shape ?? [1]);
    return [channels, height, width];
  }

  private get order(): readonly number[] | null {
    const place = this.place.peek();
    return place?.network.orders.peek().get(place.layer)?.channels ?? null;
  }

  private channelAt(rank: number): number {
    return this.order?.[rank] ?? rank;
  }

  private rankOf(channel: number): number {
    return this.order?.indexOf(channel) ?? channel;
  }
}
