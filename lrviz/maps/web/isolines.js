/** Lines of equal value, by marching squares over the cells' middles. */
import { crossings } from "../../stage/web/contours.js";

/** Where the value runs through more levels than this within a cell, lines would be ink: none are drawn. */
const STEEP = 3;

/**
 * @param {Float64Array|number[]} heights  rows * columns, in units in which the levels are 1, 2, ..., nan for no number
 * @param {number} last  the highest level
 * @returns {{level: number, ends: number[]}[]}  ends: column, row, column, row of each piece
 */
export function isolines(heights, columns, rows, last) {
  const lines = [];
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      const [a, b, c, d] = [heights[at], heights[at + 1], heights[at + columns + 1], heights[at + columns]];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      if (Number.isNaN(low) || high - low > STEEP) continue;
      for (let level = Math.max(Math.floor(low) + 1, 1); level <= Math.min(Math.ceil(high) - 1, last); level++) {
        const ends = crossings(a, b, c, d, level);
        for (let i = 0; i < ends.length; i += 4) {
          lines.push({
            level,
            ends: [column + ends[i], row + ends[i + 1], column + ends[i + 2], row + ends[i + 3]],
          });
        }
      }
    }
  }
  return lines;
}

/**
 * A function from a position on the scale, 0 to 1, to units in which the levels are 1, 2, ...
 * @param {number[]} at  the levels' positions, rising
 */
export function unitsOf(at) {
  if (at.length < 2) return (p) => (at.length ? 1 + (p - at[0]) * 8 : NaN);
  const step = (at.at(-1) - at[0]) / (at.length - 1);
  return (p) => 1 + (p - at[0]) / step;
}
