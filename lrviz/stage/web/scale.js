/** Axes: scales, ticks, and numbers as people write them. */

/**
 * @typedef {object} Scale
 * @property {(v: number) => number} to  value to pixel
 * @property {(p: number) => number} from  pixel to value
 */

/** @returns {Scale} */
export function linear(d0, d1, r0, r1) {
  const k = (r1 - r0) / (d1 - d0 || 1);
  return { to: (v) => r0 + (v - d0) * k, from: (p) => d0 + (p - r0) / k };
}

/** Values of zero and below lie at the axis' low end. @returns {Scale} */
export function logarithmic(d0, d1, r0, r1) {
  const low = Math.log(d0);
  const inner = linear(low, Math.log(d1), r0, r1);
  return { to: (v) => inner.to(v > 0 ? Math.log(v) : v <= 0 ? low : NaN), from: (p) => Math.exp(inner.from(p)) };
}

/** Round numbers (1, 2, 5 times a power of ten) inside [low, high], about `count` of them. */
export function niceTicks(low, high, count = 5) {
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((m) => m * power >= raw * 0.999) ?? 10);
  const ticks = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let i = first; i * step <= high + step * 1e-9; i++) ticks.push(tidy(i * step));
  return ticks;
}

/** Powers of ten inside [low, high], thinned to `count`; with 2 and 5 between where there are few. */
export function logTicks(low, high, count = 6) {
  if (!(low > 0) || !(high > low)) return [];
  const a = Math.ceil(Math.log10(low) - 1e-9);
  const b = Math.floor(Math.log10(high) + 1e-9);
  if (b - a < 2) {
    const ticks = [];
    for (let p = a - 1; p <= b; p++) for (const m of [1, 2, 5]) ticks.push(tidy(m * 10 ** p));
    const inside = ticks.filter((t) => t >= low * 0.999 && t <= high * 1.001);
    return inside.length >= 2 ? inside : niceTicks(low, high, 4);
  }
  const every = Math.max(1, Math.ceil((b - a + 1) / count));
  const ticks = [];
  for (let p = b; p >= a; p -= every) ticks.push(Number(`1e${p}`));
  return ticks.reverse();
}

/** v to the last digit that means something where `least` is the smallest difference that can be seen. */
export function roundedTo(v, least) {
  const unit = 10 ** Math.floor(Math.log10(least));
  return tidy(Math.round(v / unit) * unit);
}

/** Removes what binary arithmetic adds: 0.30000000000000004 -> 0.3. */
export const tidy = (v) => Number(v.toPrecision(12));

/**
 * 0.012, 1.02, 143, 3.2e5: a number with sensible digits and a true minus sign.
 * @param {number} v
 * @param {number} digits  significant digits
 */
export function format(v, digits = 3) {
  if (v === null || v === undefined) return "–";
  if (Number.isNaN(v)) return "not a number";
  if (!Number.isFinite(v)) return v > 0 ? "∞" : "−∞";
  if (v === 0) return "0";
  const size = Math.abs(v);
  let text;
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa, exponent] = v.toExponential(Math.max(0, digits - 2)).split("e");
    text = `${Number(mantissa)}e${Number(exponent)}`;
  } else {
    text = String(Number(v.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1))))));
  }
  return text.replace(/^-/, "−");
}

/** (1.02, −0.3) */
export const formatPair = (a, b, digits = 3) => `(${format(a, digits)}, ${format(b, digits)})`;
