import assert from "node:assert/strict";
import { test } from "node:test";
import { createKept } from "../../lrviz/stage/web/kept.js";
import { ahead, known, leavesOut } from "../../lrviz/stage/web/nearby.js";
import { createServer } from "../../lrviz/stage/web/server.js";
import { packed } from "./message.js";

const ROW = { knob: "noise", family: "f", index: 1 };
const VALUES = [0, 0.1, 0.2];
const FAMILY = { text: ["0", "0.1", "0.2"], values: VALUES, part: 0, slice: null, arrays: { values: VALUES } };
const families = new Map([["f", FAMILY]]);

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

const at = (knob, text = "0") => ({ knob, text });

test("it is known that a knob has no family", () => {
  assert.ok(known(ROW, at("noise"), families));
  assert.ok(!known(ROW, at("seed"), families) && !known(null, at("noise"), families));
  assert.ok(!known({ ...ROW, family: "g" }, at("noise"), families));
  assert.ok(known({ knob: "kappa", family: null, index: -1 }, at("kappa"), families));
});

test("others are asked for before the hand comes to where there are no runs, and those that are here serve", () => {
  const values = Array.from({ length: 12 }, (_, i) => i);
  const family = { ...FAMILY, values, text: values.map(String), part: 3, arrays: { values: values.slice(3, 9) } };
  const here = (own) => values.filter((v) => known(ROW, at("noise", String(v)), new Map([["f", own]])));
  assert.deepEqual(here(family), [5, 6]);
  assert.deepEqual(here({ ...family, part: 0, arrays: { values: values.slice(0, 6) } }), [0, 1, 2, 3]);
  assert.deepEqual(here({ ...family, part: 6, arrays: { values: values.slice(6) } }), [8, 9, 10, 11]);
  assert.deepEqual(here({ ...family, part: 0, arrays: { values } }), values);
  assert.ok(known(ROW, at("noise", "auto"), new Map([["f", family]])), "it stands at no notch");
  assert.equal(ahead(ROW, ROW, at("noise", "11"), new Map([["f", family]])).value, 11);
});

test("a family that leaves out the slice that is seen is not all there is", () => {
  const ground = { ...FAMILY, arrays: { values: VALUES, "ground.basis": [] } };
  const told = { ...ground, slice: "along x" };
  assert.ok(!leavesOut("along x", "noise", FAMILY), "it moves no slice");
  assert.ok(leavesOut("along x", "y", FAMILY) && leavesOut("along x", "kappa", ground));
  assert.ok(!leavesOut(null, "kappa", ground), "no slice is seen");
  assert.ok(!leavesOut("along x", "kappa", told) && leavesOut("along y", "kappa", told));
  const all = new Map([["g", told]]);
  const row = { knob: "kappa", family: "g", index: 0 };
  assert.ok(known(row, at("kappa"), all, "along x") && !known(row, at("kappa"), all, "along y"));
});

test("the family of such a slider is kept with what stands over its notches", () => {
  const kept = createKept();
  const arrays = { values: Float64Array.of(0.1), steps: Uint32Array.of(1) };
  const family = packed({ notches: 1, rates: "full" }, arrays);
  const near = { ...ROW, text: ["0.1"], part: 4, others: 2 };
  const counts = { families: 0 };
  const told = { "near.values": Float64Array.of(0.1), "near.family": family, "near.family.2": family };
  kept.take({ meta: { runs: [], live: [], profiles: [], near }, arrays: told }, counts);
  assert.deepEqual(kept.families.get("f").text, ["0.1"]);
  assert.deepEqual([[...kept.families.get("f").values], kept.families.get("f").part], [[0.1], 4]);
  const others = kept.families.get("f").others.map((other) => other?.begins[1]);
  assert.deepEqual(others, [undefined, 1], "the slider does not change the second run");
  assert.equal(counts.families, 1);
});

test("a slider is asked for once until the answer comes, and another one at once", () => {
  const sent = [];
  const server = createServer({ sent: 0 });
  server.attach({ setStateValue: (_, value) => sent.push(value) });
  const hand = (knob, slice = null) => ({ knob, slice, notch: null });
  server.near(hand("noise"), 0);
  server.near(hand("noise"), 0);
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise"]);
  server.near(hand("noise"), sent[0].seq);
  server.near(hand("seed"), sent[0].seq);
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise", "noise", "seed"]);
  assert.ok(sent[0].seq < sent[1].seq && sent[1].seq < sent[2].seq);
  server.near(hand("seed", 1), sent[0].seq);
  assert.deepEqual([sent[3].knob, sent[3].slice], ["seed", 1], "the slice that is seen is another one");
  server.close();
});
