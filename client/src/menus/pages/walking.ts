/** How one gets about in the headset. */
import { HEIGHTS, heightText, SNAPS } from '../../model/preferences';
import type { State } from '../../model/state';
import { remember } from '../../model/storage';
import type { Page } from '../largeboard';
import { button, choice, row, toggle, type Row } from '../parts';
import { evenRange, HeldSlider } from '../sliders';

const MOVING = [['teleport', 'teleport'], ['smooth', 'smooth']] as const;
const TURNING = [['snap', 'in steps'], ['smooth', 'smooth']] as const;
const STEPS = SNAPS.map((degrees) => [degrees, `${degrees}\u00b0`] as const);
const VIGNETTE = [['off', 'none'], ['light', 'light'], ['strong', 'strong']] as const;
const POSTURE = [['standing', 'standing'], ['seated', 'seated']] as const;
const HANDS = [['left', 'left hand'], ['right', 'right hand']] as const;
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
      choice('Moving', MOVING, moving.value, (value) => { moving.value = value; }),
      choice('Turning', TURNING, turning.value, (value) => { turning.value = value; }),
      choice('Steps of', STEPS, snapDegrees.value, (value) => { snapDegrees.value = value; }),
      choice('Dark rim', VIGNETTE, vignette.value, (value) => { vignette.value = value; }),
      choice('Posture', POSTURE, posture.value, (value) => { posture.value = value; }),
      this.height.row(),
      choice('Tool', HANDS, hand.value, (value) => { hand.value = value; }),
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
