/** The runs of a live slider, one a notch (family.py). */
import { unpack } from "./unpack.js";

/**
 * @typedef {object} FamilyRun
 * @property {number} n  steps
 * @property {Float32Array} x  2(n+1), a view
 * @property {Float32Array} loss  n+1, a view
 * @property {Float64Array} rate  n
 * @property {Float32Array|null} grad
 * @property {object|null} epochs
 */

/** @param {Uint8Array} bytes */
export function readFamily(bytes) {
  const { meta, arrays } = unpack(bytes);
  return { ...meta, arrays, starts: meta.rates === "steps" ? rowStarts(arrays.count) : null };
}

function rowStarts(count) {
  const starts = new Uint32Array(count.length + 1);
  for (let i = 0; i < count.length; i++) starts[i + 1] = starts[i] + count[i];
  return starts;
}

/** The learning rates of one notch, n numbers. */
export function familyRates(family, k) {
  const { arrays, steps: n } = family;
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
    rate.set(arrays.rate.subarray(k * n, (k + 1) * n));
  }
  return rate;
}

const bit = (bytes, i) => (bytes[i >> 3] >> (i & 7)) & 1;

function familyEpochs(family, k, loss) {
  const { arrays, epochs: count, stepsPerEpoch, steps } = family;
  if (!count) return null;
  const width = Math.ceil(count / 8);
  const cutBits = arrays.cut.subarray(k * width, (k + 1) * width);
  const improvedBits = arrays.improved.subarray(k * width, (k + 1) * width);
  const step = new Int32Array(count);
  const best = new Float32Array(count);
  const cut = new Uint8Array(count);
  const wait = new Uint16Array(count);
  const monitored = arrays.monitored ? arrays.monitored.subarray(k * count, (k + 1) * count) : null;
  let lowest = Infinity;
  for (let e = 0; e < count; e++) {
    step[e] = Math.min((e + 1) * stepsPerEpoch, steps);
    if (bit(improvedBits, e)) lowest = monitored ? monitored[e] : loss[step[e]];
    best[e] = lowest;
    cut[e] = bit(cutBits, e);
    wait[e] = bit(improvedBits, e) || cut[e] ? 0 : (wait[e - 1] ?? 0) + 1;
  }
  return { step, best, cut, wait, threshold: null, cooldown: null, monitored };
}

/**
 * The run of notch k, as the server computed it for exactly that value.
 * @returns {FamilyRun}
 */
export function familyRun(family, k) {
  const { arrays, steps: n } = family;
  const loss = arrays.loss.subarray(k * (n + 1), (k + 1) * (n + 1));
  const pair = (a) => a.subarray(k * (n + 1) * 2, (k + 1) * (n + 1) * 2);
  return {
    n,
    x: pair(arrays.x),
    loss,
    rate: familyRates(family, k),
    grad: arrays.grad ? pair(arrays.grad) : null,
    epochs: familyEpochs(family, k, loss),
  };
}
