/** The runs of a live slider, one a stop (family.py). */
import { bits, unpack } from "./unpack.js";

/**
 * It may have the runs of some stops only, those around the pointer. A family of a slider of the page also has
 * `values` and `text` of all stops, and `others`: the families of the other runs of the race, undefined for one that
 * the slider does not change.
 * @typedef {object} FamilyRun
 * @property {number} n  steps
 * @property {Float32Array} x  2(n+1), a view
 * @property {Float32Array} loss  n+1, a view
 * @property {Float64Array} rate  n
 * @property {null} grad  a family does not tell of it
 * @property {object|null} epochs
 */

/** @param {Uint8Array} bytes */
export function readFamily(bytes) {
  const { meta, arrays } = unpack(bytes);
  const starts = meta.rates === "steps" ? rowStarts(arrays.count) : null;
  return { ...meta, arrays, starts, begins: rowStarts(arrays.steps) };
}

/** The runs of a slider of the page, for each run that it changes (family.py, `pack_families`). */
export function readFamilies({ meta: { text, runs }, arrays }) {
  const packs = Array.from({ length: runs }, (_, i) => arrays[`family.${i}`]);
  const [own, ...others] = packs.map((bytes) => bytes && readFamily(bytes));
  return { ...own, values: arrays.values, text, others };
}

/** Where each row begins of rows one after the other, so many numbers each. */
export function rowStarts(count) {
  const starts = new Uint32Array(count.length + 1);
  for (let i = 0; i < count.length; i++) starts[i + 1] = starts[i] + count[i];
  return starts;
}

/** Does the slider of this family change how many steps the runs take? */
export const changesLength = ({ arrays: { steps } }) => steps.some((n) => n !== steps[0]);

/** The learning rates of one stop, n numbers. */
export function familyRates(family, k) {
  const { arrays, begins } = family;
  const n = arrays.steps[k];
  const rate = new Float64Array(n);
  if (family.rates === "scaled") {
    for (let i = 0; i < n; i++) rate[i] = arrays.scale[k] * arrays.shape[i];
  } else if (family.rates === "steps") {
    let at = 0;
    for (let r = family.starts[k]; r < family.starts[k + 1]; r++) {
      rate.fill(arrays.scale[k] * arrays.multiple[arrays.place[r]], at, at + arrays.length[r]);
      at += arrays.length[r];
    }
  } else {
    rate.set(arrays.rate.subarray(begins[k], begins[k + 1]));
  }
  return rate;
}

function familyEpochs(family, k, loss) {
  const { arrays, epochs: most } = family;
  const every = arrays.per_epoch[k];
  const count = Math.min(Math.floor(arrays.steps[k] / every), most);
  if (!count) return null;
  const width = Math.ceil(most / 8);
  const cut = bits(arrays.cut.subarray(k * width, (k + 1) * width), count);
  const improved = bits(arrays.improved.subarray(k * width, (k + 1) * width), count);
  const step = new Int32Array(count);
  const best = new Float32Array(count);
  const wait = new Uint16Array(count);
  const monitored = arrays.monitored ? arrays.monitored.subarray(k * most, k * most + count) : null;
  let lowest = Infinity;
  for (let e = 0; e < count; e++) {
    step[e] = (e + 1) * every;
    if (improved[e]) lowest = monitored ? monitored[e] : loss[step[e]];
    best[e] = lowest;
    wait[e] = improved[e] || cut[e] ? 0 : (wait[e - 1] ?? 0) + 1;
  }
  return { step, best, cut, wait, threshold: null, cooldown: null, monitored };
}

/**
 * The run of stop k, as the server computed it for exactly that value.
 * @returns {FamilyRun}
 */
export function familyRun(family, k) {
  const { arrays, begins } = family;
  const [begin, end] = [begins[k] + k, begins[k + 1] + k + 1]; // a run of n steps has n + 1 points
  const loss = arrays.loss.subarray(begin, end);
  return {
    n: arrays.steps[k],
    x: arrays.x.subarray(2 * begin, 2 * end),
    loss,
    rate: familyRates(family, k),
    grad: null,
    epochs: familyEpochs(family, k, loss),
  };
}

/** Stops to both sides of the pointer whose runs are here before others are asked for: the server sends as many. */
const ROOM = 2;

/** Has this family the runs of the stop with this value? */
export const has = ({ arrays }, value) => arrays.values.includes(value);

/** Has this family of a slider with these values the runs around this stop? -1 is no stop. */
export function covers({ arrays }, values, stop) {
  const first = values.indexOf(arrays.values[0]);
  const last = first + arrays.values.length - 1;
  const room = Math.min(first > 0 ? stop - first : ROOM, last < values.length - 1 ? last - stop : ROOM);
  return stop < 0 || room >= ROOM;
}

/** The slice of stop k, where this family moves the one that is seen; else that one as it is. */
export function sliceAtStop(slice, family, k) {
  if (!slice || family.slice !== slice.label) return slice;
  const { "slice.of": of, "slice.line": lines, "slice.loss": losses } = family.arrays;
  const n = losses.length / (lines.length / 6);
  const line = [...lines.subarray(6 * of[k], 6 * of[k] + 6)];
  const s = Float64Array.from({ length: n }, (_, i) => line[4] + ((line[5] - line[4]) * i) / (n - 1));
  const loss = losses.subarray(n * of[k], n * (of[k] + 1));
  return { ...slice, base: line.slice(0, 2), direction: line.slice(2, 4), s, loss };
}
