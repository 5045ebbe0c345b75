/** How bright feature maps are: by what is largest in their layer, or in each of them alone. */
import type { Actions } from '../../model/actions';
import type { State } from '../../model/state';
import { remember } from '../../model/storage';
import { BRIGHTNESS } from '../../model/wording';
import { choice, type Row } from '../parts';

/** The choice between them, for all maps at once. */
export function brightness(state: State, actions: Actions): Row {
  return choice(BRIGHTNESS, state.scaling.value, (scaling) => {
    actions.setScaling(scaling);
    remember('scaling', scaling);
  });
}
