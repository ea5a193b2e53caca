import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequestQueue } from "../../lrviz/stage/web/request_queue.js";

function bench(most) {
  const sent = [];
  let timer = null;
  const gate = createRequestQueue((value, seq) => sent.push([value, seq]), {
    most,
    first: 0,
    later: (f, ms) => (timer = { f, ms }),
    cancel: () => (timer = null),
  });
  return { gate, sent, ring: () => timer.f(), patience: () => timer.ms, waits: () => timer !== null };
}

test("two questions are under way; the latest waits, those between are not asked", () => {
  const { gate, sent, waits } = bench();
  for (const v of ["a", "b", "c", "d", "e"]) gate.push(v);
  assert.deepEqual(sent, [["a", 1], ["b", 2]]);
  gate.answer(1);
  assert.deepEqual(sent.at(-1), ["e", 3]);
  assert.equal(gate.open, true);
  gate.answer(3);
  assert.equal(gate.open, false);
  assert.equal(waits(), false);
  assert.equal(sent.length, 3);
});

test("an answer that knows of both questions answers both", () => {
  const { gate, sent } = bench();
  for (const v of ["a", "b", "c"]) gate.push(v);
  gate.answer(2);
  assert.deepEqual(sent.at(-1), ["c", 3]);
  gate.push("d");
  assert.deepEqual(sent.at(-1), ["d", 4]);
});

test("with one at a time, the latest waits for its answer", () => {
  const { gate, sent } = bench(1);
  for (const v of ["a", "b", "c"]) gate.push(v);
  assert.deepEqual(sent, [["a", 1]]);
  gate.answer(1);
  assert.deepEqual(sent.at(-1), ["c", 2]);
});

test("an older answer is known as such", () => {
  const { gate } = bench();
  gate.push("a");
  gate.push("b");
  assert.equal(gate.answer(2), true);
  assert.equal(gate.answer(1), false);
  assert.equal(gate.open, false);
});

test("an answer to something else leaves the questions open", () => {
  const { gate, sent } = bench();
  for (const v of ["a", "b", "c"]) gate.push(v);
  assert.equal(gate.answer(undefined), true);
  assert.equal(sent.length, 2);
  assert.equal(gate.open, true);
});

test("without an answer the next goes out after a while, and a slow server is given more time", () => {
  const { gate, sent, ring, patience } = bench();
  for (const v of ["a", "b", "c"]) gate.push(v);
  assert.equal(patience(), 250);
  ring();
  assert.deepEqual(sent.at(-1), ["c", 3]);
  assert.equal(patience(), 500);
});
