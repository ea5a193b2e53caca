/** The map: shade, contour lines and axes; runs with trail, head and arrows; the start. */
import { shadePicture } from "./landscape.js";
import { backwards, headAt, leavesAt, leftBy, tellOf } from "./trails.js";
import { plotBox, withinBox } from "./layers.js";
import { arrow, createNotches, marker, minimum, startRing } from "./marks.js";
import { DASHES, SHAPES, strokeOf } from "./palette.js";
import { lettersOf, pointsAt } from "./points.js";
import { largestGradient, stepFrom } from "./runs.js";
import { format, niceTicks } from "./scale.js";
import { createTrail, strokePiece } from "./strokes.js";
import { numberBelow, numberBeside } from "./ticks.js";
import { axesOf, exitOf, inside } from "./view.js";

const MARGIN = { left: 44, right: 8, top: 8, bottom: 24 };
/** Pixels at the foot of the map, where it is said what the arrows mean. */
const LEGEND = 26;

/** Pixel length of the gradient's arrow: its direction is exact, its length grows with the logarithm of its size. */
export function gradientLength(size, most) {
  if (!(size > 0) || !(most > 0)) return 0;
  return 16 + 40 * Math.min(Math.max(1 + Math.log10(size / most) / 6, 0), 1);
}

export function createContourPlot(layers) {
  const trail = createTrail({ touching: true });
  const notched = createNotches();
  let shade = null;
  let shadeOf = "";
  let points = [];
  let axes = null;
  let box = null;
  let most = 0;

  function drawBackground(scene) {
    const { landscape, palette, state } = scene;
    const g = layers.background;
    layers.clear("background");
    box = plotBox(layers, MARGIN);
    axes = axesOf(state.view, box);
    if (!landscape) return;
    const wanted = `${landscape.key}|${palette.low}|${palette.high}`;
    if (wanted !== shadeOf) {
      shade = shadePicture(landscape, palette);
      shadeOf = wanted;
    }
    const [x0, x1, y0, y1] = landscape.domain;
    withinBox(g, box, () => {
      g.drawImage(shade, axes.x.to(x0), axes.y.to(y1), axes.x.to(x1) - axes.x.to(x0), axes.y.to(y0) - axes.y.to(y1));
      drawContours(g, landscape, palette);
      for (const [x, y] of landscape.minima)
        minimum(g, axes.x.to(x), axes.y.to(y), palette.ink, palette.veil, landscape.found);
    });
    drawAxes(g, palette, state.view);
  }

  function drawContours(g, landscape, palette) {
    for (const fifth of [false, true]) {
      g.beginPath();
      for (const line of landscape.lines) {
        if ((line.level % 5 === 0) !== fifth) continue;
        for (let k = 0; k < line.x.length; k++) {
          const [px, py] = [axes.x.to(line.x[k]), axes.y.to(line.y[k])];
          if (k) g.lineTo(px, py);
          else g.moveTo(px, py);
        }
      }
      g.strokeStyle = fifth ? palette.fifth : palette.line;
      g.lineWidth = fifth ? 1.1 : 0.9;
      g.stroke();
    }
  }

  function drawAxes(g, palette, view) {
    g.strokeStyle = palette.axis;
    g.lineWidth = 1;
    g.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
    g.fillStyle = palette.soft;
    g.font = `12px ${palette.font}`;
    g.beginPath();
    for (const v of niceTicks(view.x0, view.x1, Math.max(3, layers.width / 110))) {
      const px = Math.round(axes.x.to(v)) + 0.5;
      g.moveTo(px, box.bottom);
      g.lineTo(px, box.bottom + 4);
      numberBelow(g, format(v, 6), px, box.bottom);
    }
    for (const v of niceTicks(view.y0, view.y1, Math.max(3, layers.height / 70))) {
      const py = Math.round(axes.y.to(v)) + 0.5;
      g.moveTo(box.left - 4, py);
      g.lineTo(box.left, py);
      numberBeside(g, format(v, 6), box.left, py);
    }
    g.stroke();
  }

  function drawPaths(scene) {
    const { runs, palette, state } = scene;
    layers.clear("paths");
    trail.reset();
    notched.reset();
    points = runs.map((run) => {
      const p = new Float64Array(2 * run.n + 2);
      for (let k = 0; k <= run.n; k++) {
        p[2 * k] = axes.x.to(run.x[2 * k]);
        p[2 * k + 1] = axes.y.to(run.x[2 * k + 1]);
      }
      return p;
    });
    most = runs[state.focus] ? largestGradient(runs[state.focus]) : 0;
    const g = layers.paths;
    g.lineJoin = "round";
    g.lineCap = "butt";
    backwards(runs, (run, i) => {
      if (!scene.shown(run) || scene.state.cursor >= run.n) return; // the trail covers it
      g.strokeStyle = palette.faint[run.colour];
      g.lineWidth = 1.5;
      strokePiece(g, points[i], 0, run.n, box);
    });
  }

  function drawFrame(scene) {
    const { runs, palette, state } = scene;
    const g = layers.paths;
    const to = (run) => Math.min(Math.floor(state.cursor), run.n);
    if (runs.some((run, i) => trail.behind(i, to(run)))) drawPaths(scene);
    backwards(runs, (run, i) => {
      if (!scene.shown(run)) return;
      g.strokeStyle = strokeOf(palette, run);
      g.lineWidth = i === state.focus ? 2.4 : 2;
      trail.advance(g, i, points[i], to(run), box, DASHES[run.colour]);
      const place = (cut) =>
        inside(points[i][2 * cut], points[i][2 * cut + 1], box) ? [points[i][2 * cut], points[i][2 * cut + 1]] : null;
      notched.advance(g, i, run.cuts, state.cursor, place, palette.runs[run.colour], palette.paper);
    });
    drawHeads(scene);
  }

  function drawHeads(scene) {
    const { runs, palette, state } = scene;
    const g = layers.head;
    layers.begin();
    const at = ring(scene);
    const words = [];
    backwards(runs, (run, i) => {
      if (!scene.shown(run)) return;
      const k = Math.min(Math.floor(state.cursor), run.n);
      const head = headAt(points[i], state.cursor, run.n);
      if (k < run.n && head[0] !== points[i][2 * k]) {
        g.strokeStyle = palette.runs[run.colour];
        g.lineWidth = 2.4;
        strokePiece(g, Float64Array.of(points[i][2 * k], points[i][2 * k + 1], head[0], head[1]), 0, 1, box);
      }
      const exit = exitOf(points[i], k, box);
      if (exit) drawExit(g, scene, run, exit, k, words);
      else if (i === state.focus) withinBox(g, box, () => drawArrows(g, scene, run, points[i], k));
      if (i === state.focus) withinBox(g, box, () => drawPoints(g, scene, run, head));
      const size = i === state.focus ? 6 : 5;
      if (inside(...head, box)) marker(g, SHAPES[run.colour], ...head, size, palette.runs[run.colour], palette.paper);
    });
    if (at && inside(...at, box)) startRing(g, ...at, palette.ink, palette.paper, state.grabbed);
    tellOf(g, palette, words, { ...box, bottom: box.bottom - LEGEND }, at);
  }

  /** Where the start can be taken hold of, in pixels. */
  const ring = ({ start, draggable }) => (draggable && axes ? [axes.x.to(start[0]), axes.y.to(start[1])] : null);

  /** The start for a pointer at (px, py). */
  const startAt = (scene, px, py) => [axes.x.from(px), axes.y.from(py)];

  function drawArrows(g, scene, run, p, cursorStep) {
    const { palette } = scene;
    const k = Math.min(cursorStep, run.n - 1);
    if (k < 0) return;
    const [x, y] = [p[2 * k], p[2 * k + 1]];
    if (!inside(x, y, box)) return;
    const colour = palette.runs[run.colour];
    const per = [axes.x.to(1) - axes.x.to(0), axes.y.to(1) - axes.y.to(0)];
    const reach = (dx, dy) => {
      const length = Math.hypot(dx, dy);
      const most = 0.6 * Math.hypot(layers.width, layers.height);
      return length > most ? [(dx / length) * most, (dy / length) * most] : [dx, dy];
    };
    if (run.grad) {
      const [gx, gy] = [-run.grad[2 * k], -run.grad[2 * k + 1]];
      const size = Math.hypot(gx, gy);
      const along = Math.hypot(gx * per[0], gy * per[1]);
      const length = gradientLength(size, most);
      const [dx, dy] = [(gx * per[0] * length) / along, (gy * per[1] * length) / along];
      if (along > 0) arrow(g, x, y, dx, dy, palette.ink, palette.paper, { width: 1.6, dash: [5, 3] });
    }
    const carried = run.terms.find((term) => term.name === "carried");
    if (carried) {
      const [dx, dy] = reach(carried.data[2 * k] * per[0], carried.data[2 * k + 1] * per[1]);
      arrow(g, x, y, dx, dy, palette.ink, palette.paper, { width: 1.8, dash: [1.5, 2.5] });
    }
    const [ux, uy] = stepFrom(run, k);
    const [dx, dy] = reach(ux * per[0], uy * per[1]);
    arrow(g, x, y, dx, dy, colour, palette.paper, { width: 3 });
  }

  /** The other points that the optimizer moves, on a line with the one that the gradient is taken at. */
  function drawPoints(g, scene, run, head) {
    const { palette, state } = scene;
    const places = pointsAt(run, state.cursor).map(({ letter, at }) => {
      return { letter, at: [axes.x.to(at[0]), axes.y.to(at[1])] };
    });
    if (!places.length) return;
    g.beginPath();
    for (const { at } of places) {
      g.moveTo(...head);
      g.lineTo(...at);
    }
    g.strokeStyle = palette.ink;
    g.lineWidth = 1;
    g.stroke();
    for (const { at } of places) {
      g.beginPath();
      g.arc(...at, 4.5, 0, 2 * Math.PI);
      g.fillStyle = palette.paper;
      g.fill();
      g.strokeStyle = palette.runs[run.colour];
      g.lineWidth = 2;
      g.stroke();
    }
    g.font = `italic 14px ${palette.font}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.lineWidth = 3;
    const letters = lettersOf(head, places);
    const [xs, ys] = [0, 1].map((axis) => [...places, ...letters].map(({ at }) => at[axis]));
    const first = (ends, bound) => Math.max(Math.min(...ends) - 12, bound);
    const last = (ends, bound) => Math.min(Math.max(...ends) + 12, bound);
    g.touched?.(first(xs, box.left), first(ys, box.top), last(xs, box.right), last(ys, box.bottom));
    for (const { letter, at } of letters) {
      g.strokeStyle = palette.paper;
      g.strokeText(letter, ...at);
      g.fillStyle = palette.ink;
      g.fillText(letter, ...at);
    }
  }

  function drawExit(g, scene, run, exit, k, words) {
    const { palette } = scene;
    const colour = palette.runs[run.colour];
    const [ux, uy] = [Math.cos(exit.angle), Math.sin(exit.angle)];
    arrow(g, exit.x - ux * 30, exit.y - uy * 30, ux * 28, uy * 28, colour, palette.paper, { width: 3.5 });
    words.push([run, leavesAt(run, leftBy(run, exit, k)), exit.x - ux * 52, exit.y - uy * 52 - 6]);
  }

  return {
    drawBackground,
    drawPaths,
    drawFrame,
    ring,
    startAt,
    get box() {
      return box;
    },
    get axes() {
      return axes;
    },
    points: () => points,
  };
}
