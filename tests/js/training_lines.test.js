import assert from "node:assert/strict";
import { test } from "node:test";

import { INK } from "../../lrviz/stage/web/palette.js";
import { epochsOf, linesOf, withCuts } from "../../lrviz/stage/web/training_lines.js";

const row = { name: "SGD", monitor: "val_loss", watched: true, edge: ["2/α", 2] };
const came = (loss) => ({
  n: 3,
  loss: Float32Array.of(...loss),
  val_loss: Float32Array.of(...loss.map((v) => v + 1)),
  rate: Float32Array.of(0.5, 0.5, 0.25),
  learning_rate: Float32Array.of(0.5, 0.25, 0.25),
  cut: Uint8Array.of(0, 1, 0),
});
const [one, other] = [[3, 2, 1], [6, 5, 4]].map((loss) => withCuts(row, came(loss)));

test("a training has the edge of its rate, and its cuts where the rule watches", () => {
  assert.deepEqual([[...one["2/α"]], one.cuts], [[4, 8, 8], [2]]);
  assert.deepEqual(withCuts({ ...row, watched: false }, came([3, 2, 1])).cuts, []);
});

test("of one training all numbers are drawn, the cuts on the one that is monitored", () => {
  const lines = linesOf("loss", ["loss", "val_loss"], [row], [one], 0);
  const seen = lines.map(({ name, colour, cuts }) => [name, colour, cuts]);
  assert.deepEqual(seen, [["loss", 0, []], ["val_loss", 1, [2]]]);
  assert.deepEqual([...lines[0].loss], [NaN, 3, 2, 1]);
  const [rate] = linesOf("rate", ["rate"], [row], [one], 0);
  assert.deepEqual([rate.colour, rate.cuts, [...rate.rate]], [INK, [2], [0.5, 0.5, 0.25]]);
});

test("of a race each has one line, and the chosen its others, pale", () => {
  const lines = linesOf("loss", ["loss", "val_loss"], [row, row], [one, other], 1);
  assert.deepEqual(lines.map(({ name, place, colour, pale }) => [name, place, colour, Boolean(pale)]), [
    ["val_loss", 0, 0, false],
    ["val_loss", 1, 1, false],
    ["loss", 1, 1, true],
  ]);
  assert.deepEqual([...lines[2].loss], [NaN, 6, 5, 4]);
});

test("the rule's epochs are counted from 1", () => {
  assert.deepEqual([...epochsOf({ n: 3 }).step], [1, 2, 3]);
});
