/** The image in the network and the one in hand, noise, and what the network says. */
import type { Signal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { findingsOf } from '../../model/findings';
import { formatPercent } from '../../model/format';
import type { NetworkState } from '../../model/networkstate';
import type { Held, State } from '../../model/state';
import type { Page } from '../largeboard';
import { button, line, row, title, toggle, type AnyPart, type Row } from '../parts';

const NOISES = [['Gaussian', 'gaussian'], ['Uniform', 'uniform'], ['Cloud', 'clouds']] as const;
const FINDINGS = 3;

/** What the headset does with images and results. */
export interface ImageOrders {
  /** Whether the dataset panel stands where it was brought to. */
  readonly imagesHere: Signal<boolean>;
  /** Whether the results come along. */
  readonly resultsInView: Signal<boolean>;
}

export class Images implements Page {
  readonly name = 'Images';

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly orders: ImageOrders,
  ) {}

  rows(): readonly Row[] {
    const network = this.state.current.value;
    if (network === null) return [line('The hall is being laid out.')];
    const { imagesHere, resultsInView } = this.orders;
    return [
      title(this.insertedText(network), network.name),
      ...findingRows(network),
      row(
        toggle('Images beside me', imagesHere.value, (on) => { imagesHere.value = on; }),
        toggle('Results in view', resultsInView.value, (on) => { resultsInView.value = on; }),
      ),
      ...this.held(network),
      row(
        { kind: 'text', text: 'Noise', tone: 'muted', width: 4 },
        ...NOISES.map(([label, kind]) => button(label, () => void this.actions.noise(kind), { name: `${label} noise` })),
      ),
      row(button('Image before', network.undoable.value ? () => { this.actions.undoImage(network); } : null)),
    ];
  }

  private insertedText(network: NetworkState): string {
    const image = network.inserted.value;
    return image === null ? 'No image is inserted' : (image.label ?? image.name);
  }

  private held(network: NetworkState): Row[] {
    const held = this.state.held.value;
    const insertable = held?.kind === 'image';
    const into: AnyPart[] = [
      button('Insert', insertable ? () => { this.actions.insertHeld(network); } : null),
    ];
    if (this.state.networks.value.length > 1) {
      into.push(button('Into all', insertable ? () => { this.actions.insertHeldIntoAll(); } : null));
    }
    const letGo = held === null ? null : (): void => { this.actions.letGo(); };
    return [
      row(
        { kind: 'text', text: heldText(held), tone: held === null ? 'muted' : 'plain', share: 1.5 },
        ...into,
        button('Let go', letGo),
      ),
    ];
  }
}

function heldText(held: Held | null): string {
  if (held === null) return 'Nothing in hand';
  return held.kind === 'image' ? `In hand: ${held.image.label ?? held.image.name}` : `In hand: ${held.map.layer}`;
}

/** What the network says of the image, the most certain first. */
export function findingRows(network: NetworkState, count = FINDINGS): Row[] {
  return findingsOf(network.result.value).slice(0, count).map(({ label, share }, rank): Row => ({
    height: 1.2,
    parts: [
      { kind: 'text', text: label, tone: rank === 0 ? 'plain' : 'muted', share: 1.4 },
      { kind: 'bar', value: share },
      { kind: 'text', text: formatPercent(share), tone: rank === 0 ? 'accent' : 'muted', align: 'right', width: 4.4 },
    ],
  }));
}
