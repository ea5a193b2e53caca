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

/**
 * The part of a segment inside the box (Liang and Barsky), or null. Done in float64: a canvas loses coordinates of a
 * diverging run, and with them the whole line.
 */
export function clipSegment(ax, ay, bx, by, box) {
  if (!Number.isFinite(ax + ay + bx + by)) return null;
  let t0 = 0;
  let t1 = 1;
  const dx = bx - ax;
  const dy = by - ay;
  for (const [p, q] of [[-dx, ax - box.left], [dx, box.right - ax], [-dy, ay - box.top], [dy, box.bottom - ay]]) {
    if (p === 0) {
      if (q < 0) return null;
      continue;
    }
    const r = q / p;
    if (p < 0) t0 = Math.max(t0, r);
    else t1 = Math.min(t1, r);
    if (t0 > t1) return null;
  }
  return [ax + t0 * dx, ay + t0 * dy, ax + t1 * dx, ay + t1 * dy];
}

export const inside = (x, y, box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

/**
 * Where a run that is outside the box at `step` went out: the point on the edge and the direction, and the step of it.
 * @param {Float64Array} points  pixels, x and y in turn
 * @returns {{x: number, y: number, angle: number, step: number}|null}  null where it is inside
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
  if (!Number.isFinite(px + py)) return { x: cx, y: box.top, angle: -Math.PI / 2, step };
  const cut = clipSegment(cx, cy, px, py, box) ?? [cx, cy, cx, cy];
  return { x: cut[2], y: cut[3], angle: Math.atan2(py - cy, px - cx), step };
}
