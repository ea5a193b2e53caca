import assert from "node:assert/strict";
import { test } from "node:test";
import { createSliderApi } from "../../lrviz/stage/web/slider_api.js";
import { packed } from "./message.js";

globalThis.document = { baseURI: "http://lab.test/deep/playground?x=1" };

const endpoint = (race = { noise: "0.1" }) => ({ to: "lab/runs", visit: "me.0", race, labels: {} });
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

/** A server whose answers come when the test says so, and what is cached of them. */
function bench() {
  const requests = [];
  const cache = new Map();
  const came = [];
  const pauses = [];
  const take = (name, family) => came.push(name) && cache.set(name, family);
  const get = (url, { method, body, headers, signal }) =>
    new Promise((answer, fail) => {
      signal.addEventListener("abort", fail);
      requests.push({ url: String(url), method, pass: headers["Lab-Pass"], answer, fail, ...JSON.parse(body) });
    });
  const later = (call, ms) => pauses.push({ call, ms }) - 1;
  const cancel = (timer) => timer !== null && delete pauses[timer].call;
  const time = () => came.push("time");
  const api = createSliderApi(cache, { stop: take, family: take, time }, { get, later, cancel });
  return { api, requests, cache, came, pauses, soon: () => new Promise((done) => setTimeout(done)) };
}

test("a stop is requested below the page's own address, and once", () => {
  const { api, requests } = bench();
  api.ask(endpoint(), target("0.5", "noise", SLICE));
  api.ask(endpoint(), target("0.5", "noise", SLICE));
  api.ask(undefined, target("0.6"));
  const { url, method, pass, race, knob, text, slice, around } = requests[0];
  assert.deepEqual([url, method, pass], ["http://lab.test/deep/lab/runs", "POST", "me.0"]);
  assert.deepEqual(race, { noise: "0.1" });
  assert.deepEqual([knob, text, slice, around], ["noise", "0.5", 1, false]);
  assert.equal(requests.length, 1);
  api.close();
});

test("it is found where the pointer is, whatever the knob was set to when it was requested", async () => {
  const { api, requests, cache, came, soon } = bench();
  api.ask(endpoint(), target("0.5"));
  assert.deepEqual(api.found(endpoint(), target("0.5")), [], "not here yet");
  requests[0].answer(good([0.5]));
  await soon();
  const found = [{ knob: "noise", value: 0.5, family: came[0] }];
  assert.deepEqual(api.found(endpoint(), target("0.5")), found);
  assert.deepEqual(api.found(endpoint({ noise: "0.3" }), target("0.5")), found);
  assert.deepEqual(api.found(endpoint({ noise: "0.1", seed: "3" }), target("0.5")), [], "something else was changed");
  assert.deepEqual(api.found(endpoint(), target("0.6")), []);
  assert.deepEqual(api.found(endpoint(), target("0.5", "seed")), []);
  assert.deepEqual(api.found(endpoint(), target("0.5", "noise", SLICE)), [], "another slice is seen");
  assert.deepEqual(api.found(undefined, target("0.5")), [], "the stage is veiled");
  assert.deepEqual(cache.get(came[0]).others.map((other) => other?.begins[1]), [undefined, 1], "the second run stays");
  api.close();
});

test("both halves of a start are one place in a race", async () => {
  const { api, requests, soon } = bench();
  api.ask(endpoint({ start: "1,2" }), target("0.5", "x"));
  requests[0].answer(good([0.5]));
  await soon();
  assert.equal(api.found(endpoint({ start: "0.5,2" }), target("0.5", "x")).length, 1);
  api.close();
});

test("two questions are under way, the latest waits, and an older answer does not replace a newer one", async () => {
  const { api, requests, came, soon } = bench();
  for (const text of ["1", "2", "3", "4"]) api.ask(endpoint(), target(text));
  assert.deepEqual(requests.map(({ text }) => text), ["1", "2"]);
  requests[1].answer(good([2]));
  await soon();
  assert.deepEqual(requests.map(({ text }) => text), ["1", "2", "4"]);
  requests[0].answer(good([1]));
  await soon();
  assert.equal(came.length, 1);
  assert.equal(api.found(endpoint(), target("2")).length, 1);
  api.close();
});

test("what comes when the stage has left the page is not taken", async () => {
  const { api, requests, came, soon } = bench();
  api.ask(endpoint(), target("1"));
  api.prefetch(endpoint(), target("1"));
  api.close();
  for (const { answer } of requests) answer(good([1]));
  await soon();
  assert.equal(requests.length, 2);
  assert.deepEqual(came, []);
});

test("a family is requested once, and again where the pointer has left it", async () => {
  const { api, requests, soon } = bench();
  const values = [0, 1, 2, 3, 4, 5];
  api.prefetch(endpoint(), target("0"));
  api.prefetch(endpoint({ noise: "2" }), target("2"));
  assert.deepEqual(requests.map(({ text, around }) => [text, around]), [["0", true]]);
  assert.equal(api.family(endpoint(), "noise"), null);
  requests[0].answer(good(values, [0, 1, 2, 3]));
  await soon();
  assert.notEqual(api.family(endpoint(), "noise"), null);
  assert.deepEqual(values.filter((v) => api.ready(endpoint(), target(String(v)))), [0, 1], "before it gets there");
  assert.equal(api.found(endpoint(), target("5"))[0].value, 5, "those that are here serve meanwhile");
  api.prefetch(endpoint(), target("1"));
  assert.equal(requests.length, 1);
  api.prefetch(endpoint(), target("3"));
  assert.equal(requests[1].text, "3");
  requests[1].answer(good(values, [0, 1, 2, 3]));
  await soon();
  api.prefetch(endpoint(), target("3"));
  assert.equal(requests.length, 2, "the same question is not asked for ever");
  api.close();
});

test("a family that leaves out the slice that is seen is requested again", async () => {
  const { api, requests, soon } = bench();
  api.prefetch(endpoint(), target("1", "y"));
  requests[0].answer(good([0, 1]));
  await soon();
  assert.ok(api.ready(endpoint(), target("1", "y")) && !api.ready(endpoint(), target("1", "y", SLICE)));
  api.prefetch(endpoint(), target("1", "y", SLICE));
  requests[1].answer(good([0, 1], [0, 1], SLICE.label));
  await soon();
  assert.ok(api.ready(endpoint(), target("1", "y", SLICE)));
  api.close();
});

test("a server that has no time is asked again after a pause, each time a longer one", async () => {
  const { api, requests, cache, came, pauses, soon } = bench();
  for (const [i, ms] of [1000, 2000, 4000, 8000, 8000].entries()) {
    api.prefetch(endpoint(), target("0.5"));
    requests[i].answer(busy);
    await soon();
    assert.equal(pauses[i].ms, ms);
    assert.ok(!api.ready(endpoint(), target("0.5")), "they may be had yet");
  }
  assert.deepEqual(came, []);
  pauses.at(-1).call();
  assert.deepEqual(came, ["time"]);
  api.prefetch(endpoint(), target("0.5"));
  requests.at(-1).answer(good([0, 0.5, 1]));
  await soon();
  assert.equal(cache.size, 1);
  api.ask(endpoint(), target("0.7"));
  requests.at(-1).answer(busy);
  await soon();
  assert.equal(pauses.at(-1).ms, 1000);
  api.close();
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
    const { api, requests, came, soon } = bench();
    api.prefetch(endpoint(), target("0.5"));
    if (answer) requests[0].answer(answer);
    else requests[0].fail(new TypeError("no network"));
    await soon();
    api.prefetch(endpoint(), target("0.6"));
    api.ask(endpoint(), target("0.6"));
    assert.deepEqual(requests.slice(1).map(({ around }) => around), next);
    assert.deepEqual(came, []);
    api.close();
  });
}
