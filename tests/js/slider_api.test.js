import assert from "node:assert/strict";
import { test } from "node:test";
import { createSliderApi } from "../../lrviz/stage/web/slider_api.js";
import { packed } from "./message.js";

globalThis.document = { baseURI: "http://lab.test/deep/playground?x=1" };

const said = (race = { noise: "0.1" }) => ({ to: "lab/runs", visit: "me.0", race, stand: {} });
const target = (text, knob = "noise", slice = null) => ({ knob, text, slice });
const SLICE = { label: "along y", place: 1 };

/** A family with these stops, of which the runs of some are here. */
function families(values, here = values, slice = null) {
  const arrays = { values: Float64Array.from(here), steps: Uint32Array.from(here, () => 1) };
  const own = packed({ stops: here.length, rates: "full", slice }, arrays);
  const all = { values: Float64Array.from(values), "family.0": own, "family.2": own };
  return packed({ text: values.map(String), runs: 3 }, all);
}
const headers = new Headers();
const status = (code, more = headers) => ({ ok: code < 300, status: code, headers: more });

const good = (...of) => ({ ...status(200), arrayBuffer: async () => families(...of).buffer });
const busy = status(204, new Headers({ "Retry-After": "1" }));

/** A server whose answers come when the test says so, and what is kept of them. */
function bench() {
  const asked = [];
  const kept = new Map();
  const came = [];
  const pauses = [];
  const take = (name, family) => came.push(name) && kept.set(name, family);
  const get = (url, { method, body, headers, signal }) =>
    new Promise((answer, fail) => {
      signal.addEventListener("abort", fail);
      asked.push({ url: String(url), method, pass: headers["Lab-Pass"], answer, fail, ...JSON.parse(body) });
    });
  const later = (call, ms) => pauses.push({ call, ms }) - 1;
  const cancel = (timer) => timer !== null && delete pauses[timer].call;
  const time = () => came.push("time");
  const direct = createSliderApi(kept, { stop: take, family: take, time }, { get, later, cancel });
  return { direct, asked, kept, came, pauses, soon: () => new Promise((done) => setTimeout(done)) };
}

test("a stop is asked for below the page's own address, and once", () => {
  const { direct, asked } = bench();
  direct.ask(said(), target("0.5", "noise", SLICE));
  direct.ask(said(), target("0.5", "noise", SLICE));
  direct.ask(undefined, target("0.6"));
  const { url, method, pass, race, knob, text, slice, around } = asked[0];
  assert.deepEqual([url, method, pass], ["http://lab.test/deep/lab/runs", "POST", "me.0"]);
  assert.deepEqual(race, { noise: "0.1" });
  assert.deepEqual([knob, text, slice, around], ["noise", "0.5", 1, false]);
  assert.equal(asked.length, 1);
  direct.close();
});

test("it is found where the pointer is, whatever the knob was set to when it was asked for", async () => {
  const { direct, asked, kept, came, soon } = bench();
  direct.ask(said(), target("0.5"));
  assert.deepEqual(direct.found(said(), target("0.5")), [], "not here yet");
  asked[0].answer(good([0.5]));
  await soon();
  const found = [{ knob: "noise", value: 0.5, family: came[0] }];
  assert.deepEqual(direct.found(said(), target("0.5")), found);
  assert.deepEqual(direct.found(said({ noise: "0.3" }), target("0.5")), found);
  assert.deepEqual(direct.found(said({ noise: "0.1", seed: "3" }), target("0.5")), [], "something else was changed");
  assert.deepEqual(direct.found(said(), target("0.6")), []);
  assert.deepEqual(direct.found(said(), target("0.5", "seed")), []);
  assert.deepEqual(direct.found(said(), target("0.5", "noise", SLICE)), [], "another slice is seen");
  assert.deepEqual(direct.found(undefined, target("0.5")), [], "the stage is veiled");
  assert.deepEqual(kept.get(came[0]).others.map((other) => other?.begins[1]), [undefined, 1], "the second run stays");
  direct.close();
});

test("both halves of a start are one place in a race", async () => {
  const { direct, asked, soon } = bench();
  direct.ask(said({ start: "1,2" }), target("0.5", "x"));
  asked[0].answer(good([0.5]));
  await soon();
  assert.equal(direct.found(said({ start: "0.5,2" }), target("0.5", "x")).length, 1);
  direct.close();
});

test("two questions are under way, the latest waits, and an older answer does not replace a newer one", async () => {
  const { direct, asked, came, soon } = bench();
  for (const text of ["1", "2", "3", "4"]) direct.ask(said(), target(text));
  assert.deepEqual(asked.map(({ text }) => text), ["1", "2"]);
  asked[1].answer(good([2]));
  await soon();
  assert.deepEqual(asked.map(({ text }) => text), ["1", "2", "4"]);
  asked[0].answer(good([1]));
  await soon();
  assert.equal(came.length, 1);
  assert.equal(direct.found(said(), target("2")).length, 1);
  direct.close();
});

test("what comes when the stage has left the page is not taken", async () => {
  const { direct, asked, came, soon } = bench();
  direct.ask(said(), target("1"));
  direct.prepare(said(), target("1"));
  direct.close();
  for (const { answer } of asked) answer(good([1]));
  await soon();
  assert.equal(asked.length, 2);
  assert.deepEqual(came, []);
});

test("a family is asked for once, and again where the pointer has left it", async () => {
  const { direct, asked, soon } = bench();
  const values = [0, 1, 2, 3, 4, 5];
  direct.prepare(said(), target("0"));
  direct.prepare(said({ noise: "2" }), target("2"));
  assert.deepEqual(asked.map(({ text, around }) => [text, around]), [["0", true]]);
  assert.equal(direct.family(said(), "noise"), null);
  asked[0].answer(good(values, [0, 1, 2, 3]));
  await soon();
  assert.notEqual(direct.family(said(), "noise"), null);
  assert.deepEqual(values.filter((v) => direct.ready(said(), target(String(v)))), [0, 1], "before it gets there");
  assert.equal(direct.found(said(), target("5"))[0].value, 5, "those that are here serve meanwhile");
  direct.prepare(said(), target("1"));
  assert.equal(asked.length, 1);
  direct.prepare(said(), target("3"));
  assert.equal(asked[1].text, "3");
  asked[1].answer(good(values, [0, 1, 2, 3]));
  await soon();
  direct.prepare(said(), target("3"));
  assert.equal(asked.length, 2, "the same question is not asked for ever");
  direct.close();
});

test("a family that leaves out the slice that is seen is asked for again", async () => {
  const { direct, asked, soon } = bench();
  direct.prepare(said(), target("1", "y"));
  asked[0].answer(good([0, 1]));
  await soon();
  assert.ok(direct.ready(said(), target("1", "y")) && !direct.ready(said(), target("1", "y", SLICE)));
  direct.prepare(said(), target("1", "y", SLICE));
  asked[1].answer(good([0, 1], [0, 1], SLICE.label));
  await soon();
  assert.ok(direct.ready(said(), target("1", "y", SLICE)));
  direct.close();
});

test("a server that has no time is asked again after a pause, each time a longer one", async () => {
  const { direct, asked, kept, came, pauses, soon } = bench();
  for (const [i, ms] of [1000, 2000, 4000, 8000, 8000].entries()) {
    direct.prepare(said(), target("0.5"));
    asked[i].answer(busy);
    await soon();
    assert.equal(pauses[i].ms, ms);
    assert.ok(!direct.ready(said(), target("0.5")), "they may be had yet");
  }
  assert.deepEqual(came, []);
  pauses.at(-1).call();
  assert.deepEqual(came, ["time"]);
  direct.prepare(said(), target("0.5"));
  asked.at(-1).answer(good([0, 0.5, 1]));
  await soon();
  assert.equal(kept.size, 1);
  direct.ask(said(), target("0.7"));
  asked.at(-1).answer(busy);
  await soon();
  assert.equal(pauses.at(-1).ms, 1000);
  direct.close();
  assert.equal(pauses.at(-1).call, undefined, "a stage that has left the page asks nobody");
});

const outcomes = [
  ["a server without this way is asked once", status(404), []],
  ["where there are no such runs, they are not asked for again, but a stop is", status(204), [false]],
  ["a question of nonsense is not the last one", status(400), [true, false]],
  ["nor is one that met with an accident", status(500), [true, false]],
  ["nor one that the network lost", null, [true, false]],
];
for (const [says, answer, next] of outcomes) {
  test(says, async () => {
    const { direct, asked, came, soon } = bench();
    direct.prepare(said(), target("0.5"));
    if (answer) asked[0].answer(answer);
    else asked[0].fail(new TypeError("no network"));
    await soon();
    direct.prepare(said(), target("0.6"));
    direct.ask(said(), target("0.6"));
    assert.deepEqual(asked.slice(1).map(({ around }) => around), next);
    assert.deepEqual(came, []);
    direct.close();
  });
}
