import assert from "node:assert/strict";
import { test } from "node:test";
import { contours } from "../../lrviz/stage/web/contours.js";

const SIDE = 41;
const UNIT = [-1, 1, -1, 1];
const at = (i) => -1 + (2 * i) / (SIDE - 1);
/** Heights of z(x, y), 0 to 1, on the square. */
const grid = (z) =>
  Uint16Array.from({ length: SIDE * SIDE }, (_, i) => 65535 * z(at(i % SIDE), at(Math.floor(i / SIDE))));

test("the lines of a cone are circles at the heights of their levels", () => {
  const lines = contours(grid((x, y) => Math.hypot(x, y) / 2), SIDE, 10, UNIT);
  assert.deepEqual([...new Set(lines.map(({ level }) => level))].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7]);
  for (const { level, x, y } of lines) {
    assert.equal(x.length, 2);
    x.forEach((px, i) => assert.ok(Math.abs(Math.hypot(px, y[i]) - level / 5) < 0.01));
  }
  const third = lines.filter(({ level }) => level === 3);
  const length = third.reduce((sum, { x, y }) => sum + Math.hypot(x[1] - x[0], y[1] - y[0]), 0);
  assert.ok(Math.abs(length - 2 * Math.PI * 0.6) < 0.02, "no gap, no piece twice");
});

test("the lines of a tilted plane are straight, and lie over a domain as wide as it is", () => {
  const lines = contours(grid((x) => (x + 1) / 2), SIDE, 4, [0, 8, 10, 11]);
  for (const { level, x } of lines) assert.deepEqual(x.map((px) => Math.abs(px - 2 * level) < 1e-3), [true, true]);
  const ys = lines.flatMap(({ y }) => y);
  assert.deepEqual([Math.min(...ys), Math.max(...ys)], [10, 11]);
});

test("at a saddle each line goes around the corners that differ from the middle", () => {
  const around = (heights) =>
    contours(Uint16Array.from(heights), 2, 2, [0, 1, 0, 1])
      .map(({ x, y }) => `${x[0] + x[1] > 1 ? 1 : 0} ${y[0] + y[1] > 1 ? 1 : 0}`)
      .sort();
  assert.deepEqual(around([50000, 20000, 20000, 50000]), ["0 1", "1 0"], "the middle is high: around the low corners");
  assert.deepEqual(around([40000, 20000, 20000, 40000]), ["0 0", "1 1"], "the middle is low: around the high ones");
});

test("a level grid has no lines, also where it lies on a level", () => {
  assert.deepEqual(contours(grid(() => 0.3), SIDE, 10, UNIT), []);
  assert.deepEqual(contours(grid(() => 1), SIDE, 10, UNIT), []);
});
