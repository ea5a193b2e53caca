/**
 * The part of the plane that is seen: two axes, each {low, high, scale, whole, least, most}. A place on an axis is t, 0
 * at its low end and 1 at its high end. Exact to the last digits however near the ends are (maps/axis.py has the same).
 */

/** So many neighbouring numbers of float64 an axis is long at least, and so many whole ones. */
const SHORTEST = 64;
const FEWEST = 2;
/** An axis whose ends differ by less than this part has its numbers as offsets from its low end. */
export const NEAR = 1e-3;

/** @returns {number} the distance to the next number of float64, about */
export const spacing = (v) => Math.max(Math.abs(v), 1e-300) * 2 ** -52;

export const valueAt = ({ low, high, scale }, t) =>
  scale === "log" ? low + low * Math.expm1(t * Math.log1p((high - low) / low)) : low + t * (high - low);

export const placeOf = ({ low, high, scale }, v) =>
  scale === "log"
    ? Math.log1p(Math.max((v - low) / low, -1)) / Math.log1p((high - low) / low)
    : (v - low) / (high - low);

/** Whole numbers have cells that reach half a number beyond the ends of their axis. */
export const half = ({ low, high, scale, whole }) => (whole && scale !== "log" ? 0.5 / (high - low) : 0);

/** The axis between two of its places; null where float64 has no room, or the axis has no such part. */
export function between(axis, t0, t1) {
  let [low, high] = [valueAt(axis, Math.min(t0, t1)), valueAt(axis, Math.max(t0, t1))];
  if (axis.whole) [low, high] = [Math.round(low), Math.round(high)];
  [low, high] = [Math.max(low, axis.least), Math.min(high, axis.most)];
  if (axis.whole && high - low < FEWEST) return null;
  if (axis.scale === "log" && !(low > 0)) low = Math.min(axis.low, high / 2);
  if (axis.scale === "log" && !Number.isFinite((high - low) / low)) return null;
  if (!(high - low >= SHORTEST * spacing(Math.max(Math.abs(low), Math.abs(high))))) return null;
  return { ...axis, low, high };
}

/** Zoom by a factor (below 1 comes closer) around the place t, which stays where it is. */
export const zoomed = (axis, t, factor) => between(axis, t - t * factor, t + (1 - t) * factor) ?? axis;

/** Are both regions the same? */
export const same = (one, other) =>
  ["x", "y"].every((name) => one[name].low === other[name].low && one[name].high === other[name].high);

/** How many significant digits tell apart the points of this axis. */
export const digitsFor = ({ low, high }, points = 256) =>
  Math.min(Math.max(Math.ceil(Math.log10((Math.max(Math.abs(low), Math.abs(high)) / (high - low)) * points)), 3), 17);

/** The values of the cells nearest to a place: its index among n. */
export function indexOf(values, v) {
  let [a, b] = [0, values.length - 1];
  while (b - a > 1) {
    const middle = (a + b) >> 1;
    if (values[middle] <= v) a = middle;
    else b = middle;
  }
  return Math.abs(values[b] - v) < Math.abs(v - values[a]) ? b : a;
}
