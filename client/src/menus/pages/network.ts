/** How the network that one is nearest to is shown. */
import type { Actions } from '../../model/actions';
import { SIZES, sizeText } from '../../model/preferences';
import type { State } from '../../model/state';
import { COLOURS, COURSE } from '../../model/wording';
import type { Page } from '../largeboard';
import { button, choice, line, row, title, toggle, type Row } from '../parts';
import { Question } from '../question';
import { factorRange, HeldSlider } from '../sliders';
import { brightness } from './brightness';

const SIZE = factorRange(SIZES.least, SIZES.most, sizeText);

export class Network implements Page {
  readonly name = 'Network';
  private readonly question = new Question();
  private readonly scale;

  constructor(
    private readonly state: State,
    private readonly actions: Actions,
  ) {
    // Not before it is let go: the hall would change its size under the hand that holds the slider.
    const { scale } = state.preferences;
    this.scale = new HeldSlider(SIZES.name, SIZE, scale, (value) => { scale.value = value; });
  }

  rows(): readonly Row[] {
    const network = this.state.current.value;
    if (network === null) return [line('The hall is being laid out.')];
    const { colors, labels, histograms } = this.state.preferences;
    return [
      title(network.name, this.state.networks.value.length > 1 ? 'the nearest one' : ''),
      brightness(this.state, this.actions),
      choice(COURSE, network.course.value, (course) => void this.actions.views.setCourse(network, course)),
      choice(COLOURS, colors.value, (value) => { colors.value = value; }),
      row(
        toggle('Labels', labels.value, (on) => { labels.value = on; }),
        toggle('Histograms', histograms.value, (on) => { histograms.value = on; }),
      ),
      this.scale.row(),
      this.arrangement(),
    ];
  }

  private arrangement(): Row {
    const { history, placements } = this.actions;
    const network = this.state.current.value;
    const moved = network?.placements.value.size ?? 0;
    const reset = moved === 0 || network === null ? null : () => { placements.resetAll(network); };
    const asking = this.question.about('all', 'Reset all panels', 'Put all panels back?', 'Put back', reset);
    return asking.row ?? row(
      button('Undo', history.undoable.value ? () => { this.actions.undo(); } : null),
      button('Redo', history.redoable.value ? () => { this.actions.redo(); } : null),
      { ...asking.button, share: 2 },
    );
  }
}
