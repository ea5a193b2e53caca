/** The curves of loss and learning rate, and the range of values that their axis shows. */

/** A run that grows past this many times its first loss leaves the axis, with an arrow. */
const ROOM = 1e4;
/** A loss below this part of the highest first one reads as 0: a log axis ends there. */
const NOTHING = 1e-10;
/** A log axis of rates reaches so far below the highest, and further only to rates that this part of the steps have. */
const FAR = 1e-3;
const SELDOM = 0.05;

/** The values of a run on a panel, (k, value) in turn: rates are stairs, two points a step. */
export function curveOf(kind, run, floor = 0) {
  if (kind === "loss") {
    const p = new Float64Array(2 * run.n + 2);
    for (let k = 0; k <= run.n; k++) {
      p[2 * k] = k;
      p[2 * k + 1] = run.loss[k] - floor;
    }
    return p;
  }
  const rate = run.plan ?? run.rate;
  const p = new Float64Array(4 * rate.length);
  rate.forEach((v, k) => p.set([k, v, k + 1, v], 4 * k));
  return p;
}

/** The rate that no more than a few steps of a curve are below. */
function usual(p) {
  const rates = p.filter((_, i) => i % 4 === 1).sort();
  return rates[Math.floor(SELDOM * rates.length)];
}

/** Where a log axis of losses or rates ends at the latest. */
function leastOf(kind, curves, high) {
  if (kind === "loss") return NOTHING * Math.max(...curves.map((p) => Math.abs(p[1]) || 0));
  return Math.min(high * FAR, ...curves.map(usual).filter((v) => v > 0));
}

/**
 * The range of values that an axis should show: of each run no more than ROOM times its first value. tight: 0 is no
 * more worth than another value. span: of these steps alone. kind: loss or rate.
 */
export function rangeOf(curves, log, { tight = false, span = [-Infinity, Infinity], kind = "loss" } = {}) {
  let low = Infinity;
  let high = -Infinity;
  for (const p of curves) {
    const most = Math.abs(p[1]) * ROOM || Infinity;
    for (let i = 1; i < p.length; i += 2) {
      const v = p[i];
      if (!Number.isFinite(v) || (log && v <= 0) || p[i - 1] < span[0] || p[i - 1] > span[1]) continue;
      if (v < low) low = v;
      if (v > high) high = Math.max(high, Math.min(v, most));
    }
  }
  if (!(low <= high)) return log ? [1e-3, 1] : [0, 1];
  if (log) {
    low = Math.max(low, Math.min(leastOf(kind, curves, high), high));
    const pad = Math.max((high / low) ** 0.06, 1.25);
    return [low / pad, high * pad];
  }
  const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [tight || low < 0 ? low - pad : 0, high + pad];
}

/** The old range where it still serves (all inside, and at least half used), else the wanted one. */
export function stableRange(old, wanted, log) {
  if (!old) return wanted;
  const size = log ? (r) => Math.log(r[1] / r[0]) : (r) => r[1] - r[0];
  const fits = wanted[0] >= old[0] * (1 - 1e-9) && wanted[1] <= old[1] * (1 + 1e-9);
  return fits && size(wanted) > 0.5 * size(old) ? old : wanted;
}
