import assert from "node:assert/strict";
import { test } from "node:test";
import {
  format, formatPair, linear, logTicks, logarithmic, niceTicks, roundedTo,
} from "../../lrviz/stage/web/scale.js";

test("scales go there and back", () => {
  for (const scale of [linear(-2, 3, 10, 410), logarithmic(1e-6, 1e3, 200, 0)]) {
    for (const v of [1e-3, 0.5, 2.5]) assert.ok(Math.abs(scale.from(scale.to(v)) - v) < 1e-12 * 400);
  }
});

test("a log scale puts zero at its low end and keeps what is not a number", () => {
  const scale = logarithmic(1e-3, 1, 100, 0);
  assert.equal(scale.to(0), 100);
  assert.ok(Number.isNaN(scale.to(NaN)));
});

test("ticks are round numbers inside the range", () => {
  assert.deepEqual(niceTicks(-2, 2, 5), [-2, -1, 0, 1, 2]);
  assert.deepEqual(niceTicks(0, 0.31, 3), [0, 0.2]);
  assert.deepEqual(niceTicks(0.1, 0.52, 5), [0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(niceTicks(1, 1, 5), []);
  assert.deepEqual(niceTicks(0, Infinity, 5), []);
});

test("log ticks are powers of ten, thinned, or 1-2-5 where there are few", () => {
  assert.deepEqual(logTicks(1e-3, 1e2, 6), [1e-3, 1e-2, 0.1, 1, 10, 100]);
  assert.ok(logTicks(1e-30, 1e5, 6).length <= 7);
  assert.deepEqual(logTicks(0.9, 6, 6), [1, 2, 5]);
});

test("numbers are written as people write them", () => {
  const cases = [
    [0.1 + 0.2, "0.3"], [0.012, "0.012"], [320000, "3.2e5"], [3.1e-4, "3.1e-4"], [-1.5, "−1.5"], [0, "0"],
    [143, "143"], [12345, "12345"], [NaN, "not a number"], [Infinity, "∞"], [-Infinity, "−∞"], [null, "–"],
  ];
  for (const [value, text] of cases) assert.equal(format(value), text);
  assert.equal(formatPair(1.02, -0.3), "(1.02, −0.3)");
});

test("a number keeps the digits that can be seen", () => {
  const cases = [
    [-3.482915, 10 / 640, -3.48], [-3.482915, 10 / 1100, -3.483], [0.1 + 0.2, 0.05, 0.3], [1234.5, 20, 1230],
    [-0.001, 0.0156, 0], [2.5, 1, 3], [1e-7, 3e-9, 1e-7],
  ];
  for (const [value, least, rounded] of cases) assert.equal(roundedTo(value, least) + 0, rounded);
});
