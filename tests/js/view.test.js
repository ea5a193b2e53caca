import assert from "node:assert/strict";
import { test } from "node:test";
import { axesOf, clipSegment, exitOf, shifted, wholeOf, zoomAround } from "../../lrviz/stage/web/view.js";

const box = { left: 0, top: 0, right: 100, bottom: 50 };

test("the map's y grows upwards", () => {
  const axes = axesOf(wholeOf([-2, 2, -1, 3]), box);
  assert.deepEqual([axes.x.to(-2), axes.x.to(2), axes.y.to(-1), axes.y.to(3)], [0, 100, 50, 0]);
});

test("zooming leaves the point under the pointer where it is", () => {
  const whole = wholeOf([-2, 2, -1, 3]);
  const near = zoomAround(whole, whole, 1, 0.5, 0.25);
  assert.equal(near.x1 - near.x0, 1);
  const [before, after] = [axesOf(whole, box), axesOf(near, box)];
  assert.ok(Math.abs(before.x.to(1) - after.x.to(1)) < 1e-9);
  assert.ok(Math.abs(before.y.to(0.5) - after.y.to(0.5)) < 1e-9);
});

test("zoom is held at both ends", () => {
  const whole = wholeOf([0, 1, 0, 1]);
  const far = zoomAround(whole, whole, 0.5, 0.5, 1e9);
  const near = zoomAround(whole, whole, 0.5, 0.5, 1e-9);
  assert.ok(Math.abs(far.x1 - far.x0 - 4) < 1e-12);
  assert.ok(Math.abs(near.x1 - near.x0 - 1e-3) < 1e-12);
  assert.deepEqual(shifted(whole, 1, -1), { x0: 1, x1: 2, y0: -1, y1: 0 });
});

test("segments are clipped in float64: a diverging run keeps its first stretch", () => {
  assert.deepEqual(clipSegment(50, 25, 50 + 1e200, 25, box), [50, 25, 100, 25]);
  assert.equal(clipSegment(-10, -10, -5, 60, box), null);
  assert.equal(clipSegment(10, 10, NaN, 10, box), null);
});

test("the exit is where the run went out for good", () => {
  const points = Float64Array.of(50, 25, 120, 25, 60, 25, 150, 25, 900, 25);
  assert.equal(exitOf(points, 2, box), null);
  const exit = exitOf(points, 4, box);
  assert.deepEqual([exit.x, exit.y, exit.step, exit.angle], [100, 25, 3, 0]);
});

test("a run that is no longer a number left where it was last", () => {
  const exit = exitOf(Float64Array.of(50, 25, 60, 25, NaN, NaN), 2, box);
  assert.deepEqual([exit.x, exit.y, exit.step], [60, 25, 2]);
});
