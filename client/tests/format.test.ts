import { describe, expect, it } from 'vitest';

import { formatCount, formatPercent, formatShape, formatValue } from '../src/model/format';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.123456, '0.1235'],
    [-2.5, '−2.5'],
    [1234.56, '1235'],
    [123456, '1.235e5'],
    [-0.0000123456, '−1.235e−5'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ])('writes the value %d', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each([
    [0, '0.0 %'],
    [1, '100.0 %'],
    [0.6634, '66.3 %'],
    [0.0004, '< 0.1 %'],
    [0.9999, '> 99.9 %'],
  ])('writes the share %d', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  it('writes counts and shapes', () => {
    expect(formatCount(23104)).toBe('23,104');
    expect(formatShape([32, 112, 112])).toBe('32 × 112 × 112');
  });
});
