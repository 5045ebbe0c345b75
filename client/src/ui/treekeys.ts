/** The keys of a tree, as in WAI-ARIA's tree view pattern; no key that it takes reaches the hall. */

/** What keys ask for; each is told the block of the item that has the focus. */
export interface TreeActs {
  readonly expand: (block: string) => void;
  readonly collapse: (block: string) => void;
  /** Enter. */
  readonly fly: (block: string) => void;
}

export function moveByKeys(tree: HTMLElement, acts: TreeActs): void {
  tree.addEventListener('keydown', (event) => {
    const item = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[role=treeitem]') : null;
    if (item === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!press(tree, item, event.key, acts)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** Returns whether the key means something in a tree. */
function press(tree: HTMLElement, item: HTMLElement, key: string, acts: TreeActs): boolean {
  const items = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const index = items.indexOf(item);
  const block = item.dataset['block'] ?? '';
  const state = item.getAttribute('aria-expanded');
  const turn = (): void => {
    if (state === 'true') acts.collapse(block);
    else if (state === 'false') acts.expand(block);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => { focus(items, items[index + 1]); },
    ArrowUp: () => { focus(items, items[index - 1]); },
    Home: () => { focus(items, items[0]); },
    End: () => { focus(items, items.at(-1)); },
    ArrowRight: () => {
      if (state === 'false') acts.expand(block);
      else if (item.querySelector('[role=treeitem]') !== null) focus(items, items[index + 1]);
    },
    ArrowLeft: () => {
      if (state === 'true') acts.collapse(block);
      else focus(items, item.parentElement?.closest<HTMLElement>('[role=treeitem]') ?? undefined);
    },
    Enter: () => { acts.fly(block); },
    ' ': turn,
    Escape: () => { item.blur(); },
  };
  const act = keys[key];
  act?.();
  return act !== undefined;
}

function focus(items: readonly HTMLElement[], to: HTMLElement | undefined): void {
  if (to === undefined) return;
  for (const item of items) item.setAttribute('tabindex', item === to ? '0' : '-1');
  to.focus();
}
