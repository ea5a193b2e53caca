import assert from "node:assert/strict";
import { test } from "node:test";
import { placeNames } from "../../lrviz/stage/web/names.js";

const box = { left: 50, right: 450, top: 10, bottom: 210 };
const line = (height, width = 60) => ({
  width,
  points: Float64Array.from({ length: 2 * 401 }, (_, i) => (i % 2 ? height((i - 1) / 2) : 50 + i / 2)),
});
const between = ([x, y], { points, width }) => {
  let nearest = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    if (Math.abs(points[i] - x) <= width / 2) nearest = Math.min(nearest, Math.abs(points[i + 1] - y) - 10);
  }
  return nearest;
};

test("each name stands beside its own line, clear of all lines and names", () => {
  const flat = line(() => 30);
  const falling = line((k) => 30 + 0.42 * k);
  const stairs = line((k) => [30, 90, 150][Math.floor(k / 140)]);
  const lines = [flat, falling, stairs];
  const at = placeNames(lines, box);
  at.forEach((place, i) => {
    assert.ok(place[0] > 80 && place[0] < 420 && place[1] >= 20 && place[1] <= 200);
    lines.forEach((other) => assert.ok(between(place, other) > 0, `name ${i}`));
    assert.ok(between(place, lines[i]) < 30);
    assert.ok(lines.every((other, j) => j === i || between(place, lines[i]) < between(place, other)), `name ${i}`);
    at.slice(0, i).forEach(([x, y]) => assert.ok(Math.abs(x - place[0]) >= 60 || Math.abs(y - place[1]) >= 20));
  });
});

test("where there is no room all names stay inside", () => {
  const at = placeNames(Array.from({ length: 6 }, () => line(() => 110)), { ...box, bottom: 140 });
  assert.ok(at.every(([x, y]) => x >= 80 && x <= 420 && y >= 20 && y <= 130));
});
