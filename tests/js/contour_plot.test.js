import assert from "node:assert/strict";
import { test } from "node:test";
import { gradientLength } from "../../lrviz/stage/web/contour_plot.js";

test("the gradient's arrow grows with the logarithm", () => {
  assert.equal(gradientLength(10, 10), 56);
  assert.equal(gradientLength(1e-9, 10), 16);
  assert.equal(gradientLength(0, 10), 0);
});
