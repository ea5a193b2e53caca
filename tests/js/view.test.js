import assert from "node:assert/strict";
import { test } from "node:test";
import { axesOf, clipSegment, exitOf, inside, shifted, wholeOf, zoomAround } from "../../lrviz/stage/web/view.js";

const box = { left: 0, top: 0, right: 100, bottom: 50 };

test("the map's y grows upwards", () => {
  const axes = axesOf(wholeOf([-2, 2, -1, 3]), box);
  assert.deepEqual([axes.x.to(-2), axes.x.to(2), axes.y.to(-1), axes.y.to(3)], [0, 100, 50, 0]);
});

test("zooming leaves the point under the pointer where it is", () => {
  const whole = wholeOf([-2, 2, -1, 3]);
  const zoomed = zoomAround(whole, whole, 1, 0.5, 0.25);
  assert.equal(zoomed.x1 - zoomed.x0, 1);
  const [before, after] = [axesOf(whole, box), axesOf(zoomed, box)];
  assert.ok(Math.abs(before.x.to(1) - after.x.to(1)) < 1e-9);
  assert.ok(Math.abs(before.y.to(0.5) - after.y.to(0.5)) < 1e-9);
});

test("zoom is held at both ends", () => {
  const whole = wholeOf([0, 1, 0, 1]);
  const far = zoomAround(whole, whole, 0.5, 0.5, 1e9);
  const zoomed = zoomAround(whole, whole, 0.5, 0.5, 1e-9);
  assert.ok(Math.abs(far.x1 - far.x0 - 4) < 1e-12);
  assert.ok(Math.abs(zoomed.x1 - zoomed.x0 - 1e-3) < 1e-12);
  assert.deepEqual(shifted(whole, 1, -1), { x0: 1, x1: 2, y0: -1, y1: 0 });
});

test("segments are clipped in float64: a diverging run keeps its first stretch", () => {
  assert.deepEqual(clipSegment(50, 25, 50 + 1e200, 25, box), [50, 25, 100, 25]);
  assert.equal(clipSegment(-10, -10, -5, 60, box), null);
  assert.equal(clipSegment(10, 10, NaN, 10, box), null);
});

/** Repeatable numbers between 0 and 1 (a linear congruential generator). */
function numbers(seed) {
  let state = seed;
  return () => (state = (1664525 * state + 1013904223) % 2 ** 32) / 2 ** 32;
}
const narrow = { left: 44.3, top: 8.1, right: 71.7, bottom: 24.9 };
const FAR = [1e3, 1e8, 1e16, 3.6e13, 1e30, 1e300, Number.MAX_VALUE];

test("nothing that is clipped lies outside the box, however far away it begins", () => {
  const next = numbers(1);
  const away = () => (next() - 0.5) * 2 * FAR[Math.floor(next() * FAR.length)];
  let crossing = 0;
  for (let i = 0; i < 20_000; i++) {
    const [ax, ay, bx, by] = [away(), away(), i % 2 ? away() : 100 * next(), i % 2 ? away() : 50 * next()];
    const seen = clipSegment(ax, ay, bx, by, narrow);
    if (!seen) continue;
    crossing++;
    for (const k of [0, 2]) assert.ok(inside(seen[k], seen[k + 1], narrow), `${[ax, ay, bx, by]} -> ${seen}`);
  }
  assert.ok(crossing > 2000);
});

test("from inside, a line is cut at the edge in its own direction, and the way back is the same line", () => {
  const next = numbers(2);
  for (let i = 0; i < 20_000; i++) {
    const [ax, ay, turn, far] = [100 * next(), 50 * next(), 2 * Math.PI * next(), FAR[i % FAR.length] / 2];
    const [bx, by] = [ax + far * Math.cos(turn), ay + far * Math.sin(turn)];
    const [cx, cy, ex, ey] = clipSegment(ax, ay, bx, by, box);
    assert.deepEqual([cx, cy], [ax, ay]);
    assert.ok(ex === box.left || ex === box.right || ey === box.top || ey === box.bottom, "on an edge");
    // The sine of the angle between the two directions, times the way inside: how far off the line, in pixels.
    assert.ok(Math.abs((ex - ax) * Math.sin(turn) - (ey - ay) * Math.cos(turn)) < 1e-4, `${[ax, ay, turn, far]}`);
    assert.deepEqual(clipSegment(bx, by, ax, ay, box), [ex, ey, cx, cy]);
  }
});

test("a line from far on one side to far on the other crosses where it does", () => {
  assert.deepEqual(clipSegment(-3e15, 20, 5e15, 20, box), [0, 20, 100, 20]);
  assert.deepEqual(clipSegment(30, 3.6e13, 30, -2e14, box), [30, 50, 30, 0]);
  assert.deepEqual(clipSegment(-1e308, 10, 1e308, 10, box), [0, 10, 100, 10]);
  assert.deepEqual(clipSegment(-100, -50, 300, 150, box), [0, 0, 100, 50]);
  assert.equal(clipSegment(-1e30, 60, 1e30, 60, box), null);
  assert.equal(clipSegment(120, 1e300, 120, -1e300, box), null);
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
