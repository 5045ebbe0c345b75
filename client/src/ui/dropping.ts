/** A picture file dropped anywhere on the page, or pasted, goes into the network at once. */
import type { Actions } from '../model/actions';
import { h } from './dom';

export function dropVeil(actions: Actions): HTMLElement {
  const veil = h('div', { class: 'veil' }, h('p', {}, 'Drop the picture into the network'));
  veil.hidden = true;
  // Entering a child fires before leaving its parent: the depth says when all are left.
  let depth = 0;
  const over = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragenter', (event) => {
    if (!over(event)) return;
    depth += 1;
    veil.hidden = false;
  });
  window.addEventListener('dragleave', (event) => {
    if (!over(event)) return;
    depth = Math.max(0, depth - 1);
    veil.hidden = depth === 0;
  });
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    take(actions, event.dataTransfer?.files);
  });
  window.addEventListener('paste', (event) => {
    if ((event.clipboardData?.files.length ?? 0) > 0) take(actions, event.clipboardData?.files);
  });
  return veil;
}

function take(actions: Actions, files: FileList | undefined): void {
  const [first, ...others] = files ?? [];
  if (first === undefined) {
    actions.notify('info', 'That was no file. Save the picture first, then drop its file here.');
    return;
  }
  if (others.length > 0) actions.notify('info', `One picture at a time: ${first.name} is taken.`);
  void actions.uploadAndInsert(first);
}
