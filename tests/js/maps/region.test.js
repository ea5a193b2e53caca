import assert from "node:assert/strict";
import { test } from "node:test";
import { between, digitsFor, half, indexOf, placeOf, same } from "../../../lrviz/maps/web/region.js";
import { spacing, valueAt, zoomed } from "../../../lrviz/maps/web/region.js";
import { LINE, LOG, WHOLE, close } from "./rows.js";

test("a place and its value are inverse on both scales", () => {
  for (const axis of [LOG, LINE]) {
    for (const t of [0, 0.25, 0.5, 1]) close(placeOf(axis, valueAt(axis, t)), t);
  }
  close(valueAt(LOG, 0.5), Math.sqrt(1e-3));
});

test("a zoom goes on until float64 has no room, and no further", () => {
  let axis = LOG;
  for (let i = 0; i < 200; i++) axis = zoomed(axis, 0.37, 0.5);
  const steps = (axis.high - axis.low) / spacing(axis.low);
  assert.ok(steps >= 64 && steps < 512, `${steps}`);
  assert.ok(new Set(Array.from({ length: 64 }, (_, i) => valueAt(axis, i / 63))).size > 40);
});

test("a zoom outwards ends where the knob does", () => {
  assert.equal(zoomed(WHOLE, 0.5, 3).low, 0);
  assert.ok(zoomed(LOG, 0.5, 1e3).low > 0);
  assert.ok(zoomed({ ...LOG, most: 10 }, 0.5, 2).high <= 10);
  let axis = { ...LOG, most: 1e6 };
  for (let i = 0; i < 400; i++) axis = zoomed(axis, 0.5, 1.02);
  assert.ok(Number.isFinite(valueAt(axis, 0.5)), `${axis.low} to ${axis.high}`);
});

test("whole numbers stay whole and reach half a number beyond their ends", () => {
  const part = between(WHOLE, 0.22, 0.61);
  assert.deepEqual([part.low, part.high], [4, 12]);
  assert.equal(between(WHOLE, 0.2, 0.21), null);
  close(half(WHOLE), 0.025);
});

test("the nearest cell is found", () => {
  const values = Float64Array.from([0, 1, 2, 4, 8]);
  assert.deepEqual([-3, 0.4, 0.6, 3.1, 99].map((v) => indexOf(values, v)), [0, 0, 1, 3, 4]);
});

test("deep in a zoom points are told apart", () => {
  assert.ok(digitsFor({ ...LOG, low: 0.05, high: 0.05 + 1e-9 }) > 9);
});

test("regions are the same by their ends", () => {
  assert.ok(same({ x: LOG, y: WHOLE }, { x: { ...LOG }, y: { ...WHOLE } }));
  assert.ok(!same({ x: LOG, y: WHOLE }, { x: { ...LOG, high: 9 }, y: WHOLE }));
});
