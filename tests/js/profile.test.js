import assert from "node:assert/strict";
import { test } from "node:test";
import { alongSlice, slopeAt } from "../../lrviz/stage/web/profile.js";

test("a run on a slice, with the tangent from its gradient or from the curve", () => {
  const slice = { base: [1, 0], direction: [0, 1], s: [-1, 0, 1], loss: [1, 0, 1] };
  assert.deepEqual([...alongSlice({ n: 1, x: [1, 2, 1, -3] }, slice)], [2, -3]);
  assert.equal(slopeAt({ grad: [7, 4] }, 0, 2, slice), 4);
  assert.equal(slopeAt({ grad: null }, 0, 0.5, slice), 1);
});
