import assert from "node:assert/strict";
import { test } from "node:test";
import { missing, painter, positions, rating } from "../../../lrviz/maps/web/colours.js";
import { LOSS, TABLES, close } from "./rows.js";

test("the bright end is the better one, and what left the finite has a colour of its own", () => {
  const colour = painter(LOSS, { low: 1e-4, high: 1 }, TABLES, true);
  assert.deepEqual(colour(-4), [255, 255, 255, 255]);
  assert.deepEqual(colour(0), [0, 0, 0, 255]);
  assert.deepEqual(colour(-Infinity), [255, 255, 255, 255], "nothing is left");
  assert.deepEqual(colour(Infinity), colour(NaN));
  assert.deepEqual(colour(NaN), [170, 0, 0, 255]);
  assert.ok(missing(Infinity, true) && !missing(-Infinity, true) && missing(-Infinity, false));
  const sides = painter({ palette: "sides", scale: "log" }, { low: 1, high: 100, lost: [1, 10] }, TABLES, false);
  assert.deepEqual([sides(-1)[0], sides(-100)[0], sides(1)[0], sides(10)[0]], [255, 0, 255, 16]);
  assert.equal(rating(LOSS, NaN, true), null);
  close(positions(LOSS, { low: 1e-4, high: 1 }, false)(0.01), 0.5);
});
