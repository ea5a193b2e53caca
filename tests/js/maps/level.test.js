import assert from "node:assert/strict";
import { test } from "node:test";
import { bestOf, cellsAlong, createLevel, extent, finest } from "../../../lrviz/maps/web/level.js";
import { LINE, LOG, LOSS, WHOLE, close, tile } from "./rows.js";

test("a level is whole when its tiles are here, and knows its best cell", () => {
  const first = tile(4, (i, j) => (i === 2 && j === 1 ? -9 : i === 3 ? NaN : 1));
  const level = createLevel({ x: LOG, y: LINE }, first);
  assert.ok(!level.whole && finest([level]) === null);
  level.add(first);
  assert.ok(level.whole && finest([level]) === level);
  assert.deepEqual(bestOf(level, LOSS), { column: 2, row: 1 });
  close(level.number(2, 1), 1e-9);
  assert.equal(level.number(3, 0), null);
});

test("cells of whole numbers reach halfway to the next", () => {
  const cells = cellsAlong(WHOLE, Float64Array.from({ length: 21 }, (_, i) => i));
  assert.deepEqual([cells[0], cells.at(-1)], [0, 20]);
  assert.deepEqual(extent(WHOLE, 21), [-0.025, 1.025]);
});
