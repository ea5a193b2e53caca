import assert from "node:assert/strict";
import { test } from "node:test";
import { unpack } from "../../lrviz/stage/web/unpack.js";
import { packed } from "./message.js";

const arrays = {
  x: Float64Array.of(1, NaN, Infinity, -Infinity, 0.1),
  n: Uint8Array.of(1, 2, 3),
  y: Float32Array.of(0.5),
};

test("every array comes back, with what is not finite", () => {
  const message = unpack(packed({ name: "Adam é" }, arrays));
  assert.equal(message.meta.name, "Adam é");
  assert.deepEqual([...message.arrays.x], [...arrays.x]);
  assert.deepEqual([...message.arrays.n], [1, 2, 3]);
  assert.deepEqual(message.shapes.n, [3]);
});

test("an aligned message is not copied", () => {
  const message = packed({}, arrays);
  assert.equal(unpack(message).arrays.x.buffer, message.buffer);
});

test("a message that lies anywhere in a larger buffer is read all the same", () => {
  const message = packed({}, arrays);
  for (const shift of [1, 3, 8]) {
    const larger = new Uint8Array(message.length + 16);
    larger.set(message, shift);
    assert.deepEqual([...unpack(larger.subarray(shift, shift + message.length)).arrays.x], [...arrays.x]);
  }
});

test("something else is refused with a sentence", () => {
  assert.throws(() => unpack(new TextEncoder().encode("nonsense")), /not a stage message/);
});
