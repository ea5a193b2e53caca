/** A run as the panels draw it, from a message or from one stop of a family. */
import { familyRun } from "./family.js";
import { bits } from "./unpack.js";

/**
 * @typedef {object} StageRun
 * @property {string} name
 * @property {number} colour  0-5: colour, marker and dash
 * @property {string} formula
 * @property {number} n  steps
 * @property {Float64Array|Float32Array} x  positions, x and y in turn, 2(n+1)
 * @property {Float64Array|Float32Array} loss  n+1
 * @property {Float32Array|null} grad  2(n+1); null where only a family's run is known
 * @property {Float32Array|null} used  2n, the gradients as the optimizer had them; null where grad is
 * @property {Record<string, string>|null} symbols  a letter of the formula -> the term that is its value after a step
 * @property {Record<string, [string, number]>} knobs  a knob -> its letter and its value
 * @property {Float64Array} rate  n
 * @property {Float64Array|null} plan  of a veiled run whose rates may be seen: one a step
 * @property {boolean} pale  is it only there for comparison
 * @property {boolean} rated  does its optimizer use a rate
 * @property {{name: string, data: Float32Array}[]} terms
 * @property {Record<string, string>} [points]  a letter -> the term that is a point of the landscape; from the start on
 * @property {Float32Array|null} step  2n; null where it is the difference of two positions
 * @property {object|null} epochs  with the plateau rule: step, best, threshold, wait, cut; cooldown, monitored or null
 * @property {{limit: number, late: number, cooldown: number}|null} rule  limit: bad epochs that make a cut
 * @property {number[]} cuts  steps after which the rate is lower
 * @property {{step: number, loss: number|null}|null} leaves  from which step on it is off the map, for good
 */

/**
 * @param {{runs: object[]}} meta
 * @param {Map<string, object>} cached  the arrays of each run by its key
 * @returns {StageRun[]}
 */
export function readRuns(meta, cached, domain) {
  return meta.runs.map((row) => {
    const own = cached.get(row.key);
    const count = own["epoch.wait"]?.length;
    const epochs = own["epoch.step"] && {
      step: regularSteps(own["epoch.step"], count),
      best: unfolded(own, "epoch.best", count),
      threshold: unfolded(own, "epoch.threshold", count),
      wait: own["epoch.wait"],
      cut: bits(own["epoch.cut"], count),
      monitored: own["epoch.monitored"] ?? null,
      cooldown: own["epoch.cooldown"] ?? null,
    };
    // the mean of an epoch of one step is the loss before it
    if (row.monitorsBefore) epochs.monitored = Array.from(epochs.step, (step) => own.loss[step - 1]);
    const run = {
      n: row.steps,
      x: own.x,
      loss: own.loss,
      grad: own.grad,
      used: own.used ?? own.grad,
      plan: own.plan ?? null,
      rate: unfolded(own, "rate", row.steps),
    };
    const terms = readTerms(row, own, run);
    return complete({ ...row, ...run, terms, step: stepsOf(row, terms), epochs: epochs ?? null }, domain);
  });
}

/** The terms, those that travelled as a recipe (terms.py) made from what is here. */
function readTerms(row, own, run) {
  const sent = (name) => own[`term.${name}`];
  return Object.entries(row.terms).map(([name, recipe]) => {
    if (!recipe) return { name, data: sent(name) };
    const [factor, scale, of, back] = recipe;
    const by = scale === "rate" ? run.rate : sent(scale);
    const wide = scale === "rate" ? 1 : 0;
    const past = { grad: run.used, x: run.x }[of] ?? sent(of);
    const data = new Float32Array(2 * row.steps);
    for (let i = 2 * back; i < data.length; i++) {
      data[i] = factor * (by ? by[i >> wide] : 1) * past[i - 2 * back];
    }
    return { name, data };
  });
}

const PARTS = ["carried", "pushed", "decayed"];

/** The steps as the sum of their parts, where positions are too coarse to give them as differences. */
function stepsOf(row, terms) {
  if (!row.addsUp) return null;
  const step = new Float32Array(2 * row.steps);
  for (const { data } of terms.filter(({ name }) => PARTS.includes(name))) {
    for (let i = 0; i < step.length; i++) step[i] += data[i];
  }
  return step;
}

/** Of epochs of equal length the first one's end is sent. */
const regularSteps = (step, count) =>
  step.length === count ? step : Int32Array.from({ length: count }, (_, e) => (e + 1) * step[0]);

/** A curve of n numbers that may have travelled as its stairs. */
const unfolded = (own, name, n) => own[name] ?? stairs(own[`${name}.value`], own[`${name}.length`], n);

/** A staircase, n numbers from its stairs. */
export function stairs(values, lengths, n) {
  const curve = new Float64Array(n);
  let at = 0;
  values.forEach((value, i) => {
    curve.fill(value, at, at + lengths[i]);
    at += lengths[i];
  });
  return curve;
}

/**
 * Run 0 at stop k of a family: its name, formula and looks stay, and the knob has that stop's value.
 * @returns {StageRun}
 */
export function runAtStop(run, family, k, domain, knob = "") {
  const own = familyRun(family, k);
  const cools = run.rule?.cooldown || knob === "cooldown";
  if (own.epochs && cools) own.epochs.wait = null; // a family does not tell of cooldowns
  const value = family.arrays.values[k];
  const knobs = knob in run.knobs ? { ...run.knobs, [knob]: [run.knobs[knob][0], value] } : run.knobs;
  const rule = ruleAt(run.rule, value, knob);
  return complete({ ...run, ...own, terms: [], used: null, step: null, knobs, rule }, domain);
}

/** While patience is dragged, its own cells follow. */
function ruleAt(rule, value, knob) {
  if (!rule || knob !== "patience") return rule ?? null;
  return { ...rule, limit: Math.max(value + rule.late, 1) };
}

function complete(run, domain) {
  const cuts = [];
  if (run.epochs) run.epochs.cut.forEach((cut, e) => cut && cuts.push(run.epochs.step[e]));
  return { ...run, cuts, leaves: leaving(run, domain) };
}

/** The first step from which on the run is off the map or no longer finite. */
export function leaving({ x, loss, n }, [x0, x1, y0, y1]) {
  const away = (k) =>
    !(x[2 * k] >= x0 && x[2 * k] <= x1 && x[2 * k + 1] >= y0 && x[2 * k + 1] <= y1 && Number.isFinite(loss[k]));
  if (!away(n)) return null;
  let k = n;
  while (k > 0 && away(k - 1)) k--;
  return { step: k, loss: Number.isFinite(loss[k]) ? loss[k] : null };
}

/** The last step at which everything is finite. */
export function lastFinite({ x, loss, n }) {
  let k = n;
  while (k > 0 && !Number.isFinite(x[2 * k] + x[2 * k + 1] + loss[k])) k--;
  return k;
}

/** Lengths of the gradients, largest first known: for the size of its arrow. */
export function largestGradient(run) {
  let most = 0;
  if (run.grad) {
    for (let k = 0; k <= run.n; k++) {
      const size = Math.hypot(run.grad[2 * k], run.grad[2 * k + 1]);
      if (size > most && Number.isFinite(size)) most = size;
    }
  }
  return most;
}

/** The step taken from k: x[k+1] - x[k]. */
export const stepFrom = ({ x, step }, k) =>
  step ? [step[2 * k], step[2 * k + 1]] : [x[2 * k + 2] - x[2 * k], x[2 * k + 3] - x[2 * k + 1]];

/** How many epochs are over after k steps. */
export function epochsDone(epochs, k) {
  const e = epochAt(epochs, k);
  return e + (epochs.step[e] <= k ? 1 : 0);
}

/** Index of the epoch that is running at step k, or the last one. */
export function epochAt(epochs, k) {
  let low = 0;
  let high = epochs.step.length - 1;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (epochs.step[mid] <= k) low = mid + 1;
    else high = mid;
  }
  return low;
}
