/** Numbers as people read them. */

const MINUS = '\u2212';

/** A value in the unit of its activation, to four significant digits; -0 is 0. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size === 0) return '0';
  const digits =
    size >= 1e5 || size < 1e-4 ? size.toExponential(3) : String(Number(size.toPrecision(4)));
  return (value < 0 ? MINUS : '') + digits.replace('e-', `e${MINUS}`).replace('e+', 'e');
}

/** A share in 0..1; never says 0 % or 100 % of what is not quite so. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent < 100 && percent > 99.9) return '> 99.9 %';
  return `${percent.toFixed(1)} %`;
}

/** 23104 as 23,104. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** (C, H, W) as 32 × 112 × 112. */
export function formatShape(shape: readonly number[]): string {
  return shape.join(' × ');
}
