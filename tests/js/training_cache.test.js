import assert from "node:assert/strict";
import { test } from "node:test";

import { createTrainingCache } from "../../lrviz/stage/web/training_cache.js";

/** Four rows of one feature, the last two held back. */
const data = {
  x: Float32Array.of(1, 2, 3, 4),
  y: Float32Array.of(0, 1, 0, 1),
  train: Uint8Array.of(1, 1, 0, 0),
  place: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3),
  basis: Float32Array.of(1, 0),
  mean: Float32Array.of(0),
  spread: Float32Array.of(1),
};
const row = (name, kind = "digits") =>
  ({ data: name, present: `p-${name}`, loss: "binary_crossentropy", live: [], picture: { kind, classes: ["a", "b"] } });
const message = (meta, others, own = "") => ({
  meta: { ...meta, others },
  arrays: Object.fromEntries(Object.entries(data).map(([name, array]) => [`${own}data.${name}`, array])),
});

test("what is not here is asked for by name, the first training and the others of a race", async () => {
  const cache = createTrainingCache();
  const first = message(row("moons"), [row("circles")]);
  assert.deepEqual(cache.lacking(first), ["data:moons", "present:p-moons", "data:circles", "present:p-circles"]);
  await cache.take(first);
  assert.deepEqual(cache.lacking(first), ["present:p-moons", "data:circles", "present:p-circles"]);
  await cache.take(message(row("moons"), [row("circles")], "1."));
  assert.deepEqual(cache.lacking(first), ["present:p-moons", "present:p-circles"]);
});

test("of digits those that are held back can be read wrongly, with their own numbers", async () => {
  const cache = createTrainingCache();
  await cache.take(message(row("digits"), []));
  const { checked, features, low, high } = cache.data.get("digits");
  assert.deepEqual([checked.held, checked.rows, [...checked.x]], [true, [2, 3], [3, 4]]);
  assert.deepEqual([features, low, high], [1, 0, 1]);
});

test("the latest few are kept", async () => {
  const cache = createTrainingCache();
  for (let i = 0; i < 9; i++) await cache.take(message(row(`d${i}`), []));
  assert.deepEqual([cache.data.size, cache.data.has("d0"), cache.data.has("d8")], [8, false, true]);
});
