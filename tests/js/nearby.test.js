import assert from "node:assert/strict";
import { test } from "node:test";
import { createKept } from "../../lrviz/stage/web/kept.js";
import { ahead, known } from "../../lrviz/stage/web/nearby.js";
import { createServer } from "../../lrviz/stage/web/server.js";
import { packed } from "./message.js";

const ROW = { knob: "noise", family: "f", index: 1 };
const families = new Map([["f", { text: ["0", "0.1", "0.2"], arrays: { values: [0, 0.1, 0.2] } }]]);

test("a slider of the page is ahead of the runs until they are those of its notch", () => {
  const at = (text, row = ROW, stands = row) => ahead(row, stands, { knob: "noise", text }, families);
  assert.deepEqual(at("0.2"), { knob: "noise", value: 0.2, family: "f" });
  assert.equal(at("0.1"), null, "these runs are here");
  assert.equal(at("auto"), null, "no notch");
  assert.equal(at("0.2", { ...ROW, family: "g" }), null, "a family that is not here");
  assert.equal(at("0.2", { ...ROW, knob: "seed" }), null, "another slider's row");
  assert.equal(at("0.2", null), null);
  const answered = { ...ROW, index: 2 };
  assert.equal(at("0.2", answered), null);
  assert.equal(at("0.2", answered, ROW).value, 0.2, "the answer is here, and its runs are still on their way");
});

test("it is known that a knob has no family", () => {
  assert.ok(known(ROW, "noise", families));
  assert.ok(!known(ROW, "seed", families) && !known(null, "noise", families));
  assert.ok(!known({ ...ROW, family: "g" }, "noise", families));
  assert.ok(known({ knob: "kappa", family: null, index: -1 }, "kappa", families));
});

test("the family of such a slider is kept with what stands over its notches", () => {
  const kept = createKept();
  const arrays = { values: Float64Array.of(0.1), steps: Uint32Array.of(1) };
  const family = packed({ notches: 1, rates: "full" }, arrays);
  const near = { ...ROW, text: ["0.1"], others: 2 };
  const counts = { families: 0 };
  const told = { "near.family": family, "near.family.2": family };
  kept.take({ meta: { runs: [], live: [], profiles: [], near }, arrays: told }, counts);
  assert.deepEqual(kept.families.get("f").text, ["0.1"]);
  const others = kept.families.get("f").others.map((other) => other?.begins[1]);
  assert.deepEqual(others, [undefined, 1], "the slider does not change the second run");
  assert.equal(counts.families, 1);
});

test("a slider is asked for once until the answer comes, and another one at once", () => {
  const sent = [];
  const server = createServer({ sent: 0 });
  server.attach({ setStateValue: (_, value) => sent.push(value) });
  server.near("noise", 0);
  server.near("noise", 0);
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise"]);
  server.near("noise", sent[0].seq);
  server.near("seed", sent[0].seq);
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise", "noise", "seed"]);
  assert.ok(sent[0].seq < sent[1].seq && sent[1].seq < sent[2].seq);
  server.close();
});
