/** The image in the network and the one in hand, noise, and what the network says. */
import type { Signal } from '@preact/signals-core';

import type { Actions } from '../../model/actions';
import { findingsOf } from '../../model/findings';
import { formatPercent } from '../../model/format';
import { imageText, SIGMA, sigmaText } from '../../model/inputnoise';
import { layerNameAt } from '../../model/layertext';
import type { NetworkState } from '../../model/networkstate';
import type { Held, State } from '../../model/state';
import { IMAGE_BEFORE } from '../../model/wording';
import type { Page } from '../largeboard';
import { NATURAL } from '../layout';
import { button, line, row, title, toggle, type AnyPart, type Row } from '../parts';
import { evenRange } from '../sliders';

const NOISES = [['Gaussian', 'gaussian'], ['Uniform', 'uniform'], ['Cloud', 'clouds']] as const;
const FINDINGS = 3;
/** So many networks have room. */
const NETWORKS = 6;
const WAY = evenRange(SIGMA.least, SIGMA.most, SIGMA.step, sigmaText);

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
      ...findingsOfAll(this.state, network, FINDINGS),
      this.noise(),
      row(
        toggle('Images beside me', imagesHere.value, (on) => { imagesHere.value = on; }),
        toggle('Results in view', resultsInView.value, (on) => { resultsInView.value = on; }),
      ),
      ...this.together(),
      ...this.held(network),
      row(
        { kind: 'text', text: 'Noise', tone: 'muted', width: 4 },
        ...NOISES.map(([label, kind]) => button(label, () => void this.actions.noise(kind), { name: `${label} noise` })),
      ),
      row(button(IMAGE_BEFORE, network.undoable.value ? () => { this.actions.undoImage(network); } : null)),
    ];
  }

  private noise(): Row {
    const { inputNoise } = this.actions;
    const sigma = inputNoise.sigma.value;
    return row(
      { kind: 'text', text: SIGMA.name, tone: 'muted', width: NATURAL },
      {
        kind: 'slider',
        name: SIGMA.name,
        at: WAY.share(sigma),
        slide: (share) => { inputNoise.slide(WAY.value(share)); },
        release: () => { inputNoise.release(); },
      },
      { kind: 'text', text: sigmaText(sigma), tone: 'plain', align: 'right', width: 3 },
    );
  }

  private together(): Row[] {
    const { together, networks } = this.state;
    if (networks.value.length === 1) return [];
    return [row(toggle('One image for all networks', together.value, (on) => { together.value = on; }))];
  }

  private insertedText(network: NetworkState): string {
    const image = network.inserted.value;
    return image === null ? 'No image is inserted' : imageText(image);
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
        { kind: 'text', text: heldText(held, this.state), tone: held === null ? 'muted' : 'plain', share: 1.5 },
        ...into,
        button('Let go', letGo),
      ),
    ];
  }
}

function heldText(held: Held | null, state: State): string {
  if (held === null) return 'Nothing in hand';
  return held.kind === 'image' ? `In hand: ${held.image.label ?? held.image.name}` : `In hand: ${layerNameAt(state, held.map)}`;
}

/** What a network that stands alone says of its image, in so many rows; of several, what each one says first. */
export function findingsOfAll({ networks }: State, network: NetworkState, count: number): Row[] {
  const all = networks.value;
  return all.length === 1 ? findingRows(network, count) : all.slice(0, NETWORKS).map(firstFinding);
}

/** What one of several networks says first of the image. */
function firstFinding(network: NetworkState): Row {
  const [first] = findingsOf(network.result.value);
  return {
    height: 1.2,
    parts: [
      { kind: 'text', text: network.name, tone: 'muted', share: 1.3 },
      { kind: 'text', text: first?.label ?? '', tone: 'plain', share: 1.2 },
      { kind: 'bar', value: first?.share ?? 0, share: 0.5 },
      { kind: 'text', text: first === undefined ? '' : formatPercent(first.share), tone: 'accent', align: 'right', width: 4.4 },
    ],
  };
}

/** What the network says of the image, the most certain first. */
function findingRows(network: NetworkState, count: number): Row[] {
  return findingsOf(network.result.value).slice(0, count).map(({ label, share }, rank): Row => ({
    height: 1.2,
    parts: [
      { kind: 'text', text: label, tone: rank === 0 ? 'plain' : 'muted', share: 1.4 },
      { kind: 'bar', value: share },
      { kind: 'text', text: formatPercent(share), tone: rank === 0 ? 'accent' : 'muted', align: 'right', width: 4.4 },
    ],
  }));
}
