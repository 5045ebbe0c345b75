/** What a network says about an image, as lines for people. */
import type { PassResult } from '../net/types';
import { formatPercent } from './format';

export interface Finding {
  /** Of the class. */
  readonly index: number;
  readonly label: string;
  /** Of the class, where it is drawn in one. */
  readonly color: string | null;
  /** Probability of a prediction, share of a segment, score of a detection: 0..1. */
  readonly share: number;
}

/** The most important first: of segments the largest, of all else the most certain. */
export function findingsOf(result: PassResult | null): readonly Finding[] {
  if (result === null) return [];
  const { predictions, segmentation, detections } = result;
  if (segmentation) return segmentation.segments;
  if (detections) {
    return detections.found.map(({ score, ...rest }) => ({ ...rest, share: score }));
  }
  return predictions.map(({ probability, ...rest }) => ({ ...rest, color: null, share: probability }));
}

/** The heading over what was segmented or detected, and what is to be added. */
export function headingOf(result: PassResult): readonly [heading: string, note: string] {
  const { segmentation, detections } = result;
  if (detections) {
    const count = detections.found.length;
    const least = formatPercent(detections.threshold).replace('.0', '');
    const more = detections.left_out === 0 ? '' : `${detections.left_out} less certain`;
    if (count === 0) return ['Nothing found', more || `with ${least} or more`];
    return [count === 1 ? '1 object' : `${count} objects`, more];
  }
  const count = segmentation?.segments.length ?? 0;
  return [count === 1 ? '1 class' : `${count} classes`, ''];
}
