/** The cells of a region at so many points a side, as their tiles come: values, picture, best cell. */
import { missing, rating } from "./colours.js";
import { half, indexOf, valueAt } from "./region.js";

/**
 * A tile as it comes: meta {points, across, up, size, logged}, x (nx,), y (ny,), values (ny * nx), rows upwards.
 * @typedef {{meta: object, x: Float64Array, y: Float64Array, values: Float32Array}} Tile
 */

/** @param {object} region  the axes that it covers @param {Tile} first  its first tile */
export function createLevel(region, first) {
  const [nx, ny] = first.meta.size;
  const level = {
    region,
    points: first.meta.points,
    logged: first.meta.logged,
    nx,
    ny,
    x: new Float64Array(nx),
    y: new Float64Array(ny),
    values: new Float32Array(nx * ny).fill(NaN),
    have: 0,
    best: null,
    picture: null,
    /** Is every cell here? */
    get whole() {
      return level.have === nx * ny;
    },
    add({ meta: { across, up }, x, y, values }) {
      level.x.set(x, across);
      level.y.set(y, up);
      y.forEach((_, row) => {
        level.values.set(values.subarray(row * x.length, (row + 1) * x.length), (up + row) * nx + across);
      });
      level.have += values.length;
      return { left: across, low: up, wide: x.length, high: y.length };
    },
    at: (column, row) => level.values[row * nx + column],
    /** What is shown there; null where nothing is a number. */
    number(column, row) {
      const v = level.at(column, row);
      if (missing(v, level.logged)) return null;
      return level.logged ? 10 ** v : v;
    },
  };
  return level;
}

/** Of these the finest that is whole, or null. */
export const finest = (levels) => levels.findLast((level) => level.whole) ?? null;

/** The best cell: {column, row}, or null. */
export function bestOf(level, show) {
  let [least, at] = [Infinity, -1];
  for (let i = 0; i < level.values.length; i++) {
    const rate = rating(show, level.values[i], level.logged);
    if (rate !== null && rate < least) [least, at] = [rate, i];
  }
  return at < 0 ? null : { column: at % level.nx, row: Math.floor(at / level.nx) };
}

/** So many pixels a picture has along an axis of whole numbers, whose cells need not be equally wide. */
const SAMPLES = 512;

/** Which cell each pixel of a picture shows, along an axis. @returns {Int32Array} */
export function cellsAlong(axis, values) {
  if (!axis.whole) return Int32Array.from(values, (_, i) => i);
  const pad = half(axis);
  const step = (1 + 2 * pad) / SAMPLES;
  return Int32Array.from({ length: SAMPLES }, (_, i) => indexOf(values, valueAt(axis, -pad + (i + 0.5) * step)));
}

/** From which place to which on its own axis a picture goes: cells reach halfway to the next. */
export function extent(axis, count) {
  const pad = axis.whole ? half(axis) : 0.5 / Math.max(count - 1, 1);
  return [-pad, 1 + pad];
}

/**
 * RGBA of a part of a picture, rows downwards.   of: (column, row) -> [r, g, b, a]
 * @param {Int32Array} columns @param {Int32Array} rows  the cells to show, rows upwards
 */
export function raster(columns, rows, of) {
  const pixels = new Uint8ClampedArray(4 * columns.length * rows.length);
  let at = 0;
  for (let j = rows.length - 1; j >= 0; j--) {
    for (let i = 0; i < columns.length; i++) {
      const colour = of(columns[i], rows[j]);
      for (let c = 0; c < 4; c++) pixels[at++] = colour[c];
    }
  }
  return pixels;
}
