import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayers, sameKind } from "../../../lrviz/maps/web/layers.js";
import { LINE, LOG, LOSS, TABLES, tile } from "./rows.js";

const REGION = { x: LOG, y: LINE };
const META = { sweep: "a", tables: TABLES, frame: { show: LOSS, axes: { x: { ...LOG, key: "alpha" }, y: LINE } } };
const SPAN = { low: 1e-4, high: 1, lost: null };

function layersOf() {
  const layers = createLayers(() => ({ paint() {} }));
  layers.region = REGION;
  layers.describe(META);
  const counts = { tiles: 0, tileAt: {} };
  const take = (points, span, region = layers.region) => {
    const one = tile(points, (i) => i);
    if (span) Object.assign(one.meta, { span, levels: [], lines: [], marks: [] });
    return layers.take({ ...one, meta: { ...one.meta, points: { 4: 64, 8: 256 }[points] } }, region, counts);
  };
  return { layers, counts, take };
}

test("a coarse level is seen until the finer one is whole", () => {
  const { layers, counts, take } = layersOf();
  assert.ok(take(4, SPAN));
  assert.deepEqual([layers.levels.length, layers.whole.points], [1, 64]);
  assert.ok(take(8));
  assert.deepEqual(layers.levels.map(({ points }) => points), [256], "the coarse one is covered");
  assert.equal(take(8), false, "what is whole takes no tile twice");
  assert.equal(counts.tiles, 3);
});

test("a tile of another region is left aside", () => {
  const { layers, take } = layersOf();
  assert.equal(take(4, SPAN, { ...REGION, x: { ...LOG, high: 1 } }), false);
  assert.equal(layers.levels.length, 0);
});

test("the scale of the colours stays while the new one fills enough of it", () => {
  const { layers, take } = layersOf();
  take(4, SPAN);
  layers.region = { ...REGION, x: { ...LOG, low: 1e-3 } };
  assert.equal(layers.whole, null, "what is there is of another region");
  assert.equal(layers.finest.points, 64, "but it is drawn until the new one comes");
  take(4, { ...SPAN, low: 1e-3 });
  assert.deepEqual(layers.measures.span, SPAN);
  layers.region = { ...REGION, x: { ...LOG, low: 1e-2 } };
  take(4, { ...SPAN, low: 0.1 });
  assert.equal(layers.measures.span.low, 0.1);
  assert.equal(layers.levels.length, 1, "levels of the old colours are gone");
});

test("another map of the same kind keeps its pictures, one that shows something else does not", () => {
  const { layers, take } = layersOf();
  take(4, SPAN);
  layers.describe({ ...META, sweep: "b" });
  assert.deepEqual([layers.levels.length, layers.whole], [1, null]);
  const other = { ...META, sweep: "c", frame: { ...META.frame, show: { ...LOSS, key: "cuts" } } };
  assert.ok(!sameKind(META, other) && sameKind(META, { ...META, sweep: "b" }));
  layers.describe(other);
  assert.deepEqual([layers.levels.length, layers.measures], [0, null]);
});
