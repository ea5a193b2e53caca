/** The window of the map that is seen: {x0, x1, y0, y1} in the landscape's coordinates. */
import { linear } from "./scale.js";

/** @typedef {{x0: number, x1: number, y0: number, y1: number}} View */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box  in pixels */

/** @returns {View} */
export const wholeOf = ([x0, x1, y0, y1]) => ({ x0, x1, y0, y1 });

/** Both axes of the map; y grows upwards. */
export const axesOf = (view, box) => ({
  x: linear(view.x0, view.x1, box.left, box.right),
  y: linear(view.y0, view.y1, box.bottom, box.top),
});

/**
 * Zoom by factor (< 1 comes closer) around the point (px, py) of the map, which stays where it is. Held between a
 * thousandth and four times the whole.
 */
export function zoomAround(view, whole, px, py, factor) {
  const now = (view.x1 - view.x0) / (whole.x1 - whole.x0);
  const k = Math.min(Math.max(now * factor, 1e-3), 4) / now;
  return {
    x0: px + (view.x0 - px) * k,
    x1: px + (view.x1 - px) * k,
    y0: py + (view.y0 - py) * k,
    y1: py + (view.y1 - py) * k,
  };
}

export const shifted = (view, dx, dy) => ({ x0: view.x0 + dx, x1: view.x1 + dx, y0: view.y0 + dy, y1: view.y1 + dy });

export const inside = (x, y, box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

/**
 * The part of a segment inside the box, or null: no end of it lies outside, however far away the segment begins. Done
 * in float64: a canvas loses coordinates of a diverging run, and with them the whole line.
 */
export function clipSegment(ax, ay, bx, by, box) {
  if (inside(ax, ay, box) && inside(bx, by, box)) return [ax, ay, bx, by];
  if (![ax, ay, bx, by].every(Number.isFinite)) return null;
  // From the nearer end: what is small beside the way to the farther end would be lost.
  if (beyond(ax, ay, box) <= beyond(bx, by, box)) return clipFrom(ax, ay, bx, by, box);
  const [cx, cy, dx, dy] = clipFrom(bx, by, ax, ay, box) ?? [];
  return cx === undefined ? null : [dx, dy, cx, cy];
}

/** How far outside a point is, in pixels; 0 inside. */
const beyond = (x, y, box) => Math.max(box.left - x, x - box.right, box.top - y, y - box.bottom, 0);

/** Liang and Barsky (1984), with ends that lie on the very edge that they were cut by. */
function clipFrom(ax, ay, bx, by, box) {
  const { left, right, top, bottom } = box;
  // Of halves: the difference of two numbers near the largest would be infinite.
  const [dx, dy] = [bx / 2 - ax / 2, by / 2 - ay / 2];
  let [enters, leaves] = [{ t: 0 }, { t: 1 }];
  for (const [p, q, edge] of [
    [-dx, ax / 2 - left / 2, { x: left }],
    [dx, right / 2 - ax / 2, { x: right }],
    [-dy, ay / 2 - top / 2, { y: top }],
    [dy, bottom / 2 - ay / 2, { y: bottom }],
  ]) {
    if (p === 0 && q < 0) return null;
    const t = q / p;
    if (p < 0 && t > enters.t) enters = { t, ...edge };
    if (p > 0 && t < leaves.t) leaves = { t, ...edge };
  }
  if (enters.t > leaves.t) return null;
  const at = ({ t, x, y }) => [
    x ?? Math.min(Math.max(ax * (1 - t) + bx * t, left), right),
    y ?? Math.min(Math.max(ay * (1 - t) + by * t, top), bottom),
  ];
  return [...at(enters), ...at(leaves)];
}

/**
 * Where a run that is outside the box at `step` went out: the point on the edge and the direction, and the step of it.
 * @param {Float64Array} points  pixels, x and y in turn
 * @returns {{x: number, y: number, angle: number, step: number|null}|null}  null where it is inside; its step is null
 *   where it was never inside
 */
export function exitOf(points, step, box) {
  const seen = (k) => inside(points[2 * k], points[2 * k + 1], box);
  if (seen(step)) return null;
  let k = step;
  while (k > 0 && !seen(k - 1)) k--;
  if (k === 0) return edgeToward(points, step, box);
  const [ax, ay, bx, by] = [points[2 * k - 2], points[2 * k - 1], points[2 * k], points[2 * k + 1]];
  const cut = clipSegment(ax, ay, bx, by, box);
  if (!cut) {
    const angle = k > 1 ? Math.atan2(ay - points[2 * k - 3], ax - points[2 * k - 4]) : 0;
    return { x: ax, y: ay, angle, step: k };
  }
  return { x: cut[2], y: cut[3], angle: Math.atan2(by - ay, bx - ax), step: k };
}

/** A run that was never in this window: the edge in its direction. */
function edgeToward(points, step, box) {
  const cx = (box.left + box.right) / 2;
  const cy = (box.top + box.bottom) / 2;
  let k = step;
  while (k > 0 && !Number.isFinite(points[2 * k] + points[2 * k + 1])) k--;
  const [px, py] = [points[2 * k], points[2 * k + 1]];
  if (!Number.isFinite(px + py)) return { x: cx, y: box.top, angle: -Math.PI / 2, step: null };
  const cut = clipSegment(cx, cy, px, py, box) ?? [cx, cy, cx, cy];
  return { x: cut[2], y: cut[3], angle: Math.atan2(py - cy, px - cx), step: null };
}
