import assert from "node:assert/strict";
import { test } from "node:test";
import { epochAt, lastFinite, leaving, readRuns, stairs, stepFrom } from "../../lrviz/stage/web/runs.js";
import { curveOf, stableRange, rangeOf } from "../../lrviz/stage/web/curves.js";
import { leavesAt, leftBy, lossText } from "../../lrviz/stage/web/trails.js";
import { wordsAt } from "../../lrviz/stage/web/readout.js";

const domain = [-1, 1, -1, 1];
const terms = { pushed: null };
const knobs = { momentum: ["\\mu", 0.9] };
const row = {
  rated: true, key: "a", name: "GD", colour: 0, formula: "", visible: true, plateau: true, steps: 3, terms, knobs };
const arrays = {
  "x": Float64Array.of(0, 0, 0.5, 0, 0.75, 0.25, 5, 0),
  "loss": Float64Array.of(8, 4, 2, 100),
  "grad": Float32Array.of(3, 4, 1, 0, 1, 0, 1, 0),
  "rate": Float64Array.of(0.1, 0.1, 0.05),
  "term.pushed": Float32Array.of(0.5, 0, 0.25, 0.25, 4.25, -0.25),
  "epoch.step": Int32Array.of(1, 2, 3),
  "epoch.best": Float32Array.of(4, 2, 2),
  "epoch.threshold.value": Float32Array.of(Infinity, 3),
  "epoch.threshold.length": Uint32Array.of(1, 2),
  "epoch.wait": Uint8Array.of(0, 0, 1),
  "epoch.cut": Uint8Array.of(0b010),
};
const [run] = readRuns({ runs: [row] }, new Map([["a", arrays]]), domain);

test("a run is read with its terms, cuts and the step at which it leaves the map", () => {
  assert.equal(run.terms[0].name, "pushed");
  assert.deepEqual(run.cuts, [2]);
  assert.deepEqual(run.leaves, { step: 3, loss: 100 });
  assert.deepEqual(stepFrom(run, 1), [0.25, 0.25]);
});

test("what an epoch of one step monitored need not travel: the loss before it, or after it", () => {
  const before = readRuns({ runs: [{ ...row, monitorsBefore: true }] }, new Map([["a", arrays]]), domain)[0];
  assert.deepEqual(before.epochs.monitored, [8, 4, 2]);
  assert.equal(run.epochs.monitored, null);
});

test("terms that travelled as recipes are made from what is here, and add up to the step", () => {
  const terms = { carried: [0.5, "", "velocity", 1], pushed: [-1, "rate", "grad", 0], velocity: null };
  const velocity = Float32Array.of(2, 4, 6, 8, 1, 1);
  const runs = [{ ...row, terms, addsUp: true }];
  const [run] = readRuns({ runs }, new Map([["a", { ...arrays, "term.velocity": velocity }]]), domain);
  const close = (data, wanted) => wanted.forEach((v, i) => assert.ok(Math.abs(data[i] - v) < 1e-6));
  close(run.terms[0].data, [0, 0, 1, 2, 3, 4]);
  close(run.terms[1].data, [-0.3, -0.4, -0.1, 0, -0.05, 0]);
  close(stepFrom(run, 1), [0.9, 2]);
});

test("a run that ends inside the map does not leave it; one that is no number leaves without a loss", () => {
  assert.equal(leaving({ x: [5, 0, 0, 0], loss: [1, 1], n: 1 }, domain), null);
  assert.deepEqual(leaving({ x: [0, 0, NaN, NaN], loss: [1, NaN], n: 1 }, domain), { step: 1, loss: null });
  assert.equal(lastFinite({ x: [0, 0, NaN, NaN], loss: [1, NaN], n: 1 }), 0);
});

test("the epoch that is running at a step", () => {
  const epochs = { step: [10, 20, 30] };
  assert.deepEqual([0, 9, 10, 29, 30, 99].map((k) => epochAt(epochs, k)), [0, 0, 1, 2, 2, 2]);
});

test("a staircase is unfolded from its stairs", () => {
  assert.deepEqual([...run.epochs.best], [4, 2, 2]);
  assert.deepEqual([...run.epochs.threshold], [Infinity, 3, 3]);
  assert.deepEqual([...stairs(Float64Array.of(0.1, 0.05), Uint32Array.of(2, 1), 3)], [0.1, 0.1, 0.05]);
});

test("rates are stairs, losses count from the floor", () => {
  assert.deepEqual([...curveOf("rate", run, 0)], [0, 0.1, 1, 0.1, 1, 0.1, 2, 0.1, 2, 0.05, 3, 0.05]);
  assert.deepEqual([...curveOf("loss", run, 1)], [0, 7, 1, 3, 2, 1, 3, 99]);
});

test("an axis holds every value, but a diverging run only so far", () => {
  const [low, high] = rangeOf([Float64Array.of(0, 10, 1, 0.1, 2, 1e80)], true);
  assert.ok(low <= 0.1 && high >= 10 && high < 1e8);
  assert.deepEqual(rangeOf([Float64Array.of(0, NaN)], true), [1e-3, 1]);
});

test("a loss that reads as 0 and a rate of few steps do not squeeze the axis", () => {
  const newton = Float64Array.of(0, 24, 1, 1e-3, 2, 1e-16, 3, 1e-30);
  const [least] = rangeOf([newton, Float64Array.of(0, 24, 1, 3, 2, 2, 3, 1)], true);
  assert.ok(least > 1e-10 && least < 24e-10);
  assert.ok(rangeOf([Float64Array.of(0, 24, 1, 4e-9)], true)[0] < 4e-9, "what matters is seen");
  const rates = (list) => curveOf("rate", { rate: Float64Array.from(list) });
  const cycle = Array.from({ length: 100 }, (_, k) => (k < 98 ? 0.1 : 1e-7));
  assert.ok(rangeOf([rates(cycle)], true, { kind: "rate" })[0] > 0.5e-4);
  const cuts = Array.from({ length: 100 }, (_, k) => 10 ** -Math.floor(k / 20));
  assert.ok(rangeOf([rates(cuts)], true, { kind: "rate" })[0] < 1e-4, "each stair is seen");
});

test("of a veiled run whose rates may be seen the planned ones are drawn", () => {
  const veiled = { n: 0, rate: Float64Array.of(), plan: Float64Array.of(0.1, 0.05) };
  assert.deepEqual([...curveOf("rate", veiled)], [0, 0.1, 1, 0.1, 1, 0.05, 2, 0.05]);
});

test("an axis changes only when it must", () => {
  const old = [1e-3, 10];
  assert.equal(stableRange(old, [2e-3, 9], true), old);
  assert.deepEqual(stableRange(old, [2e-5, 9], true), [2e-5, 9]);
  assert.deepEqual(stableRange(old, [1, 9], true), [1, 9]);
});

test("no rate is shown of an optimizer that has none", () => {
  assert.equal(wordsAt({ ...run, rated: false }, 1, 3).rate, "–");
});

test("where a run left is known by the step at which it did, not by the one that is seen", () => {
  const gone = { name: "GD", loss: Float64Array.of(1, 2, 30, 400), leaves: { step: 2, loss: 30 } };
  assert.equal(leftBy(gone, { step: null }, 3), 2);
  assert.equal(leftBy(gone, { step: 1 }, 3), 1);
  assert.equal(leftBy(gone, { step: null }, 1), null);
  assert.equal(leavesAt(gone, 2), "GD leaves at step 2, loss 30");
  assert.equal(leavesAt(gone, null), "GD is outside this view");
});

test("a loss that ends where the surface has no value is not too large", () => {
  const falls = Float64Array.of(9, 2, NaN, NaN);
  assert.deepEqual([lossText(falls, 1), lossText(falls, 3)], ["2", "without a value"]);
  assert.equal(leavesAt({ name: "GD", loss: falls }, 3), "GD ends at step 2: no value there", "as the story says");
  for (const grows of [[9, 80, NaN], [9, 2, Infinity, NaN], [NaN, NaN, NaN]])
    assert.equal(lossText(Float64Array.from(grows), grows.length - 1), "too large to compute");
});

test("the readout says step, numbers, and the cut to come", () => {
  const words = wordsAt(run, 1, 3);
  assert.equal(words.step, "1 / 3");
  assert.equal(words.rate, "0.1 → 0.05");
  assert.deepEqual(words.rule, [["step", "(0.25, 0.25)"], ["pushed", "(0.25, 0.25)"]]);
  assert.equal(wordsAt(run, 0, 3).gradient, "5");
  assert.equal(wordsAt(run, 99, 3).step, "3 / 3");
});
