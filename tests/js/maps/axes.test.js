import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesOf, scalesOf, ticksOf, titleOf } from "../../../lrviz/maps/web/axes.js";
import { valueAt } from "../../../lrviz/maps/web/region.js";
import { LINE, LOG, WHOLE, close } from "./rows.js";

test("deep in a zoom the ticks count from the low end", () => {
  const zoomed = { ...LOG, low: 0.05, high: 0.05 + 1e-9 };
  const { ticks, from } = ticksOf(zoomed, 5);
  assert.ok(ticks.length >= 3 && ticks.every(({ text }) => text === "0" || text.startsWith("+")));
  assert.equal(titleOf(zoomed, from), `Rate − ${from}`);
  assert.equal(ticksOf(LOG, 6).from, null);
  assert.ok(ticksOf(WHOLE, 5).ticks.every(({ at }) => Number.isInteger(at)));
});

test("the plot and its strips share their edges", () => {
  const { plot, row, column } = boxesOf(600, 460, true);
  assert.deepEqual([row.left, row.right, column.top, column.bottom], [plot.left, plot.right, plot.top, plot.bottom]);
  const scales = scalesOf({ x: LOG, y: LINE }, plot);
  close(scales.x.to(1e-4), plot.left);
  close(scales.y.to(5), plot.top);
  close(valueAt(LOG, scales.x.place(scales.x.to(0.1))), 0.1, 1e-9);
  assert.equal(boxesOf(360, 400, true).column, null);
});

test("no two ticks of a deep zoom read alike", () => {
  const deep = { key: "alpha", label: "Learning rate", low: 0.03316038194, high: 0.03321838194, scale: "linear" };
  const texts = ticksOf(deep, 4).ticks.map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
});
