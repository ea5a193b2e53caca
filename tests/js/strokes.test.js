import assert from "node:assert/strict";
import { test } from "node:test";
import { strokePiece } from "../../lrviz/stage/web/strokes.js";

const BOX = { left: 0, right: 100, top: 0, bottom: 100 };

/** @returns what was stroked: the corners of the line, and how long the dashes of it are */
function stroked(points, from = 0, to = points.length / 2 - 1, options = {}) {
  const corners = [];
  const keep = (x, y) => corners.push([x, y]);
  const idle = () => {};
  const g = { setLineDash: idle, beginPath: idle, stroke: idle, moveTo: keep, lineTo: keep };
  const offset = strokePiece(g, Float64Array.from(points), from, to, BOX, options);
  return { corners, offset };
}

test("a line that rests is not drawn point by point, and ends where it ends", () => {
  const rest = Array.from({ length: 500 }, (_, k) => [50 + 0.2 * Math.cos(k), 50 + 0.2 * Math.sin(k)]).flat();
  const { corners } = stroked([10, 10, 50, 50, ...rest, 50.3, 50]);
  assert.deepEqual(corners.slice(0, 2), [[10, 10], [50, 50]]);
  assert.deepEqual(corners.at(-1), [50.3, 50]);
  assert.ok(corners.length < 6, `${corners.length} corners`);
});

test("many small steps are drawn to half a pixel", () => {
  const line = Array.from({ length: 1001 }, (_, k) => [0.1 * k, 50 + 40 * Math.sin(k / 100)]).flat();
  const { corners } = stroked(line);
  assert.ok(corners.length < 500 && corners.length > 100, `${corners.length} corners`);
  for (const [i, [x]] of corners.entries()) assert.ok(i === 0 || Math.abs(x - corners[i - 1][0]) <= 0.6);
});

test("what is not a number parts the line, and dashes go on in the next piece", () => {
  const { corners } = stroked([10, 10, 20, 10, NaN, NaN, 40, 10, 50, 10]);
  assert.deepEqual(corners, [[10, 10], [20, 10], [40, 10], [50, 10]]);
  const points = [0, 0, 10, 0, 20, 0];
  const { offset } = stroked(points, 0, 1, { dash: [3, 2] });
  assert.equal(offset, 10);
  assert.equal(stroked(points, 1, 2, { dash: [3, 2], offset }).offset, 20);
});
