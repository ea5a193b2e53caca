/** A small network in the browser: a few matrix products, by the weights of an epoch (lrviz/training/models.py). */

/**
 * What the model computes, before any sigmoid or softmax.
 * @param {{sizes: number[], activation: string}} model  units of each layer, from the features to the outputs
 * @param {ArrayLike<number>} weights  layer after layer: kernel (inputs, outputs), row after row, then bias
 * @param {ArrayLike<number>} x  n rows of features, one after the other
 * @returns {Float64Array}  n rows of outputs
 */
export function outputs({ sizes, activation }, weights, x, n) {
  const bend = activation === "tanh" ? Math.tanh : (z) => (z > 0 ? z : 0);
  let at = 0;
  let rows = x;
  for (let layer = 1; layer < sizes.length; layer++) {
    const [inputs, units] = [sizes[layer - 1], sizes[layer]];
    const bias = at + inputs * units;
    const next = new Float64Array(n * units);
    for (let i = 0; i < n; i++) {
      const to = i * units;
      for (let j = 0; j < units; j++) next[to + j] = weights[bias + j];
      for (let k = 0; k < inputs; k++) {
        const [value, row] = [rows[i * inputs + k], at + k * units];
        for (let j = 0; j < units; j++) next[to + j] += value * weights[row + j];
      }
    }
    if (layer < sizes.length - 1) for (let i = 0; i < next.length; i++) next[i] = bend(next[i]);
    at = bias + units;
    rows = next;
  }
  return rows;
}

/**
 * The outputs as they are read, in place: of two classes the probability of the second, of more that of each class, of
 * numbers the number itself. loss: "binary", "categorical", "squared_error"; classes: how many, 0 for numbers.
 */
export function readings(z, { loss, sizes }, classes) {
  const width = sizes[sizes.length - 1];
  if (loss === "binary") for (let i = 0; i < z.length; i++) z[i] = 1 / (1 + Math.exp(-z[i]));
  else if (loss === "categorical") for (let i = 0; i < z.length; i += width) softmax(z, i, width);
  else if (classes) for (let i = 0; i < z.length; i++) z[i] = Math.min(Math.max((z[i] + 1) / 2, 0), 1);
  return z;
}

function softmax(z, at, width) {
  let top = -Infinity;
  for (let j = at; j < at + width; j++) top = Math.max(top, z[j]);
  let sum = 0;
  for (let j = at; j < at + width; j++) sum += z[j] = Math.exp(z[j] - top);
  for (let j = at; j < at + width; j++) z[j] /= sum;
}

/** Which class a row is read as, and how likely its own is. `own`: its class by number. @returns {[number, number]} */
export function verdict(read, i, width, own) {
  if (width === 1) return [read[i] > 0.5 ? 1 : 0, own ? read[i] : 1 - read[i]];
  let best = 0;
  for (let j = 1; j < width; j++) if (read[i * width + j] > read[i * width + best]) best = j;
  return [best, read[i * width + own]];
}

/** The class of a row by its number: what is fed to the model is 0, 1, ... or, with squared error, -1 and 1. */
export const classOf = (y, loss) => (loss === "squared_error" ? Number(y > 0) : y);
