/** The loss surface: heights and contour lines from the message (landscape.py), and the shade as a small picture. */
import { mix } from "./colour.js";
import { contours } from "./contours.js";

/**
 * @typedef {object} Landscape
 * @property {string} key
 * @property {number[]} domain  x0, x1, y0, y1
 * @property {number[][]} minima
 * @property {boolean} found  are they found, and not known?
 * @property {Uint16Array} heights  side * side, rows along y
 * @property {number} side
 * @property {{level: number, x: ArrayLike<number>, y: ArrayLike<number>}[]} lines  in the landscape's coordinates
 * @property {(loss: number) => number} height  0-1, as the heights
 */

/** @returns {Landscape} */
export function readLandscape(meta, arrays) {
  const part = (name) => arrays[`landscape.${name}`];
  const heights = part("heights");
  return {
    ...meta,
    heights,
    side: Math.round(Math.sqrt(heights.length)),
    lines: decodeLines(meta.domain, part("line_xy"), part("line_size"), part("line_level")),
    height: heightOf(meta.scale),
  };
}

const heightOf = ({ floor, soft, low, high }) => (loss) =>
  (Math.log(Math.max(loss - floor, 0) + soft) - low) / (high - low);

/** Does the slider of this family change the landscape too? */
export const changesLandscape = (family) => "landscape.basis" in family.arrays;

/**
 * The landscape of stop k of such a slider (landscape.py): `landscape`, but for what the slider changes.
 * Its key has the stop's value and not its place, which is another in the next batch of the same name.
 * @returns {Landscape}
 */
export function landscapeAtStop(landscape, family, k, name) {
  const part = (what) => family.arrays[`landscape.${what}`];
  const { values } = family.arrays;
  const [weight, basis] = [part("weight"), part("basis")];
  const rank = weight.length / values.length;
  const size = basis.length / rank;
  const loss = new Float64Array(size);
  for (let r = 0; r < rank; r++) {
    const share = weight[k * rank + r];
    for (let i = 0; i < size; i++) loss[i] += share * basis[r * size + i];
  }
  const [floor, soft, low, high] = part("scale").subarray(4 * k, 4 * k + 4);
  const scale = { floor, soft, low, high };
  const height = heightOf(scale);
  const tone = part("high")[0] ? (sum) => sum : height;
  const heights = new Uint16Array(size);
  for (let i = 0; i < size; i++) heights[i] = Math.round(65535 * Math.min(Math.max(tone(loss[i]), 0), 1));
  const side = Math.round(Math.sqrt(size));
  const lines = contours(heights, side, landscape.levels, landscape.domain);
  const count = part("minima").length / values.length;
  const places = part("minima").subarray(k * count, (k + 1) * count);
  const all = Array.from({ length: count / 2 }, (_, m) => [places[2 * m], places[2 * m + 1]]);
  const minima = all.filter(([x]) => Number.isFinite(x));
  const key = `${name} ${values[k]}`;
  return { ...landscape, key, minima, scale, heights, side, lines, height };
}

/** Contour lines travel as uint16 over the domain. */
export function decodeLines([x0, x1, y0, y1], xy, sizes, levels) {
  const lines = [];
  let at = 0;
  for (let i = 0; i < sizes.length; i++) {
    const x = new Float64Array(sizes[i]);
    const y = new Float64Array(sizes[i]);
    for (let k = 0; k < sizes[i]; k++, at++) {
      x[k] = x0 + ((x1 - x0) * xy[2 * at]) / 65535;
      y[k] = y0 + ((y1 - y0) * xy[2 * at + 1]) / 65535;
    }
    lines.push({ level: levels[i], x, y });
  }
  return lines;
}

/** Height 0-1 at a point of the map, between the four nearest. */
export function heightAt({ heights, side, domain: [x0, x1, y0, y1] }, x, y) {
  const u = Math.min(Math.max(((x - x0) / (x1 - x0)) * (side - 1), 0), side - 1.000001);
  const v = Math.min(Math.max(((y - y0) / (y1 - y0)) * (side - 1), 0), side - 1.000001);
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [a, b] = [u - i, v - j];
  const at = j * side + i;
  const below = heights[at] * (1 - a) + heights[at + 1] * a;
  const above = heights[at + side] * (1 - a) + heights[at + side + 1] * a;
  return (below * (1 - b) + above * b) / 65535;
}

/** The shade as a canvas of side x side pixels, north up. */
export function shadePicture({ heights, side }, palette) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const g = canvas.getContext("2d");
  const image = g.createImageData(side, side);
  const tones = Array.from({ length: 256 }, (_, i) => mix(palette.low, palette.high, i / 255));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const tone = tones[heights[(side - 1 - row) * side + column] >> 8];
      const at = 4 * (row * side + column);
      image.data[at] = tone[0];
      image.data[at + 1] = tone[1];
      image.data[at + 2] = tone[2];
      image.data[at + 3] = 255;
    }
  }
  g.putImageData(image, 0, 0);
  return canvas;
}
