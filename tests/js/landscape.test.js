import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changesLandscape,
  decodeLines,
  landscapeAtStop,
  heightAt,
  readLandscape,
} from "../../lrviz/stage/web/landscape.js";

test("contour lines come back in the landscape's coordinates", () => {
  const xy = Uint16Array.of(0, 0, 65535, 65535, 0, 65535);
  const lines = decodeLines([-2, 2, 0, 10], xy, Uint16Array.of(2, 1), Uint8Array.of(5, 6));
  assert.deepEqual([...lines[0].x], [-2, 2]);
  assert.deepEqual([...lines[0].y], [0, 10]);
  assert.deepEqual([lines[1].level, lines[1].x[0], lines[1].y[0]], [6, -2, 10]);
});

test("heights are read between the grid's points and agree with the formula at both ends", () => {
  const scale = { floor: 0, soft: 1, low: 0, high: Math.log(11) };
  const meta = { key: "k", domain: [0, 1, 0, 1], minima: [], levels: 24, scale };
  const landscape = readLandscape(meta, {
    "landscape.heights": Uint16Array.of(0, 65535, 0, 65535),
    "landscape.line_xy": [],
    "landscape.line_size": [],
    "landscape.line_level": [],
  });
  assert.ok(Math.abs(heightAt(landscape, 0.25, 0.7) - 0.25) < 1e-5);
  assert.ok(Math.abs(landscape.height(0)) < 1e-12);
  assert.ok(Math.abs(landscape.height(10) - 1) < 1e-12);
});

test("the landscape of a stop is the sum of its shares of the pictures", () => {
  const landscape = { key: "k", domain: [0, 1, 0, 1], levels: 24, minima: [[9, 9]] };
  const arrays = {
    values: Float64Array.of(1, 2),
    "landscape.weight": Float64Array.of(1, 0, 2, 10),
    "landscape.basis": Float32Array.of(0, 1, 2, 3, 0, 0, 0, 1),
    "landscape.scale": Float64Array.of(0, 1, 0, Math.log(4), 0, 1, 0, Math.log(17)),
    "landscape.minima": Float64Array.of(0, 0, 0.5, 1),
    "landscape.high": Uint8Array.of(0),
  };
  const second = landscapeAtStop(landscape, { arrays }, 1, "f");
  assert.deepEqual([second.side, second.minima], [2, [[0.5, 1]]]);
  const heights = [0, 2, 4, 16].map((loss) => Math.round((65535 * Math.log(loss + 1)) / Math.log(17)));
  assert.deepEqual([...second.heights], heights);
  assert.ok(Math.abs(second.height(16) - 1) < 1e-12);
  assert.ok(second.lines.length > 20 && second.lines.every(({ level }) => level > 0 && level < 24));
  assert.ok(changesLandscape({ arrays }) && !changesLandscape({ arrays: { values: arrays.values } }));
});

test("where the sums are heights they are drawn as they are, and a minimum that is not there is left out", () => {
  const arrays = {
    values: Float64Array.of(1, 2),
    "landscape.weight": Float64Array.of(1, 0.5),
    "landscape.basis": Float32Array.of(0, 0.25, 1.5, 2),
    "landscape.scale": Float64Array.of(0, 1, 0, 9, -3, 1, 0, 9),
    "landscape.minima": Float64Array.of(0, 0, NaN, NaN),
    "landscape.high": Uint8Array.of(1),
  };
  const landscape = { key: "k", domain: [0, 1, 0, 1], levels: 24, minima: [[9, 9]], found: true };
  const second = landscapeAtStop(landscape, { arrays }, 1, "f");
  assert.deepEqual([...second.heights], [0, 0.125, 0.75, 1].map((height) => Math.round(65535 * height)));
  assert.deepEqual([second.minima, second.found, second.scale.floor], [[], true, -3]);
});

test("the landscape of a stop keeps its key in the next batch of the same name, and no two stops share one", () => {
  const batch = (...values) => ({
    arrays: {
      values: Float64Array.from(values),
      "landscape.weight": Float64Array.from(values),
      "landscape.basis": Float32Array.of(0, 1, 2, 3),
      "landscape.scale": Float64Array.from(values.flatMap(() => [0, 1, 0, 2])),
      "landscape.minima": new Float64Array(2 * values.length),
      "landscape.high": Uint8Array.of(0),
    },
  });
  const landscape = { key: "k", domain: [0, 1, 0, 1], levels: 24, minima: [] };
  const keyAt = (family, k, name) => landscapeAtStop(landscape, family, k, name).key;
  const [first, next] = [batch(1, 2, 3), batch(3, 4, 5)];
  assert.equal(keyAt(first, 2, "f"), keyAt(next, 0, "f"));
  const keys = [0, 1, 2].flatMap((k) => [keyAt(first, k, "f"), keyAt(next, k, "f")]);
  assert.equal(new Set([...keys, keyAt(first, 0, "g"), landscape.key]).size, 7);
});
