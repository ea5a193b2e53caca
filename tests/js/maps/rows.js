/** Axes, something shown and tiles, for the tests of the map. */
import assert from "node:assert/strict";
import { valueAt } from "../../../lrviz/maps/web/region.js";

export const LOG = {
  low: 1e-4, high: 10, scale: "log", whole: false, least: 0, most: 1e6, label: "Rate", unit: "",
};
export const LINE = {
  low: -5, high: 5, scale: "linear", whole: false, least: -1e6, most: 1e6, label: "Start", unit: "",
};
export const WHOLE = {
  ...LINE, low: 0, high: 20, whole: true, least: 0, most: 1000, label: "Patience", unit: "epochs",
};
export const LOSS = { key: "loss", palette: "better", scale: "log", lost: true };
export const TABLES = {
  scale: ["#000000", "#ffffff"], other: ["#100000", "#ff0000"], lost: "#aa0000", hatch: "#660000", none: "#888888",
  kinds: ["#ff0000", "#00ff00"],
};
export const close = (a, b, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} ${b}`);

/** A tile of the whole of LOG x LINE with these values, (i, j) -> number. */
export const tile = (points, of) => ({
  meta: { points, across: 0, up: 0, size: [points, points], logged: true },
  x: Float64Array.from({ length: points }, (_, i) => valueAt(LOG, i / (points - 1))),
  y: Float64Array.from({ length: points }, (_, i) => valueAt(LINE, i / (points - 1))),
  values: Float32Array.from({ length: points * points }, (_, i) => of(i % points, Math.floor(i / points))),
});
