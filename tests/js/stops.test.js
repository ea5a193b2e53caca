import assert from "node:assert/strict";
import { test } from "node:test";

import { decidedAt, readStops, unzipped } from "../../lrviz/stage/web/stops.js";
import { cutsOf, numbersOf } from "../../lrviz/stage/web/rule_rows.js";
import { spanAround, spanWith } from "../../lrviz/stage/web/span.js";
import { packed } from "./message.js";

/** Two stops of one rule over four epochs: the same best and bar at both, another wait and cut. */
const arrays = {
  values: Float64Array.of(1, 2),
  limit: Int32Array.of(1, 2),
  pause: Int32Array.of(0, 0),
  until: Int32Array.of(2, -1),
};
const field = (name, of, rows, Type = Float64Array) => {
  arrays[`${name}.of`] = Uint16Array.from(of);
  arrays[`${name}.count`] = Uint32Array.from(rows.map((row) => row.length));
  arrays[`${name}.value`] = Type.from(rows.flat().map(([value]) => value));
  arrays[`${name}.length`] = Uint32Array.from(rows.flat().map(([, length]) => length));
};
field("learning_rate", [0, 1], [[[0.1, 1], [0.05, 3]], [[0.1, 4]]]);
field("best", [0, 0], [[[NaN, 1], [0.5, 3]]]);
field("threshold", [0, 0], [[[Infinity, 1], [0.4, 3]]]);
field("wait", [0, 1], [[[0, 4]], [[0, 1], [1, 2], [-2, 1]]], Int32Array);
field("cooldown", [0, 0], [[[0, 4]]], Int32Array);
field("cut", [0, 1], [[[0, 1], [1, 1], [0, 2]], [[0, 4]]], Int32Array);
const stops = readStops(packed({ rules: 1, epochs: 4 }, arrays));

test("a stop has a row of each number, an entry an epoch", () => {
  const [first, second] = [decidedAt(stops, 0, 0), decidedAt(stops, 1, 0)];
  assert.deepEqual([...first.learning_rate], [0.1, 0.05, 0.05, 0.05]);
  assert.deepEqual([...second.learning_rate], [0.1, 0.1, 0.1, 0.1]);
  assert.deepEqual([...second.best], [NaN, 0.5, 0.5, 0.5]);
  assert.deepEqual([...second.wait], [0, 1, 2, 0], "changes are added up");
  assert.deepEqual([first.until, second.until, first.limit, second.limit], [2, null, 1, 2]);
  assert.deepEqual(cutsOf(first.cut), [2]);
});

test("in the epoch of a cut the table shows what was waited for", () => {
  const first = decidedAt(stops, 0, 0);
  assert.deepEqual(numbersOf(first, 1), ["0.4", "0.5", "1 of 1", "0", "0.05 (cut)"]);
  assert.deepEqual(numbersOf(decidedAt(stops, 1, 0), 2), ["0.4", "0.5", "2 of 2", "0", "0.1"]);
});

test("what travelled small comes back", async () => {
  const zip = new Blob([Uint8Array.of(1, 2, 3)]).stream().pipeThrough(new CompressionStream("gzip"));
  const small = new Uint8Array(await new Response(zip).arrayBuffer());
  assert.deepEqual([...(await unzipped(small))], [1, 2, 3]);
});

test("a window comes nearer around a step, stays inside, and ends at all epochs", () => {
  assert.deepEqual(spanAround(null, 100, 25, 0.5), [12.5, 62.5]);
  assert.deepEqual(spanAround([12.5, 62.5], 100, 100, 0.1)[1] <= 100, true);
  assert.equal(spanAround([12.5, 62.5], 100, 25, 4), null);
  const [from, to] = spanAround([0, 10], 100, 5, 0.01);
  assert.equal(to - from, 8);
  assert.equal(spanAround(null, 5, 2, 0.1), null);
});

test("a window follows a step that lies outside", () => {
  assert.deepEqual(spanWith([0, 10], 100, 50), [45, 55]);
  assert.deepEqual(spanWith([0, 10], 100, 100), [90, 100]);
  const same = [0, 10];
  assert.equal(spanWith(same, 100, 3), same);
  assert.equal(spanWith(null, 100, 3), null);
});
