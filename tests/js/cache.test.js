import assert from "node:assert/strict";
import { test } from "node:test";
import { createCache } from "../../lrviz/stage/web/cache.js";

const counts = { landscapes: 0, families: 0 };
const meta = (...keys) => ({ landscape_key: "bowl", profiles: [], live: [], runs: keys.map((key) => ({ key })) });

test("a run that came once is there for every later message that names it, in whatever place", () => {
  const cache = createCache();
  const [a, b] = [Float32Array.of(1), Float32Array.of(2)];
  cache.take({ meta: meta("a", "b"), arrays: { "run0.x": a, "run1.x": b } }, counts);
  cache.take({ meta: meta("b"), arrays: {} }, counts);
  assert.equal(cache.runs.get("b").x, b);
  assert.deepEqual(cache.lacking(meta("b", "a")), ["landscape:bowl"]);
  assert.deepEqual(cache.lacking(meta("c")), ["landscape:bowl", "run:c"]);
});

test("only the latest runs are kept, and what is named stays the longest", () => {
  const cache = createCache();
  for (let i = 0; i < 12; i++) {
    cache.take({ meta: meta(`old${i}`), arrays: { "run0.x": Float32Array.of(i) } }, counts);
  }
  cache.take({ meta: meta("old0"), arrays: {} }, counts);
  cache.take({ meta: meta("new"), arrays: { "run0.x": Float32Array.of(99) } }, counts);
  assert.ok(cache.runs.has("old0") && cache.runs.has("new") && !cache.runs.has("old1"));
});
