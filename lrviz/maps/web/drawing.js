/** What is drawn: the map with its axes, and over it the point, the pointer, a box that is being drawn; two curves. */
import { numberBelow, numberBeside } from "../../stage/web/ticks.js";
import { format, logTicks, niceTicks } from "../../stage/web/scale.js";
import { missing, positions } from "./colours.js";
import { isolines, unitsOf } from "./isolines.js";
import { NEAR, digitsFor, half, indexOf, placeOf } from "./region.js";

const HATCH = 7;
const LINE = "rgba(0, 0, 0, 0.42)";
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
  const ticks = values.filter((v) => !whole || Number.isInteger(v)).map((at) => ({ at, text: format(at) }));
  return { ticks, from: null };
}

export function titleOf(axis, from) {
  const unit = axis.unit ? `, ${axis.unit}` : "";
  if (from) return `${axis.label}${unit} − ${from}`;
  return `${axis.label}${unit}${axis.scale === "log" ? " (log)" : ""}`;
}

/** The picture of each level, the axes, lines of equal value and of theory, the best cell. */
export function drawBase(g, scene) {
  const { width, height, boxes, region, palette } = scene;
  const { plot } = boxes;
  const scales = scalesOf(region, plot);
  g.clearRect(0, 0, width, height);
  g.save();
  g.beginPath();
  g.rect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
  g.clip();
  g.fillStyle = palette.grid;
  g.fillRect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
  g.imageSmoothingEnabled = false;
  for (const level of scene.levels) if (level.picture) drawLevel(g, level, scales, scene);
  drawIsolines(g, scene, scales);
  for (const line of scene.lines) drawTheory(g, line, scales, plot, palette);
  for (const mark of scene.marks) drawMark(g, mark, scales, palette);
  drawBest(g, scene, scales);
  g.restore();
  drawAxes(g, scene, scales);
}

/** Where a level's picture lies: its places on its own axes, as places on those that are seen. */
function rectOf(level, scales) {
  const { picture, region } = level;
  const [x0, x1] = picture.x.map((t) => scales.x.at(through(region.x, t, scales.x.axis)));
  const [y0, y1] = picture.y.map((t) => scales.y.at(through(region.y, t, scales.y.axis)));
  return [x0, y1, x1 - x0, y0 - y1];
}

/** A place on one axis as a place on another of the same scale: straight, so beyond the ends too. */
function through(own, t, seen) {
  const [a, b] = [placeOf(seen, own.low), placeOf(seen, own.high)];
  return a + (b - a) * t;
}

function drawLevel(g, level, scales, scene) {
  const [x, y, wide, high] = rectOf(level, withAxes(scales, scene.region));
  g.drawImage(level.picture.colours, x, y, wide, high);
  if (!level.picture.lost) return;
  const ratio = g.getTransform().a;
  const { plot } = scene.boxes;
  const sheet = hatched(scene, ratio, plot);
  const h = sheet.getContext("2d");
  h.save();
  h.setTransform(ratio, 0, 0, ratio, -plot.left * ratio, -plot.top * ratio);
  h.imageSmoothingEnabled = false;
  h.globalCompositeOperation = "destination-in";
  h.drawImage(level.picture.lost, x, y, wide, high);
  h.restore();
  g.drawImage(sheet, plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
}

const withAxes = (scales, region) => ({
  x: { ...scales.x, axis: region.x },
  y: { ...scales.y, axis: region.y },
});

/** A sheet as large as the plot, full of slanted lines. */
function hatched(scene, ratio, plot) {
  const [wide, high] = [plot.right - plot.left, plot.bottom - plot.top];
  scene.sheet ??= document.createElement("canvas");
  const { sheet } = scene;
  sheet.width = Math.max(1, Math.round(wide * ratio));
  sheet.height = Math.max(1, Math.round(high * ratio));
  const h = sheet.getContext("2d");
  h.setTransform(ratio, 0, 0, ratio, 0, 0);
  h.strokeStyle = scene.tables.hatch;
  h.lineWidth = 1.4;
  h.beginPath();
  for (let at = -high; at < wide; at += HATCH) {
    h.moveTo(at, high);
    h.lineTo(at + high, 0);
  }
  h.stroke();
  return sheet;
}

/** Of the finest level that is whole. */
export const finest = (levels) => levels.findLast((level) => level.whole) ?? null;

function drawIsolines(g, scene, scales) {
  const { show, span, isolevels } = scene;
  const level = finest(scene.levels);
  if (!level || !["better", "count"].includes(show.palette) || level.nx < 2 || level.ny < 2) return;
  const position = positions(show, span, false);
  const at = isolevels.map(position).filter((p) => p > 0 && p < 1);
  if (level.isolines?.span !== span) {
    const units = unitsOf(at);
    const place = positions(show, span, level.logged);
    const heights = Float64Array.from(level.values, (v) => (missing(v, level.logged) ? NaN : units(place(v))));
    level.isolines = { span, lines: isolines(heights, level.nx, level.ny, at.length) };
  }
  const x = Float64Array.from(level.x, scales.x.to);
  const y = Float64Array.from(level.y, scales.y.to);
  const between = (points, i) => {
    const k = Math.min(Math.floor(i), points.length - 2);
    return points[k] + (points[k + 1] - points[k]) * (i - k);
  };
  g.strokeStyle = LINE;
  g.lineWidth = 0.8;
  g.setLineDash([]);
  g.beginPath();
  for (const { ends } of level.isolines.lines) {
    g.moveTo(between(x, ends[0]), between(y, ends[1]));
    g.lineTo(between(x, ends[2]), between(y, ends[3]));
  }
  g.stroke();
}

function drawTheory(g, line, scales, plot, palette) {
  const points = line.x.map((v, i) => [scales.x.to(v), scales.y.to(line.y[i])]);
  const path = () => {
    g.beginPath();
    for (const [x, y] of points) g.lineTo(Math.min(Math.max(x, -1e4), 1e4), Math.min(Math.max(y, -1e4), 1e4));
    g.stroke();
  };
  g.setLineDash([]);
  g.strokeStyle = "#000000";
  g.lineWidth = 3;
  path();
  g.strokeStyle = "#ffffff";
  g.lineWidth = 1.4;
  path();
  const inside = points.filter(([x, y]) => x > plot.left && x < plot.right && y > plot.top && y < plot.bottom);
  if (!inside.length) return;
  const [x, y] = inside[Math.floor(inside.length * 0.7)];
  label(g, line.name, x, y, plot, palette);
}

/** Words on a slip of paper, held inside the plot. */
function label(g, text, x, y, plot, palette) {
  g.font = `600 12px ${palette.font}`;
  const wide = g.measureText(text).width + 10;
  const left = Math.min(Math.max(x + 6, plot.left + 3), plot.right - wide - 3);
  const top = Math.min(Math.max(y - 24, plot.top + 3), plot.bottom - 21);
  g.fillStyle = palette.paper;
  g.globalAlpha = 0.88;
  g.fillRect(left, top, wide, 18);
  g.globalAlpha = 1;
  g.fillStyle = palette.ink;
  g.textAlign = "left";
  g.textBaseline = "alphabetic";
  g.fillText(text, left + 5, top + 13);
}

/** A minimum, with its number. */
function drawMark(g, { x, y, name }, scales, palette) {
  const [px, py] = [scales.x.to(x), scales.y.to(y)];
  g.fillStyle = "#161d28";
  g.beginPath();
  g.arc(px, py, 10, 0, 2 * Math.PI);
  g.fill();
  g.strokeStyle = "#ffffff";
  g.lineWidth = 1.5;
  g.setLineDash([]);
  g.stroke();
  g.fillStyle = "#ffffff";
  g.font = `600 12px ${palette.font}`;
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(name, px, py + 4);
}

function drawBest(g, scene, scales) {
  const level = finest(scene.levels);
  if (!level?.best || !scene.current(level)) return;
  ring(g, scales.x.to(level.x[level.best.column]), scales.y.to(level.y[level.best.row]), 7);
}

export function ring(g, x, y, radius) {
  g.setLineDash([]);
  for (const [colour, width] of [
    ["#000000", 4],
    ["#ffffff", 2],
  ]) {
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.beginPath();
    g.arc(x, y, radius, 0, 2 * Math.PI);
    g.stroke();
  }
}

function drawAxes(g, { boxes, region, palette }, scales) {
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

/** The point, the pointer, a box that is being drawn, and the two curves. */
export function drawHead(g, scene) {
  const { width, height, boxes, region, palette, point, hover, drawn } = scene;
  const { plot } = boxes;
  const scales = scalesOf(region, plot);
  g.clearRect(0, 0, width, height);
  const spot = hover ?? point;
  if (spot) drawCurves(g, scene, scales, spot);
  if (hover) cross(g, scales, plot, hover, palette, [3, 3], 1);
  if (point) {
    const [x, y] = [scales.x.to(point.x), scales.y.to(point.y)];
    if (x >= plot.left - 1 && x <= plot.right + 1 && y >= plot.top - 1 && y <= plot.bottom + 1) marker(g, x, y);
  }
  if (drawn) {
    g.setLineDash([]);
    g.fillStyle = "rgba(255, 255, 255, 0.22)";
    const [x0, y0, x1, y1] = drawn;
    const box = [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)];
    g.fillRect(...box);
    for (const [colour, wide] of [
      ["#000000", 3],
      ["#ffffff", 1.5],
    ]) {
      g.strokeStyle = colour;
      g.lineWidth = wide;
      g.strokeRect(...box);
    }
  }
}

/** The point that plays: a cross in a ring, black on white. */
function marker(g, x, y) {
  g.setLineDash([]);
  for (const [colour, wide] of [
    ["#000000", 5],
    ["#ffffff", 2.4],
  ]) {
    g.strokeStyle = colour;
    g.lineWidth = wide;
    g.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      g.moveTo(x + 4 * dx, y + 4 * dy);
      g.lineTo(x + 12 * dx, y + 12 * dy);
    }
    g.stroke();
  }
}

function cross(g, scales, plot, spot, palette, dash, wide) {
  const [x, y] = [scales.x.to(spot.x), scales.y.to(spot.y)];
  g.strokeStyle = "#ffffff";
  g.lineWidth = wide;
  g.setLineDash(dash);
  g.beginPath();
  g.moveTo(x, plot.top);
  g.lineTo(x, plot.bottom);
  g.moveTo(plot.left, y);
  g.lineTo(plot.right, y);
  g.stroke();
  g.setLineDash([]);
}

/** The row and the column through a spot, on the scale of the colours: low is low. */
function drawCurves(g, scene, scales, spot) {
  const level = finest(scene.levels);
  if (!level || !scene.boxes.row) return;
  const { boxes, palette, show, span } = scene;
  const place = positions(show, span, level.logged);
  const shape = (v) => {
    if (missing(v, level.logged)) return NaN;
    if (show.palette !== "sides") return place(v);
    const [low, high] = v > 0 ? span.lost : [span.low, span.high];
    const part = positions(show, { low, high }, false)(Math.abs(v));
    return v > 0 ? 1 - part / 2 : part / 2;
  };
  const [column, row] = [indexOf(level.x, spot.x), indexOf(level.y, spot.y)];
  strip(g, boxes.row, palette);
  curve(g, boxes.row, palette, level.nx, (i) => {
    const { top, bottom } = boxes.row;
    return [scales.x.to(level.x[i]), bottom - 3 - shape(level.at(i, row)) * (bottom - top - 6)];
  });
  tick(g, scales.x.to(spot.x), boxes.row.top, scales.x.to(spot.x), boxes.row.bottom, palette);
  if (!boxes.column) return;
  strip(g, boxes.column, palette);
  curve(g, boxes.column, palette, level.ny, (i) => {
    const { left, right } = boxes.column;
    return [left + 3 + shape(level.at(column, i)) * (right - left - 6), scales.y.to(level.y[i])];
  });
  tick(g, boxes.column.left, scales.y.to(spot.y), boxes.column.right, scales.y.to(spot.y), palette);
}

function strip(g, box, palette) {
  g.strokeStyle = palette.grid;
  g.lineWidth = 1;
  g.setLineDash([]);
  g.strokeRect(box.left - 0.5, box.top - 0.5, box.right - box.left + 1, box.bottom - box.top + 1);
}

function curve(g, box, palette, count, at) {
  g.save();
  g.beginPath();
  g.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  g.clip();
  g.strokeStyle = palette.ink;
  g.lineWidth = 1.6;
  g.lineJoin = "round";
  g.beginPath();
  let pen = false;
  for (let i = 0; i < count; i++) {
    const [x, y] = at(i);
    if (Number.isFinite(x) && Number.isFinite(y)) {
      if (pen) g.lineTo(x, y);
      else g.moveTo(x, y);
      pen = true;
    } else pen = false;
  }
  g.stroke();
  g.restore();
}

function tick(g, x0, y0, x1, y1, palette) {
  g.strokeStyle = palette.accent;
  g.lineWidth = 1.4;
  g.setLineDash([]);
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}
