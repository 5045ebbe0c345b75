/** How bright feature maps are: by what is largest in their layer, or in each of them alone. */
import type { Actions } from '../../model/actions';
import type { State } from '../../model/state';
import { remember } from '../../model/storage';
import { choice, type Row } from '../parts';

const SCALINGS = [['layer', 'per layer'], ['channel', 'per channel']] as const;

/** The choice between them, for all maps at once. */
export function brightness(state: State, actions: Actions): Row {
  return choice('Brightness', SCALINGS, state.scaling.value, (scaling) => {
    actions.setScaling(scaling);
    remember('scaling', scaling);
  });
}
