import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changesLength,
  covers,
  familyRates,
  familyRun,
  readFamily,
  sliceAtStop,
} from "../../lrviz/stage/web/family.js";
import { packed } from "./message.js";

const base = { stops: 2, epochs: 0 };
const runs = {
  values: Float64Array.of(0.1, 0.2),
  steps: Uint32Array.of(3, 3),
  per_epoch: Uint32Array.of(1, 1),
  x: Float32Array.from({ length: 16 }, (_, i) => i),
  loss: Float32Array.of(4, 3, 2, 1, 8, 7, NaN, Infinity),
};

test("scaled rates are the shape times each stop's own number", () => {
  const rates = { scale: Float64Array.of(0.1, 0.2), shape: Float64Array.of(1, 0.5, 0.25) };
  const family = readFamily(packed({ ...base, rates: "scaled" }, { ...runs, ...rates }));
  assert.deepEqual([...familyRates(family, 1)], [0.2, 0.1, 0.05]);
});

test("stairs are run lengths over a table of multiples", () => {
  const steps = {
    scale: Float64Array.of(0.1, 0.2),
    count: Uint32Array.of(1, 2),
    length: Uint16Array.of(3, 2, 1),
    place: Uint16Array.of(0, 0, 1),
    multiple: Float64Array.of(1, 0.5),
  };
  const family = readFamily(packed({ ...base, rates: "steps" }, { ...runs, ...steps }));
  assert.deepEqual([...familyRates(family, 0)], [0.1, 0.1, 0.1]);
  assert.deepEqual([...familyRates(family, 1)], [0.2, 0.2, 0.1]);
});

test("full rates are taken as they are", () => {
  const family = readFamily(packed({ ...base, rates: "full" }, { ...runs, rate: Float32Array.of(1, 2, 3, 4, 5, 6) }));
  assert.deepEqual([...familyRates(family, 1)], [4, 5, 6]);
});

test("a stop is that stop's run, with what is not finite", () => {
  const family = readFamily(packed({ ...base, rates: "full" }, { ...runs, rate: new Float32Array(6) }));
  const run = familyRun(family, 1);
  assert.equal(run.n, 3);
  assert.deepEqual([...run.x], [8, 9, 10, 11, 12, 13, 14, 15]);
  assert.deepEqual([...run.loss], [8, 7, NaN, Infinity]);
  assert.equal(run.epochs, null);
});

test("epochs come from bits; best so far is the monitored value where it improved", () => {
  const bits = { improved: Uint8Array.of(0b011, 0b001), cut: Uint8Array.of(0b100, 0b000) };
  const rate = new Float32Array(6);
  const family = readFamily(packed({ ...base, rates: "full", epochs: 3 }, { ...runs, rate, ...bits }));
  const { epochs } = familyRun(family, 0);
  assert.deepEqual([...epochs.step], [1, 2, 3]);
  assert.deepEqual([...epochs.best], [3, 2, 2]);
  assert.deepEqual([...epochs.cut], [0, 0, 1]);
});

test("runs of a family may differ in length, and in the length of an epoch", () => {
  const arrays = {
    ...runs,
    steps: Uint32Array.of(1, 5),
    per_epoch: Uint32Array.of(1, 2),
    rate: Float32Array.of(1, 2, 3, 4, 5, 6),
    improved: Uint8Array.of(0b1, 0b01),
    cut: Uint8Array.of(0b0, 0b10),
    monitored: Float32Array.of(0.5, 0, 0.3, 0.4),
  };
  const family = readFamily(packed({ ...base, rates: "full", epochs: 2 }, arrays));
  const [first, second] = [familyRun(family, 0), familyRun(family, 1)];
  assert.deepEqual([[...first.x], [...first.loss], [...first.rate]], [[0, 1, 2, 3], [4, 3], [1]]);
  assert.deepEqual([second.n, second.x[0], second.x.length], [5, 4, 12]);
  assert.deepEqual([...second.loss], [2, 1, 8, 7, NaN, Infinity]);
  assert.deepEqual([...second.rate], [2, 3, 4, 5, 6]);
  assert.deepEqual([[...first.epochs.step], [...second.epochs.step]], [[1], [2, 4]], "no half epoch");
  assert.deepEqual([...second.epochs.monitored], [...Float32Array.of(0.3, 0.4)]);
  assert.deepEqual([...second.epochs.cut], [0, 1]);
  assert.ok(changesLength(family));
  assert.ok(!changesLength({ arrays: runs }));
});

test("a family may move the slice that is seen", () => {
  const arrays = {
    "slice.of": Uint16Array.of(1, 0, 1),
    "slice.line": Float64Array.of(0, 0, 1, 0, -2, 2, 5, 6, 0, 1, -1, 3),
    "slice.loss": Float32Array.of(4, 0, 4, 9, 8, 7),
  };
  const slice = { label: "along x", s: [0], loss: [0] };
  const at = (k, label = "along x") => sliceAtStop(slice, { slice: label, arrays }, k);
  const [first, second] = [at(0), at(1)];
  assert.deepEqual([first.base, first.direction, [...first.s]], [[5, 6], [0, 1], [-1, 1, 3]]);
  assert.deepEqual([...first.loss], [9, 8, 7]);
  assert.deepEqual([second.base, [...second.s], [...second.loss]], [[0, 0], [-2, 0, 2], [4, 0, 4]]);
  assert.equal(at(0, "along y"), slice, "it tells of another one");
  assert.equal(sliceAtStop(null, { slice: null, arrays: {} }, 0), null);
});

test("a family has the runs around a stop, with room for the pointer to go on", () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => i / 10);
  const having = (...part) => ({ arrays: { values: values.slice(...part) } });
  const here = (...part) => [...values.keys()].filter((k) => covers(having(...part), values, k));
  assert.deepEqual(here(3, 9), [5, 6]);
  assert.deepEqual(here(0, 6), [0, 1, 2, 3]);
  assert.deepEqual(here(6), [8, 9, 10, 11]);
  assert.deepEqual(here(0), [...values.keys()]);
  assert.ok(covers(having(3, 9), values, -1), "it stands at no stop");
});
