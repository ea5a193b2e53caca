import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, legible, luminance, parseColour } from "../../lrviz/stage/web/colour.js";

test("colours are read in the forms a browser gives", () => {
  assert.deepEqual(parseColour("#fff"), [255, 255, 255]);
  assert.deepEqual(parseColour("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.ok(luminance([255, 255, 255]) > 0.999);
  assert.ok(contrast(legible([200, 200, 200], [[255, 255, 255]], 4.5), [255, 255, 255]) >= 4.5);
});
