/** Where the map and its strips lie on the canvas, and the axes around it. */
import { format, logTicks, niceTicks } from "../../stage/web/scale.js";
import { numberBelow, numberBeside } from "../../stage/web/ticks.js";
import { NEAR, digitsFor, half, placeOf } from "./region.js";

const STRIP = 46;
const NARROW = 460;

/** The plot and the two strips beside it, in pixels of the canvas. foot: where the numbers of the axis across stand. */
export function boxesOf(width, height, curves) {
  const narrow = width < NARROW;
  const left = narrow ? 46 : 58;
  const foot = height - 42;
  const plot = { left, top: 6, right: width - (narrow || !curves ? 10 : 78), bottom: curves ? foot - STRIP - 8 : foot };
  return {
    plot,
    foot,
    row: curves ? { left, right: plot.right, top: foot - STRIP, bottom: foot } : null,
    column: narrow || !curves ? null : { left: plot.right + 8, right: width - 6, top: plot.top, bottom: plot.bottom },
  };
}

/** Values to pixels of the plot, and back to places. */
export function scalesOf(region, plot) {
  const along = (axis, first, last) => {
    const pad = half(axis);
    const k = (last - first) / (1 + 2 * pad);
    const at = (t) => first + (t + pad) * k;
    return { at, to: (v) => at(placeOf(axis, v)), place: (p) => (p - first) / k - pad };
  };
  return { x: along(region.x, plot.left, plot.right), y: along(region.y, plot.bottom, plot.top) };
}

/** Ticks of an axis: {at: value, text}, and what they are counted from where the ends are near to each other. */
export function ticksOf(axis, count) {
  const { low, high, scale, whole } = axis;
  if (!whole && (high - low) / Math.max(Math.abs(low), Math.abs(high)) < NEAR) {
    const ticks = niceTicks(0, high - low, count).map((d) => ({ at: low + d, text: d ? `+${format(d, 2)}` : "0" }));
    return { ticks, from: format(low, digitsFor(axis)) };
  }
  const values = scale === "log" ? logTicks(low, high, count) : niceTicks(low, high, count);
  const shown = values.filter((v) => !whole || Number.isInteger(v));
  const ticks = shown.map((at) => ({ at, text: format(at, digitsFor(axis)) }));
  return { ticks, from: null };
}

export function titleOf(axis, from) {
  const unit = axis.unit ? `, ${axis.unit}` : "";
  if (from) return `${axis.label}${unit} − ${from}`;
  return `${axis.label}${unit}${axis.scale === "log" ? " (log)" : ""}`;
}

export function drawAxes(g, { boxes, region, palette }, scales) {
  const { plot, foot } = boxes;
  g.strokeStyle = palette.axis;
  g.lineWidth = 1;
  g.strokeRect(plot.left - 0.5, plot.top - 0.5, plot.right - plot.left + 1, plot.bottom - plot.top + 1);
  g.fillStyle = palette.soft;
  g.font = `12px ${palette.font}`;
  const across = ticksOf(region.x, Math.max(3, (plot.right - plot.left) / 90));
  let last = -Infinity;
  for (const { at, text } of across.ticks) {
    const x = scales.x.to(at);
    const wide = g.measureText(text).width;
    if (x < plot.left - 1 || x > plot.right + 1 || x - wide / 2 < last + 8) continue;
    last = x + wide / 2;
    g.fillRect(Math.round(x), foot, 1, 4);
    numberBelow(g, text, x, foot);
  }
  const up = ticksOf(region.y, Math.max(3, (plot.bottom - plot.top) / 60));
  for (const { at, text } of up.ticks) {
    const y = scales.y.to(at);
    if (y < plot.top - 1 || y > plot.bottom + 1) continue;
    g.fillRect(plot.left - 5, Math.round(y), 4, 1);
    numberBeside(g, text, plot.left, y);
  }
  g.fillStyle = palette.ink;
  g.font = `13px ${palette.font}`;
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(titleOf(region.x, across.from), (plot.left + plot.right) / 2, foot + 36);
  g.save();
  g.translate(11, (plot.top + plot.bottom) / 2);
  g.rotate(-Math.PI / 2);
  g.fillText(titleOf(region.y, up.from), 0, 0);
  g.restore();
}
