/** The network's blocks as a tree beside the hall: what is open there is open here. */
import { effect, signal } from '@preact/signals-core';

import type { Actions } from '../model/actions';
import { formatCount } from '../model/format';
import type { NetworkState } from '../model/networkstate';
import { collapses, depthOf, depthShown, entranceOf, outlineOf, type OutlineBlock } from '../model/outline';
import type { State } from '../model/state';
import type { Hall } from '../net/types';
import { bindShown, button, h } from './dom';
import { moveByKeys } from './treekeys';

/** Depths that have a button of their own. */
const DEPTHS = 4;

export class Outline {
  readonly element: HTMLElement;
  readonly shown = signal(false);
  private readonly name = h('strong');
  private readonly depths = h('div', { class: 'depths', role: 'group', 'aria-label': 'Levels of blocks that are open' });
  private readonly tree = h('ul', { role: 'tree', 'aria-label': 'Blocks' });
  private readonly nothing = h('p', { class: 'nothing' }, 'This network has no blocks to collapse.');

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    const close = button({ class: 'close', 'aria-label': 'Close the outline' }, () => { this.toggle(); }, '×');
    this.element = h(
      'section',
      { class: 'card outline', 'aria-label': 'Outline' },
      h('header', {}, h('div', {}, this.name, this.depths), close),
      this.tree,
      this.nothing,
    );
    bindShown(this.element, () => this.shown.value && !state.immersed.value);
    moveByKeys(this.tree, {
      expand: (block) => { this.expand(block); },
      collapse: (block) => { this.collapse(block); },
      fly: (block) => { this.fly(block); },
    });
    this.follow();
  }

  toggle(): void {
    this.shown.value = !this.shown.peek();
  }

  private follow(): void {
    effect(() => {
      const network = this.state.current.value;
      const hall = network?.hall.value ?? null;
      if (network === null || hall === null || !this.shown.value) return;
      this.show(network, hall);
    });
    effect(() => {
      this.element.setAttribute('aria-busy', String((this.state.current.value?.arranging.value ?? 0) > 0));
    });
  }

  private show(network: NetworkState, hall: Hall): void {
    const blocks = outlineOf(hall);
    const isEmpty = depthOf(blocks) === 0;
    this.name.textContent = network.name;
    this.depths.replaceChildren(...(isEmpty ? [] : this.depthButtons(network, blocks, hall)));
    this.nothing.hidden = !isEmpty;
    const focused = this.focusedBlock();
    const { scrollTop } = this.tree;
    this.tree.replaceChildren(...this.items(blocks, hall));
    this.tree.scrollTop = scrollTop;
    this.focusAgain(focused);
  }

  private depthButtons(network: NetworkState, blocks: readonly OutlineBlock[], hall: Hall): HTMLElement[] {
    const levels = depthOf(blocks);
    const shown = depthShown(blocks, hall.collapsed);
    const depths = Array.from({ length: Math.min(DEPTHS, levels) }, (_, depth) => depth);
    const buttons = [...depths, null].map((depth) => {
      const isPressed = (depth ?? levels) === shown;
      const name = depth === null ? 'Open all blocks' : `Open ${depth} ${depth === 1 ? 'level' : 'levels'} of blocks`;
      const label = { 'aria-label': name, title: name, 'aria-pressed': String(isPressed) };
      return button(label, () => void this.actions.views.showDepth(network, depth), depth === null ? 'all' : String(depth));
    });
    return [h('small', {}, 'Open levels'), ...buttons];
  }

  /** A block of one layer is that layer, which has its name: it is left out. */
  private items(blocks: readonly OutlineBlock[], hall: Hall): HTMLLIElement[] {
    return blocks.filter(collapses).map((block) => this.item(block, hall));
  }

  private item(block: OutlineBlock, hall: Hall): HTMLLIElement {
    const isOpen = !hall.collapsed.includes(block.id);
    const item = h('li', {
      role: 'treeitem',
      tabindex: '-1',
      'aria-label': `${block.name}, ${block.label}, ${layersText(block)}`,
      'aria-level': String(block.level + 1),
      'aria-expanded': String(isOpen),
      'data-block': block.id,
    });
    item.append(this.row(block, isOpen));
    const inside = isOpen ? this.items(block.children, hall) : [];
    if (inside.length > 0) item.append(h('ul', { role: 'group' }, ...inside));
    return item;
  }

  private row(block: OutlineBlock, isOpen: boolean): HTMLElement {
    const twist = button(
      { class: 'twist', tabindex: '-1', 'aria-label': `${isOpen ? 'Collapse' : 'Expand'} ${block.id}` },
      () => { if (isOpen) this.collapse(block.id); else this.expand(block.id); },
    );
    const to = button({ class: 'to', tabindex: '-1', title: `Fly to ${block.path}` }, () => { this.fly(block.id); }, block.name);
    const run = block.repeats > 1 && block.repetition === 0 ? `×${block.repeats}` : '';
    const row = h(
      'div',
      { class: 'row' },
      twist,
      to,
      h('span', { class: 'kind' }, block.label),
      h('span', { class: 'run' }, run),
      h('small', {}, layersText(block)),
    );
    row.style.paddingLeft = `${block.level * 14}px`;
    return row;
  }

  private collapse(block: string): void {
    const network = this.state.current.peek();
    if (network !== null) void this.actions.views.collapse(network, block);
  }

  private expand(block: string): void {
    const network = this.state.current.peek();
    if (network !== null) void this.actions.views.expand(network, block);
  }

  private fly(block: string): void {
    const network = this.state.current.peek();
    const hall = network?.hall.peek() ?? null;
    const layer = hall === null ? null : entranceOf(hall, block);
    if (network !== null && layer !== null) this.actions.fly({ kind: 'layer', network: network.id, layer });
  }

  private focusedBlock(): string | null {
    const focused = document.activeElement;
    return focused instanceof HTMLElement && this.tree.contains(focused) ? (focused.dataset['block'] ?? null) : null;
  }

  /** The keyboard stays at its block; one can be reached by Tab. */
  private focusAgain(block: string | null): void {
    const items = [...this.tree.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const same = items.find((item) => item.dataset['block'] === block);
    (same ?? items[0])?.setAttribute('tabindex', '0');
    same?.focus();
  }
}

function layersText({ layers }: OutlineBlock): string {
  return `${formatCount(layers)} layers`;
}
