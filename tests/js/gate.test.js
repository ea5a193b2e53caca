import assert from "node:assert/strict";
import { test } from "node:test";
import { createGate } from "../../lrviz/stage/web/gate.js";

function bench() {
  const sent = [];
  let timer = null;
  const gate = createGate((value, seq) => sent.push([value, seq]), {
    first: 0,
    later: (f, ms) => (timer = { f, ms }),
    cancel: () => (timer = null),
  });
  return { gate, sent, ring: () => timer.f(), patience: () => timer.ms };
}

test("one question is under way; the latest waits, those between are not asked", () => {
  const { gate, sent } = bench();
  for (const v of ["a", "b", "c", "d"]) gate.push(v);
  assert.deepEqual(sent, [["a", 1]]);
  gate.answer(1);
  assert.deepEqual(sent.at(-1), ["d", 2]);
  assert.equal(gate.open, true);
  gate.answer(2);
  assert.equal(gate.open, false);
});

test("an older answer is known as such", () => {
  const { gate } = bench();
  gate.push("a");
  assert.equal(gate.answer(1), true);
  gate.push("b");
  assert.equal(gate.answer(2), true);
  assert.equal(gate.answer(1), false);
});

test("an answer to something else leaves the question open", () => {
  const { gate, sent } = bench();
  gate.push("a");
  gate.push("b");
  assert.equal(gate.answer(undefined), true);
  assert.equal(sent.length, 1);
});

test("without an answer the next goes out after a while, and a slow server is given more time", () => {
  const { gate, sent, ring, patience } = bench();
  gate.push("a");
  gate.push("b");
  assert.equal(patience(), 250);
  ring();
  assert.deepEqual(sent.at(-1), ["b", 2]);
  assert.equal(patience(), 500);
});
