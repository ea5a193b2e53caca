/** What lies over the map: the point, the pointer, a box that is being drawn, the two curves through the pointer. */
import { scalesOf } from "./axes.js";
import { missing, positions } from "./colours.js";
import { finest } from "./level.js";
import { indexOf } from "./region.js";

/** The point, the pointer, a box that is being drawn, and the two curves. */
export function drawForeground(g, scene) {
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
