/** How one gets about in the headset. */
import { HEIGHTS, heightText } from '../../model/preferences';
import type { State } from '../../model/state';
import { remember } from '../../model/storage';
import { MOVING, POSTURE, RIM, STEPS, TOOL, TURNING } from '../../model/wording';
import type { Page } from '../largeboard';
import { button, choice, row, toggle, type Row } from '../parts';
import { evenRange, HeldSlider } from '../sliders';

/** Added to the height of the eyes, in m. */
const HEIGHT = evenRange(HEIGHTS.least, HEIGHTS.most, HEIGHTS.step, heightText);

export class Walking implements Page {
  readonly name = 'Walking';
  private readonly height;

  /** `leave`: out of the headset; `turnTo`: shows another page by its name. */
  constructor(
    private readonly state: State,
    private readonly leave: () => void,
    private readonly turnTo: (page: string) => void,
  ) {
    const { height } = state.preferences;
    this.height = new HeldSlider('Height', HEIGHT, height, (value) => { height.value = value; });
  }

  rows(): readonly Row[] {
    const { moving, turning, snapDegrees, flying, vignette, posture, hand } = this.state.preferences;
    const { reducedMotion } = this.state;
    return [
      choice(MOVING, moving.value, (value) => { moving.value = value; }),
      choice(TURNING, turning.value, (value) => { turning.value = value; }),
      choice(STEPS, snapDegrees.value, (value) => { snapDegrees.value = value; }),
      choice(RIM, vignette.value, (value) => { vignette.value = value; }),
      choice(POSTURE, posture.value, (value) => { posture.value = value; }),
      this.height.row(),
      choice(TOOL, hand.value, (value) => { hand.value = value; }),
      row(
        toggle('Flying', flying.value, (on) => { flying.value = on; }),
        toggle('Reduced motion', reducedMotion.value, (on) => {
          reducedMotion.value = on;
          remember('motion', String(on));
        }),
      ),
      row(button('Controls', () => { this.turnTo('Controls'); }), button('Leave VR', this.leave)),
    ];
  }
}
