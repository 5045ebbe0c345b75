/** Where a layer's panel stands: back in line, back in its place, larger. */
import { computed, type ReadonlySignal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { UNMOVED } from '../../model/placement';
import type { PinSpot } from '../../model/pins';
import { sizeText } from '../../model/preferences';
import type { State } from '../../model/state';
import type { Choice } from '../../model/wording';
import type { Page } from '../largeboard';
import { button, choice, row, type Row } from '../parts';
import { Question } from '../question';
import { factorRange, HeldSlider } from '../sliders';
import { heading, GONE, type Subject } from './layer';

const PINS: Choice<PinSpot | null> = {
  name: 'Keep it',
  options: [
    { value: null, label: 'in place' },
    { value: 'hand', label: 'my hand' },
    { value: 'beside', label: 'beside me' },
  ],
};
const SIZE = factorRange(0.2, 5, sizeText);

export class Arrange implements Page {
  readonly name = 'Arrange';
  private readonly question = new Question();
  private readonly size;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly subject: ReadonlySignal<Subject | null>,
  ) {
    const now = computed(() => this.placement.scale);
    this.size = new HeldSlider('Size', SIZE, now, (scale) => { this.resize(scale); });
  }

  rows(): readonly Row[] {
    const subject = this.subject.value;
    if (subject === null) return GONE;
    const { network, layer } = subject;
    const { placements } = this.actions;
    const moved = this.placement !== UNMOVED;
    return [
      ...heading(subject),
      row(
        button('Align', moved ? () => { placements.align(network, layer.id); } : null),
        button('Reset', moved ? () => { placements.reset(network, layer.id); } : null),
      ),
      this.size.row(),
      this.pinning(subject),
      row(
        button('Undo', placements.undoable.value ? () => void placements.undo() : null),
        button('Redo', placements.redoable.value ? () => void placements.redo() : null),
      ),
      this.all(subject),
    ];
  }

  private pinning({ network, layer }: Subject): Row {
    const { pins } = this.state;
    const at = { network: network.id, layer: layer.id };
    return choice(PINS, pins.of(at), (spot) => {
      if (spot === null) pins.unpin(at);
      else pins.pin(at, spot);
    });
  }

  private get placement(): typeof UNMOVED {
    const subject = this.subject.value;
    return subject?.network.placements.value.get(subject.layer.id) ?? UNMOVED;
  }

  private resize(scale: number): void {
    const subject = this.subject.peek();
    if (subject === null) return;
    this.actions.placements.move(subject.network, subject.layer.id, { ...this.placement, scale });
  }

  private all({ network }: Subject): Row {
    const none = network.placements.value.size === 0;
    const reset = none ? null : (): void => { this.actions.placements.resetAll(network); };
    const asking = this.question.about('all', 'Reset all panels', 'Put all panels back?', 'Put back', reset);
    return asking.row ?? row(asking.button);
  }
}
