import assert from "node:assert/strict";
import { test } from "node:test";
import { awayAt, headAt, nearestPoint, tellOf } from "../../lrviz/stage/web/trails.js";

test("the head lies between two points, and on the last at the end", () => {
  const points = Float64Array.of(0, 0, 10, 20);
  assert.deepEqual(headAt(points, 0.5, 1), [5, 10]);
  assert.deepEqual(headAt(points, 7, 1), [10, 20]);
});

test("the nearest point within reach, of the runs that are shown", () => {
  const runs = [{ n: 1, name: "a" }, { n: 1, name: "b" }];
  const points = [Float64Array.of(0, 0, 10, 0), Float64Array.of(0, 3, 50, 50)];
  assert.equal(nearestPoint(runs, points, 9, 0, 5).step, 1);
  assert.equal(nearestPoint(runs, points, 0, 2, 5).run.name, "b");
  assert.equal(nearestPoint(runs, points, 0, 2, 5, (run) => run.name === "a").run.name, "a");
  assert.equal(nearestPoint(runs, points, 100, 100, 5), null);
});

test("off the axis: the value where the cursor is, or since when there is none", () => {
  const loss = Float64Array.of(NaN, 1, 4e6, Infinity, NaN, NaN);
  assert.equal(awayAt(loss, 2, "epoch"), "epoch 2: 4e6");
  assert.equal(awayAt(loss, 5, "epoch"), "from epoch 3 on: too large to draw");
  assert.equal(awayAt(Float64Array.of(NaN, 19.4, NaN, NaN), 3, "epoch"), "from epoch 2 on: no number");
});

test("labels of runs cover neither each other nor the ring of the start", () => {
  const patches = [];
  const g = {
    measureText: (text) => ({ width: 6 * text.length }),
    fillRect: (left, top, width, height) => width > 3 && patches.push({ left, top, width, height }),
    fillText: () => {},
  };
  const palette = { font: "sans", ink: "black", veil: "white", runs: ["red", "blue"] };
  const words = [0, 1].map((colour) => [{ colour }, "leaves at step 1", 80, 60]);
  tellOf(g, palette, words, { left: 0, top: 0, right: 300, bottom: 200 }, [60, 60]);
  const ring = { left: 51, top: 51, width: 18, height: 18 };
  const boxes = [ring, ...patches];
  assert.equal(boxes.length, 3);
  boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => assert.ok(
    one.left + one.width <= other.left || other.left + other.width <= one.left
      || one.top + one.height <= other.top || other.top + other.height <= one.top,
  )));
});
