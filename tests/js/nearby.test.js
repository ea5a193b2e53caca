import assert from "node:assert/strict";
import { test } from "node:test";
import { createKept } from "../../lrviz/stage/web/kept.js";
import { ahead, known, leavesOut, watchNearby } from "../../lrviz/stage/web/nearby.js";
import { createServer } from "../../lrviz/stage/web/server.js";
import { packed } from "./message.js";

const ROW = { knob: "noise", family: "f", index: 1 };
const VALUES = [0, 0.1, 0.2];
const FAMILY = { text: ["0", "0.1", "0.2"], values: VALUES, slice: null, arrays: { values: VALUES } };
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
  const values = [0, 1, 2, 3, 4, 5];
  const family = { ...FAMILY, values, text: values.map(String), arrays: { values: [0, 1, 2, 3] } };
  const here = new Map([["f", family]]);
  assert.deepEqual(values.filter((v) => known(ROW, at("noise", String(v)), here)), [0, 1]);
  assert.equal(ahead(ROW, ROW, at("noise", "5"), here).value, 5);
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
  const near = { ...ROW, text: ["0.1"], runs: 3 };
  const counts = { families: 0 };
  const told = { "near.values": Float64Array.of(0.1), "near.family.0": family, "near.family.2": family };
  kept.take({ meta: { runs: [], live: [], profiles: [], near }, arrays: told }, counts);
  assert.deepEqual(kept.families.get("f").text, ["0.1"]);
  assert.deepEqual([...kept.families.get("f").values], [0.1]);
  const others = kept.families.get("f").others.map((other) => other?.begins[1]);
  assert.deepEqual(others, [undefined, 1], "the slider does not change the second run");
  assert.equal(counts.families, 1);
});

test("a slider is asked for once until the answer comes, and another one at once", () => {
  const sent = [];
  const server = createServer({ sent: 0 });
  server.attach({ setStateValue: (_, value) => sent.push(value) });
  const hand = (knob, slice = null) => ({ knob, slice, notch: null });
  server.near(hand("noise"), {});
  server.near(hand("noise"), {});
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise"]);
  server.near(hand("noise"), { near: sent[0].seq });
  server.near(hand("seed"), { near: sent[0].seq });
  assert.deepEqual(sent.map(({ knob }) => knob), ["noise", "noise", "seed"]);
  assert.ok(sent[0].seq < sent[1].seq && sent[1].seq < sent[2].seq);
  server.near(hand("seed", 1), { near: sent[0].seq });
  assert.deepEqual([sent[3].knob, sent[3].slice], ["seed", 1], "the slice that is seen is another one");
  server.close();
});

test("a family of the stage is asked for once until the answer comes, and again where it did not bring it", () => {
  const sent = [];
  const server = createServer({ sent: 0 });
  server.attach({ setStateValue: (_, value) => sent.push(value) });
  server.want("alpha", "f", 7, {});
  server.want("alpha", "f", 9, {});
  server.want("factor", "g", 0, {});
  assert.equal(sent.length, 2);
  assert.deepEqual([sent[1].alpha.notch, sent[1].factor.family], [7, "g"]);
  server.want("alpha", "f", 9, { "want.alpha": sent[0].alpha.seq });
  server.want("factor", "h", 0, {});
  assert.deepEqual([sent[2].alpha.notch, sent[3].factor.family], [9, "h"]);
  server.close();
});

test("a stage that comes to where the hand is already knows the slider", async (t) => {
  globalThis.MutationObserver = class {
    observe() {}
    disconnect() {}
  };
  t.after(() => delete globalThis.MutationObserver);
  const widget = {
    className: "st-key-knob_noise",
    querySelector: () => ({ getAttribute: () => "0.1" }),
    matches: () => true,
  };
  const page = { activeElement: { closest: () => widget }, addEventListener() {}, removeEventListener() {} };
  await new Promise((near) => {
    const nearby = watchNearby(page, { near, moved() {} });
    assert.deepEqual([nearby.knob, nearby.text, nearby.there], ["noise", "0.1", true]);
  });
  watchNearby({ ...page, activeElement: { closest: () => null } }, { near: assert.fail, moved() {} });
});
