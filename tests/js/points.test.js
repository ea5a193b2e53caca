import assert from "node:assert/strict";
import { test } from "node:test";
import { lettersOf, pointsAt } from "../../lrviz/stage/web/points.js";

const run = {
  n: 2,
  x: Float64Array.of(1, 2, 0.8, 1.5, 0.7, 1),
  points: { "x̄": "averaged", z: "unaveraged" },
  terms: [
    { name: "averaged", data: Float32Array.of(0.5, 1, 0.25, 0.5) },
    { name: "unaveraged", data: Float32Array.of(-1, 0, NaN, 0) },
  ],
};

test("the points of a run begin at its start and move evenly; one that is no number is not there", () => {
  assert.deepEqual(pointsAt(run, 0).map(({ at }) => at), [[1, 2], [1, 2]]);
  assert.deepEqual(pointsAt(run, 0.5), [{ letter: "x̄", at: [0.75, 1.5] }, { letter: "z", at: [0, 1] }]);
  assert.deepEqual(pointsAt(run, 2), [{ letter: "x̄", at: [0.25, 0.5] }]);
  assert.deepEqual(pointsAt({ ...run, points: undefined }, 1), []);
  assert.deepEqual(pointsAt({ ...run, terms: [] }, 1), [], "while a slider moves its terms are not here");
});

test("the letters of three points stand apart, however near the points are to each other", () => {
  for (const [average, z] of [[[0, 0], [0, 0]], [[-1, 0], [60, 20]], [[3, 9], [-20, -60]], [[0, 2], [0, -30]]]) {
    const head = [100, 100];
    const places = [average, z].map(([dx, dy], i) => ({ letter: "ab"[i], at: [100 + dx, 100 + dy] }));
    const letters = lettersOf(head, places);
    assert.deepEqual(letters.map(({ letter }) => letter), ["a", "b", "x"]);
    for (const [i, one] of letters.entries()) {
      for (const { at } of letters.slice(i + 1)) assert.ok(Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) > 15);
    }
    assert.ok(letters[2].at[1] <= 100, "its own above the head");
  }
});
