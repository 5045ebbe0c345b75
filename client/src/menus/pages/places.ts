/** Where one may go: to the ends of the network, and to its blocks, which open and close here. */
import type { Actions } from '../../model/actions';
import { formatCount } from '../../model/format';
import type { NetworkState } from '../../model/networkstate';
import { collapses, depthOf, depthShown, entranceOf, outlineOf, type OutlineBlock } from '../../model/outline';
import type { State } from '../../model/state';
import type { Hall } from '../../net/types';
import type { Page } from '../largeboard';
import { Pager } from '../paging';
import { button, choice, line, NAME, row, type ButtonPart, type Row } from '../parts';

/** Rows of blocks, and of networks in their stead at most. */
const BLOCKS = 6;
const NETWORK_ROWS = 4;
/** Depths that have a button of their own. */
const DEPTHS = 4;
const INDENT = 0.7;

export class Places implements Page {
  readonly name = 'Places';
  private readonly pager = new Pager();

  /** `turnTo`: shows another page by its name. */
  constructor(
    private readonly state: State,
    private readonly actions: Actions,
    private readonly turnTo: (page: string) => void,
  ) {}

  rows(): readonly Row[] {
    const network = this.state.current.value;
    const hall = network?.hall.value ?? null;
    if (network === null || hall === null) return [line('The hall is being laid out.')];
    const blocks = outlineOf(hall);
    const networks = this.networks();
    const { shown, row: pages } = this.pager.page(visible(blocks, hall), BLOCKS - networks.length, 'blocks');
    return [
      this.ends(network, hall),
      ...networks,
      ...(depthOf(blocks) === 0 ? [line('This network has no blocks to collapse.')] : [
        this.depths(network, blocks, hall),
        ...shown.map((block) => this.block(network, hall, block)),
        pages,
      ]),
    ];
  }

  private ends(network: NetworkState, hall: Hall): Row {
    const { inputs, outputs } = hall.graph;
    const to = (layer: string | undefined): (() => void) | null =>
      layer === undefined ? null : () => { this.actions.fly({ kind: 'layer', network: network.id, layer }); };
    return row(
      button('Start', () => { this.actions.flyToStart(network); }),
      button('Input', to(inputs[0])),
      button('Output', to(outputs[0])),
      button('Search', () => { this.search(); }),
      button('Map', () => { this.turnTo('Map'); }),
    );
  }

  private search(): void {
    void this.actions.learnLayers();
    this.turnTo('Search');
  }

  /** Where there are several, one goes to the same place in another one. */
  private networks(): Row[] {
    const networks = this.state.networks.value;
    if (networks.length < 2) return [];
    // Two names have room in a row.
    const abreast = Math.max(2, Math.ceil(networks.length / NETWORK_ROWS));
    const firsts = networks.filter((_, index) => index % abreast === 0).map((_, at) => at * abreast);
    return firsts.map((first) => row(
      { kind: 'text', text: first === 0 ? 'Network' : '', tone: 'muted', width: NAME },
      ...networks.slice(first, first + abreast).map((network) => this.network(network)),
    ));
  }

  private network(network: NetworkState): ButtonPart {
    const { name } = network;
    const chosen = network === this.state.current.value;
    return button(name, () => { this.actions.flyAcross(network); }, { name: `Network: ${name}`, chosen });
  }

  private depths(network: NetworkState, blocks: readonly OutlineBlock[], hall: Hall): Row {
    const levels = depthOf(blocks);
    const shown = depthShown(blocks, hall.collapsed);
    const depths = Array.from({ length: Math.min(DEPTHS, levels) }, (_, depth) => depth);
    const options = [...depths, levels].map((depth) => ({ value: depth, label: depth === levels ? 'all' : String(depth) }));
    return choice({ name: 'Open levels', options }, shown ?? -1, (depth) => {
      void this.actions.views.showDepth(network, depth === levels ? null : depth);
    });
  }

  private block(network: NetworkState, hall: Hall, block: OutlineBlock): Row {
    const isOpen = !hall.collapsed.includes(block.id);
    const { views } = this.actions;
    const twist = (): void => {
      void (isOpen ? views.collapse(network, block.id) : views.expand(network, block.id));
    };
    const layer = entranceOf(hall, block.id);
    const fly = layer === null ? null : () => { this.actions.fly({ kind: 'layer', network: network.id, layer }); };
    const run = block.repeats > 1 && block.repetition === 0 ? ` \u00d7 ${block.repeats}` : '';
    return row(
      { kind: 'text', text: '', tone: 'plain', width: block.level * INDENT },
      button(isOpen ? '\u2212' : '+', twist, { name: `${isOpen ? 'Collapse' : 'Expand'} ${block.id}`, width: 1.6 }),
      button(block.path, fly, { name: `Fly to ${block.path}` }),
      { kind: 'text', text: `${block.label}${run}`, tone: 'muted', share: 1.1 },
      { kind: 'text', text: `${formatCount(block.layers)} layers`, tone: 'muted', align: 'right', width: 5.4 },
    );
  }
}

/** The blocks that a tree shows: what lies in a closed one is hidden, and a block of one layer is that layer. */
function visible(blocks: readonly OutlineBlock[], hall: Hall): OutlineBlock[] {
  return blocks
    .filter(collapses)
    .flatMap((block) => [block, ...(hall.collapsed.includes(block.id) ? [] : visible(block.children, hall))]);
}
