import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangement, fitting } from "../../lrviz/stage/web/compose.js";

const SIZES = [{ width: 700, height: 385 }, { width: 501, height: 205 }, { width: 501, height: 171 }];

test("panels stand beside each other where the page is wide, and nothing overlaps", () => {
  for (const wide of [true, false]) {
    const { width, height, places } = arrangement(SIZES, wide);
    assert.equal(width % 2 + height % 2, 0);
    places.forEach((a, i) => {
      assert.ok(a.x + a.width <= width && a.y + a.height <= height);
      for (const b of places.slice(i + 1)) {
        const beside = a.x + a.width <= b.x || b.x + b.width <= a.x;
        assert.ok(beside || a.y + a.height <= b.y || b.y + b.height <= a.y);
      }
    });
    assert.equal(places[1].x > places[0].x, wide);
  }
});

test("only names that fit are written", () => {
  assert.equal(fitting([10, 20, 30], 35), 2);
  assert.equal(fitting([], 35), 0);
  assert.equal(fitting([40], 35), 0);
});
