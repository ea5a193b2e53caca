/** A value's place on the scale, and its colour. */
import { parseColour } from "../../stage/web/colour.js";

const STEPS = 256;

/** A table of colours ("#rrggbb", evenly spaced) as 256 of them. @returns {number[][]} */
export function ramp(table) {
  const rows = table.map(parseColour);
  return Array.from({ length: STEPS }, (_, i) => {
    const at = (i / (STEPS - 1)) * (rows.length - 1);
    const [a, b] = [rows[Math.floor(at)], rows[Math.ceil(at)]];
    return [...a.map((v, c) => v + (b[c] - v) * (at - Math.floor(at))), 255];
  });
}

/**
 * Where values lie between the ends of the scale, 0 to 1.
 * @param {{scale: string}} show
 * @param {{low: number, high: number}} span
 * @param {boolean} logged  are the values logarithms to base 10 already?
 */
export function positions(show, { low, high }, logged) {
  if (show.scale !== "log") return (v) => Math.min(Math.max((v - low) / (high - low), 0), 1);
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const log = logged ? (v) => v : (v) => (v > 0 ? Math.log10(v) : -Infinity);
  return (v) => Math.min(Math.max((log(v) - a) / (b - a), 0), 1);
}

const solid = (text) => [...parseColour(text), 255];
const byte = (part) => Math.round(part * (STEPS - 1));

/**
 * value -> [r, g, b, 255].
 * @param {object} show  what is shown: palette, scale, lost
 * @param {{low: number, high: number, lost: number[]|null}} span
 * @param {{scale: string[], other: string[], lost: string, none: string, kinds: string[]}} tables
 */
export function painter(show, span, tables, logged) {
  const none = solid(show.lost ? tables.lost : tables.none);
  const scale = ramp(tables.scale);
  if (show.palette === "kinds") {
    const kinds = tables.kinds.map(solid);
    return (v) => (Number.isNaN(v) ? none : kinds[v % kinds.length]);
  }
  if (show.palette === "sides") {
    const other = ramp(tables.other);
    const here = positions(show, span, false);
    const there = positions(show, { low: span.lost[0], high: span.lost[1] }, false);
    return (v) => {
      if (Number.isNaN(v)) return none;
      return v > 0 ? other[byte(1 - there(v))] : scale[byte(1 - here(-v))];
    };
  }
  const position = positions(show, span, logged);
  const turned = show.palette === "better";
  return (v) => {
    if (missing(v, logged)) return none;
    const part = position(v);
    return scale[byte(turned ? 1 - part : part)];
  };
}

/** Is there no number? Of a logarithm minus infinity is one: nothing is left. */
export const missing = (v, logged) => Number.isNaN(v) || v === Infinity || (v === -Infinity && !logged);

/** How good a cell is, the lower the better; null where nothing is. */
export function rating(show, v, logged) {
  if (show.palette === "better") return missing(v, logged) ? null : v;
  if (show.palette === "sides") return v < 0 ? -v : null;
  return null;
}
