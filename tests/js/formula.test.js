import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersAt } from "../../lrviz/stage/web/formula.js";
import { runAtStop } from "../../lrviz/stage/web/runs.js";
import { plainTex } from "../../lrviz/stage/web/tex.js";

const MOMENTUM = {
  n: 2,
  formula: String.raw`v \leftarrow \mu v - \alpha g,\quad x \leftarrow x + v`,
  symbols: { v: "velocity" },
  knobs: { momentum: ["\\mu", 0.9] },
  x: [1, 2, 3, 4, 5, 6],
  rate: [0.1, 0.05],
  used: [-7, 8, 9, -10],
  terms: [{ name: "velocity", data: [0.5, -0.25, 0.75, 1] }],
};

test("each letter is the number that it is when its line is computed", () => {
  assert.equal(numbersAt(MOMENTUM, 0), "v ← 0.9 · 0 − 0.1 · (−7, 8)   x ← (1, 2) + (0.5, −0.25)");
  assert.equal(numbersAt(MOMENTUM, 1), "v ← 0.9 · (0.5, −0.25) − 0.05 · (9, −10)   x ← (3, 4) + (0.75, 1)");
});

test("a first value that is set is not 0", () => {
  const adagrad = {
    ...MOMENTUM,
    formula: String.raw`G \leftarrow G + g^2,\quad x \leftarrow x - \frac{\alpha g}{\sqrt{G + \epsilon}}`,
    symbols: { G: "velocity" },
    knobs: { initial_accumulator_value: ["G_0", 0.1], epsilon: ["\\epsilon", 1e-7] },
  };
  assert.equal(numbersAt(adagrad, 0), "G ← 0.1 + (−7, 8)²   x ← (1, 2) − (0.1 · (−7, 8)) / √((0.5, −0.25) + 1e-7)");
});

test("where there is no room for all of it the step itself is there", () => {
  const long = { ...MOMENTUM, formula: String.raw`v \leftarrow v + v + v + v + v + v + v,\quad x \leftarrow x + v` };
  assert.equal(numbersAt(long, 1), "x ← (3, 4) + (0.75, 1)");
  const longest = "v ← 0.9 · (−0.00123, −0.00123) − 0.05 · (−0.00123, −0.00123)   " +
    "x ← (−0.00123, −0.00123) + (−0.00123, −0.00123)";
  assert.ok(numbersAt(MOMENTUM, 1, longest.length).startsWith("v ←"));
  assert.ok(numbersAt(MOMENTUM, 1, longest.length - 2).startsWith("x ←"));
});

test("under the pointer, what a family does not tell of stays a letter", () => {
  const arrays = {
    values: Float64Array.of(0.5, 0.9),
    x: Float32Array.of(1, 2, 3, 3, 1, 2, 3, 4),
    loss: Float32Array.of(4, 2, 4, 3),
    scale: Float64Array.of(0.1, 0.1),
    shape: Float64Array.of(1),
    per_epoch: Uint32Array.of(1, 1),
    steps: Uint32Array.of(1, 1),
  };
  const family = { rates: "scaled", epochs: 0, begins: Uint32Array.of(0, 1, 2), arrays };
  const held = runAtStop(MOMENTUM, family, 0, [-9, 9, -9, 9], "momentum");
  assert.equal(numbersAt(held, 0), "v ← 0.5 · v − 0.1 · g   x ← (1, 2) + v");
});

test("runs that do not say what their letters are have no numbers", () => {
  assert.equal(numbersAt({ ...MOMENTUM, symbols: null }, 1), "");
  assert.equal(numbersAt({ ...MOMENTUM, n: 0 }, 0), "");
});

test("a letter is taken whole, with its index, and a product is seen as one", () => {
  const values = { "\\beta_2": "0.999", "v": "(1, 2)", "\\hat v": "(3, 4)", "k": "12", "g": "(5, 6)" };
  const put = (text) => plainTex(text, values);
  assert.equal(put(String.raw`\beta_2^k \beta_1 \max(\hat v, v)`), "0.999¹² · β₁ max((3, 4), (1, 2))");
  assert.equal(put(String.raw`(1 - \beta_2) g^2`), "(1 − 0.999) · (5, 6)²");
  assert.equal(put(String.raw`\frac{\sqrt{1 - \beta_2^k}}{2} \mathrm{sign}(g)`), "√(1 − 0.999¹²) / 2 · sign((5, 6))");
});

test("every small Greek letter is one letter", () => {
  const names =
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi" +
    " omega";
  const shown = names.split(" ").map((name) => plainTex(`\\${name}`));
  assert.equal(shown.join(""), "αβγδεζηθικλμνξπρστυφχψω");
});
