/** How high the eyes are over the floor: as the headset says, raised for who sits, or as one likes it. */
import type { Preferences } from '../model/preferences';
import { EYE_HEIGHT } from '../scene/walker';

/** `height`: what the visitor adds themselves, in m as they feel them. */
export interface Posture {
  readonly name: Preferences['posture']['value'];
  readonly height: number;
}

/** Eyes lower than this are somebody's who sits, in m. */
const SITTING = 1.3;

/**
 * By how much to lift the eyes, in m as the visitor feels them.
 *
 * `eyes`: their height as the headset has it when one takes this posture.
 */
export function liftOf({ name, height }: Posture, eyes: number): number {
  const raised = name === 'seated' && eyes < SITTING ? EYE_HEIGHT - eyes : 0;
  return raised + height;
}
