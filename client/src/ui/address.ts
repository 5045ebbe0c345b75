/** Keeps the page's address at what is shown, without a new entry in the browser's history. */
import { effect } from '@preact/signals-core';

import { writeView } from '../model/address';
import type { State } from '../model/state';

export function followAddress(state: State): void {
  effect(() => {
    const address = new URL(location.href);
    let query = address.searchParams;
    state.networks.value.forEach(({ summary, hall }, index) => {
      if (hall.value !== null) query = writeView(query, summary, index, hall.value);
    });
    address.search = query.toString();
    if (address.href !== location.href) history.replaceState(history.state, '', address);
  });
}
