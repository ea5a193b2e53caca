import assert from "node:assert/strict";
import { test } from "node:test";
import { createCache } from "../../lrviz/stage/web/cache.js";

const counts = { landscapes: 0, families: 0 };
const meta = (...keys) => ({ landscape_key: "bowl", profiles: [], live: [], runs: keys.map((key) => ({ key })) });

test("a run that came once is there for every later message that names it, in whatever place", () => {
  const kept = createCache();
  const [a, b] = [Float32Array.of(1), Float32Array.of(2)];
  kept.take({ meta: meta("a", "b"), arrays: { "run0.x": a, "run1.x": b } }, counts);
  kept.take({ meta: meta("b"), arrays: {} }, counts);
  assert.equal(kept.runs.get("b").x, b);
  assert.deepEqual(kept.lacking(meta("b", "a")), ["landscape:bowl"]);
  assert.deepEqual(kept.lacking(meta("c")), ["landscape:bowl", "run:c"]);
});

test("only the latest runs are kept, and what is named stays the longest", () => {
  const kept = createCache();
  for (let i = 0; i < 12; i++) {
    kept.take({ meta: meta(`old${i}`), arrays: { "run0.x": Float32Array.of(i) } }, counts);
  }
  kept.take({ meta: meta("old0"), arrays: {} }, counts);
  kept.take({ meta: meta("new"), arrays: { "run0.x": Float32Array.of(99) } }, counts);
  assert.ok(kept.runs.has("old0") && kept.runs.has("new") && !kept.runs.has("old1"));
});
