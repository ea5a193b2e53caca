import assert from "node:assert/strict";
import { test } from "node:test";
import { createTiles } from "../../../lrviz/maps/web/tiles.js";
import { LOG, WHOLE } from "./rows.js";

const answering = (answers) => {
  const requests = [];
  const get = async (_, { body, signal }) => {
    requests.push(JSON.parse(body));
    const [status, headers = {}] = answers.shift() ?? [204];
    await new Promise((go) => setTimeout(go));
    if (signal.aborted) throw new Error("aborted");
    return { ok: status < 300, status, headers: { get: (name) => headers[name] ?? null } };
  };
  return [requests, get];
};
const REGION = { x: LOG, y: WHOLE };
globalThis.document ??= { baseURI: "http://lab/" };

test("levels are requested from coarse to fine, each tile once; a later time if the server says so", async () => {
  const [requests, get] = answering([[204, { "Retry-After": "1" }]]);
  const waits = [];
  await new Promise((idle) => {
    const tiles = createTiles({ none: () => assert.fail(), idle }, { get, wait: async (ms) => waits.push(ms) });
    tiles.load({ to: "map", visit: "ann", map: { map: "m" } }, REGION, [64, 1024]);
  });
  assert.deepEqual(waits, [1000]);
  const places = requests.map(({ points, across, up }) => [points, across, up]);
  assert.deepEqual(places, [[64, 0, 0], [1024, 0, 0], [64, 0, 0], ...[1, 2, 3].map((i) => [1024, i, 0])]);
  assert.deepEqual(requests[0].x, [1e-4, 10]);
});

test("the next tile is on its way while one is waited for, and no more than that", async () => {
  const open = [];
  const get = (_, { body }) => new Promise((go) => open.push({ question: JSON.parse(body), go }));
  const answer = { ok: true, status: 204, headers: { get: () => null } };
  const tiles = createTiles({ none: () => assert.fail(), idle: () => {} }, { get });
  tiles.load({ to: "map", visit: "ann", map: {} }, REGION, [64, 1024]);
  for (let k = 0; k < 4; k++) {
    assert.equal(open.length, k + 2);
    assert.deepEqual([open[k + 1].question.points, open[k + 1].question.across], [1024, k]);
    open[k].go(answer);
    await new Promise((go) => setTimeout(go));
  }
  assert.equal(open.length, 5);
});

test("another region ends the requests of the one before; that there is no endpoint is said once", async () => {
  const [requests, get] = answering([[204], [204], [404], [404]]);
  const message = { to: "map", visit: "ann", map: {} };
  const tiles = await new Promise((go) => {
    const made = createTiles({ none: () => setTimeout(() => go(made)), idle: () => assert.fail() }, { get });
    made.load(message, REGION, [64, 256]);
    made.load(message, { ...REGION, x: { ...LOG, low: 1e-3 } }, [64, 256]);
  });
  assert.deepEqual(requests.map(({ x, points }) => [x[0], points]), [[1e-4, 64], [1e-4, 256], [1e-3, 64], [1e-3, 256]]);
  assert.ok(!tiles.there);
  tiles.load(message, REGION, [64]);
  assert.equal(requests.length, 4);
});
