import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsAt } from "../../lrviz/stage/web/cells.js";
import { epochsDone, runAtStop } from "../../lrviz/stage/web/runs.js";
import { familyRun } from "../../lrviz/stage/web/family.js";

/** Patience 2, cooldown 2: better, bad, bad (cut), cooling, bad, better. Two steps an epoch. */
const run = {
  n: 12,
  knobs: {},
  rule: { limit: 2, late: 0, cooldown: 2 },
  epochs: {
    step: Int32Array.of(2, 4, 6, 8, 10, 12),
    wait: Uint16Array.of(0, 1, 0, 0, 1, 0),
    cut: Uint8Array.of(0, 0, 1, 0, 0, 0),
    cooldown: Uint16Array.of(0, 0, 2, 1, 0, 0),
  },
};
const words = (k) => cellsAt(run, k).words;

test("an epoch counts when it is over", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 11, 12, 99].map((k) => epochsDone(run.epochs, k)), [0, 0, 1, 1, 2, 5, 6, 6]);
});

test("the cells fill, are cut when full, rest, fill again, and an improvement empties them", () => {
  assert.equal(words(0), "waited 0 of 2");
  assert.equal(words(2), "improved, 0 of 2");
  assert.equal(words(5), "waited 1 of 2");
  assert.deepEqual(cellsAt(run, 6), { limit: 2, waited: 2, cut: true, cooling: 2, cooldown: 2, words: "rate cut" });
  assert.equal(words(8), "cooldown 1 of 2");
  assert.equal(words(10), "waited 1 of 2");
  assert.equal(words(50), "improved, 0 of 2");
});

test("a run that nobody watches has no cells", () => {
  assert.equal(cellsAt({ ...run, rule: null }, 3), null);
  assert.equal(cellsAt({ ...run, epochs: null }, 3), null);
});

const family = {
  epochs: 4,
  begins: [0, 4, 8],
  rates: "scaled",
  arrays: {
    values: Float64Array.of(1, 3),
    steps: Uint32Array.of(4, 4),
    per_epoch: Uint32Array.of(1, 1),
    x: new Float32Array(20),
    loss: new Float32Array(10),
    scale: Float64Array.of(1, 1),
    shape: Float64Array.of(1, 1, 1, 1),
    improved: Uint8Array.of(0b0001, 0b1001),
    cut: Uint8Array.of(0b0010, 0),
  },
};

test("at a stop the waits are counted again, and the cells are as many as the patience under the pointer", () => {
  assert.deepEqual([...familyRun(family, 0).epochs.wait], [0, 0, 1, 2]);
  assert.deepEqual([...familyRun(family, 1).epochs.wait], [0, 1, 2, 0]);
  const own = { ...run, rule: { limit: 5, late: 1, cooldown: 0 } };
  const domain = [-1, 1, -1, 1];
  assert.equal(runAtStop(own, family, 1, domain, "patience").rule.limit, 4);
  assert.equal(runAtStop(own, family, 1, domain, "alpha").rule.limit, 5);
  assert.equal(cellsAt(runAtStop(run, family, 1, domain, "alpha"), 3), null, "a family does not tell of cooldowns");
});
