import assert from "node:assert/strict";
import { test } from "node:test";
import { isolines, unitsOf } from "../../../lrviz/maps/web/isolines.js";
import { close } from "./rows.js";

test("lines of equal value run where the levels are, and not over steep cells or holes", () => {
  const heights = Array.from({ length: 25 }, (_, i) => 0.5 * (i % 5) + 0.75);
  const lines = isolines(heights, 5, 5, 9);
  assert.deepEqual([...new Set(lines.map(({ level }) => level))], [1, 2]);
  for (const { level, ends } of lines) close(0.5 * ends[0] + 0.75, level);
  assert.equal(lines.length, 8);
  assert.equal(isolines([0, 99, 0, 99], 2, 2, 9).length, 0);
  assert.equal(isolines([0, NaN, 2, 2], 2, 2, 9).length, 0);
  assert.deepEqual([0.25, 0.5, 1].map(unitsOf([0.25, 0.5, 0.75])), [1, 2, 4]);
});
