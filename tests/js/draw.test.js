import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_POINTS, rateAt, roomy, simplify, stroked } from "../../lrviz/stage/web/draw.js";
import { linear, logarithmic } from "../../lrviz/stage/web/scale.js";

const box = { left: 50, right: 250, top: 10, bottom: 110 };
const axes = { x: linear(0, 100, 50, 250), y: logarithmic(1e-4, 1, 110, 10) };

test("a pixel is a step and a rate on the log axis, held inside the panel", () => {
  assert.deepEqual(rateAt(150, 60, axes, box, 100), [50, 0.01]);
  assert.deepEqual(rateAt(-999, -999, axes, box, 100), [0, 1]);
  assert.deepEqual(rateAt(999, 999, axes, box, 100), [99, 0.0001]);
  const even = { ...axes, y: linear(0, 1, 110, 10) };
  assert.deepEqual(rateAt(150, 60, even, box, 100), [50, 0.5]);
  assert.deepEqual(rateAt(150, 999, even, box, 100), [50, 0.001], "a rate is above 0");
});

test("a stroke gives every step that it passes a rate, to the left and over what was there", () => {
  const there = stroked([], [10, 1], [12, 0.01]);
  assert.deepEqual(Object.keys(there), ["10", "11", "12"]);
  assert.ok(Math.abs(there[11] - 0.1) < 1e-12);
  const back = stroked(there, [12, 0.5], [11, 0.5]);
  assert.deepEqual([back[10], back[11], back[12]], [1, 0.5, 0.5]);
  assert.equal(stroked([], [7, 0.2], [7, 0.2])[7], 0.2);
});

test("a straight stroke is two points, a bend one more", () => {
  assert.deepEqual(simplify(stroked([], [0, 1], [100, 0.01])), [[0, 1], [100, 0.01]]);
  const bent = stroked(stroked([], [0, 1], [40, 1]), [40, 1], [99, 0.001]);
  assert.deepEqual(simplify(bent), [[0, 1], [40, 1], [99, 0.001]]);
  assert.deepEqual(simplify(stroked([], [7, 0.2], [7, 0.2])), [[7, 0.2]]);
});

test("any curve becomes at most 24 points with growing steps, near to it", () => {
  let curve = [];
  const wave = (i) => 10 ** (-1 + Math.sin(i / 30));
  for (let i = 1; i < 300; i++) curve = stroked(curve, [i - 1, wave(i - 1)], [i, wave(i)]);
  const points = simplify(curve);
  assert.ok(points.length <= MOST_POINTS);
  for (let i = 1; i < points.length; i++) {
    const [[a, ra], [b, rb]] = [points[i - 1], points[i]];
    assert.ok(b > a);
    for (let k = a; k <= b; k++) {
      assert.ok(Math.abs(Math.log10(ra * (rb / ra) ** ((k - a) / (b - a)) / curve[k])) < 0.05);
    }
  }
});

test("while drawing there is room below and above", () => {
  assert.deepEqual(roomy([0.1, 0.2], true), [0.0002, 0.6000000000000001]);
  assert.equal(roomy([1e-9, 0.2], true)[0], 1e-9);
  assert.deepEqual(roomy([0, 0.2], false), [0, 0.27999999999999997]);
});
