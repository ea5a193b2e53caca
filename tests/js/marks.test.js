import assert from "node:assert/strict";
import { test } from "node:test";
import { label, ringPlace } from "../../lrviz/stage/web/marks.js";

const pen = { measureText: (text) => ({ width: 7 * text.length }), fillRect() {}, fillText() {} };
const box = { left: 0, top: 0, right: 300, bottom: 200 };

test("words that would lie on the ring of the start stand below it, or above it at the lower edge", () => {
  const place = (y, start) => label(pen, "leaves at step 6", 60, y, box, { taken: ringPlace(start) });
  assert.equal(place(50, null).top, 40);
  assert.equal(place(50, [250, 55]).top, 40, "the ring is elsewhere");
  assert.ok(place(50, [40, 55]).top >= 65);
  assert.ok(place(180, [40, 180]).top + 20 <= 170);
});
