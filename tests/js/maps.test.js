import assert from "node:assert/strict";
import { test } from "node:test";
import { missing, painter, positions, rating } from "../../lrviz/maps/web/colours.js";
import { boxesOf, scalesOf, ticksOf, titleOf } from "../../lrviz/maps/web/drawing.js";
import { isolines, unitsOf } from "../../lrviz/maps/web/isolines.js";
import { bestOf, cellsAlong, createLevel, extent } from "../../lrviz/maps/web/level.js";
import { between, digitsFor, half, indexOf, placeOf } from "../../lrviz/maps/web/region.js";
import { same, spacing, valueAt, zoomed } from "../../lrviz/maps/web/region.js";
import { createTiles } from "../../lrviz/maps/web/tiles.js";

const LOG = { low: 1e-4, high: 10, scale: "log", whole: false, least: 0, most: 1e6, label: "Rate", unit: "" };
const LINE = { low: -5, high: 5, scale: "linear", whole: false, least: -1e6, most: 1e6, label: "Start", unit: "" };
const WHOLE = { ...LINE, low: 0, high: 20, whole: true, least: 0, most: 1000, label: "Patience", unit: "epochs" };
const LOSS = { key: "loss", palette: "better", scale: "log", lost: true };
const TABLES = {
  scale: ["#000000", "#ffffff"], other: ["#100000", "#ff0000"], lost: "#aa0000", hatch: "#660000", none: "#888888",
  kinds: ["#ff0000", "#00ff00"],
};
const close = (a, b, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} ${b}`);

test("a place and its value are inverse on both scales", () => {
  for (const axis of [LOG, LINE]) {
    for (const t of [0, 0.25, 0.5, 1]) close(placeOf(axis, valueAt(axis, t)), t);
  }
  close(valueAt(LOG, 0.5), Math.sqrt(1e-3));
});

test("a zoom goes on until float64 has no room, and no further", () => {
  let axis = LOG;
  for (let i = 0; i < 200; i++) axis = zoomed(axis, 0.37, 0.5);
  const steps = (axis.high - axis.low) / spacing(axis.low);
  assert.ok(steps >= 64 && steps < 512, `${steps}`);
  assert.ok(new Set(Array.from({ length: 64 }, (_, i) => valueAt(axis, i / 63))).size > 40);
});

test("a zoom outwards ends where the knob does", () => {
  assert.equal(zoomed(WHOLE, 0.5, 3).low, 0);
  assert.ok(zoomed(LOG, 0.5, 1e3).low > 0);
  assert.ok(zoomed({ ...LOG, most: 10 }, 0.5, 2).high <= 10);
});

test("whole numbers stay whole and reach half a number beyond their ends", () => {
  const part = between(WHOLE, 0.22, 0.61);
  assert.deepEqual([part.low, part.high], [4, 12]);
  assert.equal(between(WHOLE, 0.2, 0.21), null);
  close(half(WHOLE), 0.025);
  const cells = cellsAlong(WHOLE, Float64Array.from({ length: 21 }, (_, i) => i));
  assert.deepEqual([cells[0], cells.at(-1)], [0, 20]);
  assert.deepEqual(extent(WHOLE, 21), [-0.025, 1.025]);
});

test("the nearest cell is found", () => {
  const values = Float64Array.from([0, 1, 2, 4, 8]);
  assert.deepEqual([-3, 0.4, 0.6, 3.1, 99].map((v) => indexOf(values, v)), [0, 0, 1, 3, 4]);
});

test("deep in a zoom the ticks count from the low end, and points are told apart", () => {
  const near = { ...LOG, low: 0.05, high: 0.05 + 1e-9 };
  const { ticks, from } = ticksOf(near, 5);
  assert.ok(ticks.length >= 3 && ticks.every(({ text }) => text === "0" || text.startsWith("+")));
  assert.equal(titleOf(near, from), `Rate − ${from}`);
  assert.ok(digitsFor(near) > 9);
  assert.equal(ticksOf(LOG, 6).from, null);
  assert.ok(ticksOf(WHOLE, 5).ticks.every(({ at }) => Number.isInteger(at)));
});

test("the plot and its strips share their edges", () => {
  const { plot, row, column } = boxesOf(600, 460, true);
  assert.deepEqual([row.left, row.right, column.top, column.bottom], [plot.left, plot.right, plot.top, plot.bottom]);
  const scales = scalesOf({ x: LOG, y: LINE }, plot);
  close(scales.x.to(1e-4), plot.left);
  close(scales.y.to(5), plot.top);
  close(valueAt(LOG, scales.x.place(scales.x.to(0.1))), 0.1, 1e-9);
  assert.equal(boxesOf(360, 400, true).column, null);
});

test("the bright end is the better one, and what left the finite has a colour of its own", () => {
  const colour = painter(LOSS, { low: 1e-4, high: 1 }, TABLES, true);
  assert.deepEqual(colour(-4), [255, 255, 255, 255]);
  assert.deepEqual(colour(0), [0, 0, 0, 255]);
  assert.deepEqual(colour(-Infinity), [255, 255, 255, 255], "nothing is left");
  assert.deepEqual(colour(Infinity), colour(NaN));
  assert.deepEqual(colour(NaN), [170, 0, 0, 255]);
  assert.ok(missing(Infinity, true) && !missing(-Infinity, true) && missing(-Infinity, false));
  const sides = painter({ palette: "sides", scale: "log" }, { low: 1, high: 100, lost: [1, 10] }, TABLES, false);
  assert.deepEqual([sides(-1)[0], sides(-100)[0], sides(1)[0], sides(10)[0]], [255, 0, 255, 16]);
  assert.equal(rating(LOSS, NaN, true), null);
  close(positions(LOSS, { low: 1e-4, high: 1 }, false)(0.01), 0.5);
});

const tile = (points, of) => ({
  meta: { points, across: 0, up: 0, size: [points, points], logged: true },
  x: Float64Array.from({ length: points }, (_, i) => valueAt(LOG, i / (points - 1))),
  y: Float64Array.from({ length: points }, (_, i) => valueAt(LINE, i / (points - 1))),
  values: Float32Array.from({ length: points * points }, (_, i) => of(i % points, Math.floor(i / points))),
});

test("a level is whole when its tiles are here, and knows its best cell", () => {
  const first = tile(4, (i, j) => (i === 2 && j === 1 ? -9 : i === 3 ? NaN : 1));
  const level = createLevel({ x: LOG, y: LINE }, first);
  assert.ok(!level.whole);
  level.add(first);
  assert.ok(level.whole);
  assert.deepEqual(bestOf(level, LOSS), { column: 2, row: 1 });
  close(level.number(2, 1), 1e-9);
  assert.equal(level.number(3, 0), null);
});

test("lines of equal value run where the levels are, and not over steep cells or holes", () => {
  const heights = Array.from({ length: 25 }, (_, i) => 0.5 * (i % 5) + 0.75);
  const lines = isolines(heights, 5, 5, 9);
  assert.deepEqual([...new Set(lines.map(({ level }) => level))], [1, 2]);
  for (const { level, ends } of lines) close(0.5 * ends[0] + 0.75, level);
  assert.equal(lines.length, 8);
  assert.equal(isolines([0, 99, 0, 99], 2, 2, 9).length, 0);
  assert.equal(isolines([0, NaN, 2, 2], 2, 2, 9).length, 0);
  assert.deepEqual([0.25, 0.5, 1].map(unitsOf([0.25, 0.5, 0.75])), [1, 2, 4]);
});

const asked = (answers) => {
  const questions = [];
  const get = async (_, { body, signal }) => {
    questions.push(JSON.parse(body));
    const [status, headers = {}] = answers.shift() ?? [204];
    await new Promise((go) => setTimeout(go));
    if (signal.aborted) throw new Error("aborted");
    return { ok: status < 300, status, headers: { get: (name) => headers[name] ?? null } };
  };
  return [questions, get];
};
const REGION = { x: LOG, y: WHOLE };
globalThis.document ??= { baseURI: "http://lab/" };

test("levels are asked for from coarse to fine, each tile once; a later time if the server says so", async () => {
  const [questions, get] = asked([[204, { "Retry-After": "1" }]]);
  const waits = [];
  await new Promise((idle) => {
    const tiles = createTiles({ none: () => assert.fail(), idle }, { get, wait: async (ms) => waits.push(ms) });
    tiles.load({ to: "map", visit: "ann", map: { map: "m" } }, REGION, [64, 1024]);
  });
  assert.deepEqual(waits, [1000]);
  const places = questions.map(({ points, across, up }) => [points, across, up]);
  assert.deepEqual(places, [[64, 0, 0], [64, 0, 0], ...[0, 1, 2, 3].map((i) => [1024, i, 0])]);
  assert.deepEqual(questions[0].x, [1e-4, 10]);
});

test("another region ends the questions of the one before; no endpoint is told once", async () => {
  const [questions, get] = asked([[204], [204], [404]]);
  const said = { to: "map", visit: "ann", map: {} };
  const tiles = await new Promise((go) => {
    const made = createTiles({ none: () => setTimeout(() => go(made)), idle: () => assert.fail() }, { get });
    made.load(said, REGION, [64, 256]);
    made.load(said, { ...REGION, x: { ...LOG, low: 1e-3 } }, [64, 256]);
  });
  assert.deepEqual(questions.map(({ x, points }) => [x[0], points]), [[1e-4, 64], [1e-3, 64], [1e-3, 256]]);
  assert.ok(!tiles.there);
  tiles.load(said, REGION, [64]);
  assert.equal(questions.length, 3);
});

test("regions are the same by their ends", () => {
  assert.ok(same(REGION, { x: { ...LOG }, y: { ...WHOLE } }));
  assert.ok(!same(REGION, { x: { ...LOG, high: 9 }, y: WHOLE }));
});
