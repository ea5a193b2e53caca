import assert from "node:assert/strict";
import { test } from "node:test";

import { readTrainings, trainingAt } from "../../lrviz/stage/web/epochs.js";
import { classOf, outputs, readings, verdict } from "../../lrviz/stage/web/network.js";
import { domainOf } from "../../lrviz/stage/web/pictures.js";
import { packed } from "./message.js";

const FIELDS = ["loss", "val_loss", "accuracy", "val_accuracy", "rate", "learning_rate", "best", "threshold", "wait",
  "cooldown", "cut", "sharpness"];
/** Two stops: of three epochs, with the weights after 0, 2 and 3, and of one epoch that early stopping ended. */
const rows = Object.fromEntries(FIELDS.map((name, i) => [name, Float32Array.of(i, i + 1, i + 2, i + 3)]));
const trainings = readTrainings(packed({ numbers: 2 }, {
  ...rows,
  values: Float64Array.of(0.1, 0.2),
  epochs: Uint32Array.of(3, 1),
  weight_counts: Uint32Array.of(3, 2),
  limit: Int32Array.of(10, 10),
  pause: Int32Array.of(0, 0),
  stopped: Int32Array.of(-1, 1),
  broke: Int32Array.of(7, -1),
  weight_epochs: Uint32Array.of(0, 2, 3, 0, 1),
  weights: Float32Array.of(0, 0, 2, 2, 3, 3, 10, 10, 11, 11),
}));

test("a stop has its own rows and weights", () => {
  const [first, second] = [trainingAt(trainings, 0), trainingAt(trainings, 1)];
  assert.deepEqual([first.n, [...first.loss]], [3, [0, 1, 2]]);
  assert.deepEqual([second.n, [...second.loss], [...second.best]], [1, [3], [9]]);
  assert.deepEqual([first.stopped, first.broke, second.stopped, second.broke], [null, 7, 1, null]);
  const weights = ({ epoch, weights }) => [epoch, ...weights];
  assert.deepEqual([0, 1, 2, 3, 9].map((k) => weights(first.weightsAt(k))),
    [[0, 0, 0], [0, 0, 0], [2, 2, 2], [3, 3, 3], [3, 3, 3]], "those of the last epoch that is here");
  assert.deepEqual(weights(second.weightsAt(1)), [1, 11, 11]);
});

test("a network is its matrix products", () => {
  const model = { sizes: [2, 2, 1], activation: "relu" };
  const weights = [1, -1, 2, 1, 0.5, 0, 3, 4, -1];
  // hidden: (x + 2y + 0.5, -x + y); output: 3 h0 + 4 h1 - 1
  assert.deepEqual([...outputs(model, weights, [1, 1, -1, 0], 2)], [3 * 3.5 - 1, 4 - 1]);
  const bent = outputs({ sizes: [1, 1, 1], activation: "tanh" }, [2, 0, 1, 0], [0.5], 1);
  assert.ok(Math.abs(bent[0] - Math.tanh(1)) < 1e-12);
});

test("outputs are read as probabilities, and as numbers where there is no class", () => {
  assert.deepEqual([...readings(Float64Array.of(0, 800, -800), { loss: "binary", sizes: [1, 1] }, 2)], [0.5, 1, 0]);
  const three = readings(Float64Array.of(1000, 1000, 0), { loss: "categorical", sizes: [1, 3] }, 3);
  assert.deepEqual([...three], [0.5, 0.5, 0]);
  const squared = { loss: "squared_error", sizes: [1, 1] };
  assert.deepEqual([...readings(Float64Array.of(-3, 0, 0.5), squared, 2)], [0, 0.5, 0.75]);
  assert.deepEqual([...readings(Float64Array.of(-3), squared, 0)], [-3]);
});

test("a row is read as its likeliest class", () => {
  assert.deepEqual(verdict([0.2, 0.9], 1, 1, 0), [1, 1 - 0.9]);
  assert.deepEqual(verdict([0.2, 0.5, 0.3], 0, 3, 2), [1, 0.3]);
  assert.deepEqual([classOf(-1, "squared_error"), classOf(1, "squared_error"), classOf(2, "categorical")], [0, 1, 2]);
});

test("the data have room around them, also where all are at one place", () => {
  assert.deepEqual(domainOf([0, 0, 1, 2]), [-0.08, 1.08, -0.16, 2.16]);
  assert.deepEqual(domainOf([3, 3]), [2.92, 3.08, 2.92, 3.08]);
});
