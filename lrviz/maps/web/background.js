/** The map itself: the picture of each level, lines of equal value and of theory, minima, the best cell, the axes. */
import { drawAxes, scalesOf } from "./axes.js";
import { missing, positions } from "./colours.js";
import { isolines, unitsOf } from "./isolines.js";
import { finest } from "./level.js";
import { placeOf } from "./region.js";

const HATCH = 7;
const LINE = "rgba(0, 0, 0, 0.42)";

/** The picture of each level, the axes, lines of equal value and of theory, the best cell. */
export function drawBackground(g, scene) {
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
  const hatching = hatched(scene, ratio, plot);
  const h = hatching.getContext("2d");
  h.save();
  h.setTransform(ratio, 0, 0, ratio, -plot.left * ratio, -plot.top * ratio);
  h.imageSmoothingEnabled = false;
  h.globalCompositeOperation = "destination-in";
  h.drawImage(level.picture.lost, x, y, wide, high);
  h.restore();
  g.drawImage(hatching, plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
}

const withAxes = (scales, region) => ({
  x: { ...scales.x, axis: region.x },
  y: { ...scales.y, axis: region.y },
});

/** A canvas as large as the plot, full of slanted lines. */
function hatched(scene, ratio, plot) {
  const [wide, high] = [plot.right - plot.left, plot.bottom - plot.top];
  scene.hatching ??= document.createElement("canvas");
  const { hatching } = scene;
  hatching.width = Math.max(1, Math.round(wide * ratio));
  hatching.height = Math.max(1, Math.round(high * ratio));
  const h = hatching.getContext("2d");
  h.setTransform(ratio, 0, 0, ratio, 0, 0);
  h.strokeStyle = scene.tables.hatch;
  h.lineWidth = 1.4;
  h.beginPath();
  for (let at = -high; at < wide; at += HATCH) {
    h.moveTo(at, high);
    h.lineTo(at + high, 0);
  }
  h.stroke();
  return hatching;
}

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

/** A label, held inside the plot. */
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

function ring(g, x, y, radius) {
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
