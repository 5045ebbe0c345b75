import { describe, expect, it } from 'vitest';

import { findingsOf, headingOf } from '../src/model/findings';
import { resultOf } from '../src/net/frames';
import type { PassResult } from '../src/net/types';
import { golden } from './golden';

function result(name: string): PassResult {
  const [frame] = golden(name).frames;
  if (frame?.header.type !== 'result') expect.fail(`${name} is no result`);
  return resultOf(frame.header, new Uint8Array(frame.payload_bytes));
}

describe('what a network says', () => {
  it('of an image are its classes', () => {
    const [first, ...others] = findingsOf(result('result'));
    expect(first).toEqual({ index: 504, label: 'coffee mug', color: null, share: 0.5 });
    expect(others).toHaveLength(1);
    expect(findingsOf(result('result_without_classes'))).toEqual([]);
    expect(findingsOf(null)).toEqual([]);
  });

  it('of pixels are the segments', () => {
    const segments = result('segmentation');
    expect(findingsOf(segments).map(({ label, color }) => [label, color])).toEqual([
      ['background', null],
      ['dog', '#56b4e9'],
      ['bus – “double decker”', '#e69f00'],
    ]);
    expect(headingOf(segments)).toEqual(['3 classes', '']);
  });

  it('of things are the detections, and how many more there are', () => {
    const detected = result('detections');
    expect(findingsOf(detected).map(({ label, share }) => [label, share])).toEqual([
      ['dog', 0.75],
      ['person', 0.5],
    ]);
    expect(headingOf(detected)).toEqual(['2 objects', '3 less certain']);
  });

  it('is nothing where nothing is certain', () => {
    const detected = result('detections');
    const { detections } = detected;
    if (!detections) expect.fail();
    const none = { ...detected, detections: { ...detections, found: [] } };
    expect(headingOf(none)).toEqual(['Nothing found', '3 less certain']);
    const empty = { ...detected, detections: { ...detections, found: [], left_out: 0 } };
    expect(headingOf(empty)).toEqual(['Nothing found', 'with 50 % or more']);
  });
});
