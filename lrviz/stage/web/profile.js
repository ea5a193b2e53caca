/** The slice: the loss along a line, with the runs bouncing on it and the tangent at the head. */
import { backwards, headAt, leavesAt, leftBy, tellOf } from "./trails.js";
import { plotBox } from "./layers.js";
import { marker, notches, startRing } from "./marks.js";
import { DASHES, SHAPES, strokeOf } from "./palette.js";
import { format, linear, niceTicks } from "./scale.js";
import { createTrail, strokePiece } from "./strokes.js";
import { numberBelow, numberBeside } from "./ticks.js";
import { exitOf, inside } from "./view.js";

const MARGIN = { left: 58, right: 14, top: 10, bottom: 42 };

/** Few, so that the axis seldom changes. */
const HEIGHTS = [1, 1.5, 2.5, 4, 6];

/** The ring of a start that is above the panel stays inside by this much. */
const RING = 12;

/** Positions along the slice: (x - base) . direction. */
export function alongSlice(run, { base, direction }) {
  const s = new Float64Array(run.n + 1);
  for (let k = 0; k <= run.n; k++) {
    s[k] = (run.x[2 * k] - base[0]) * direction[0] + (run.x[2 * k + 1] - base[1]) * direction[1];
  }
  return s;
}

/** The slope of the tangent at step k: the gradient along the slice, or where it is not known the curve's own. */
export function slopeAt(run, k, s, slice) {
  if (run.grad) return run.grad[2 * k] * slice.direction[0] + run.grad[2 * k + 1] * slice.direction[1];
  const i = Math.min(Math.max(1, slice.s.findIndex((v) => v >= s)), slice.s.length - 1);
  return (slice.loss[i] - slice.loss[i - 1]) / (slice.s[i] - slice.s[i - 1]);
}

/** The lowest and the highest loss of a slice. */
function rangeOf(slice) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of slice.loss) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return [low, high];
}

/** How high the axis goes, as a multiple of the slice's own height: up to the start's loss where that will do. */
function topFor({ runs }, low, high) {
  const start = runs[0]?.loss[0];
  return HEIGHTS.find((times) => start <= low + (high - low) * times) ?? 1;
}

export function createProfile(layers) {
  const trail = createTrail();
  let points = [];
  let axes = null;
  let box = null;
  let top = 0;
  let tangent = false;

  function drawBackground(scene) {
    const { palette, slice } = scene;
    const g = layers.background;
    layers.clear("background");
    box = plotBox(layers, MARGIN);
    if (!slice) return;
    const [low, highest] = rangeOf(slice);
    let high = highest;
    top = topFor(scene, low, high);
    high = low + (high - low) * top;
    const pad = (high - low || 1) * 0.07;
    axes = {
      x: linear(slice.s[0], slice.s[slice.s.length - 1], box.left, box.right),
      y: linear(low - pad, high + pad, box.bottom, box.top),
    };
    drawAxes(g, palette, slice, low - pad, high + pad);
    const curve = new Float64Array(2 * slice.s.length);
    slice.s.forEach((s, i) => curve.set([axes.x.to(s), axes.y.to(slice.loss[i])], 2 * i));
    g.strokeStyle = palette.ink;
    g.lineWidth = 1.8;
    g.lineJoin = "round";
    strokePiece(g, curve, 0, slice.s.length - 1, box);
  }

  function drawAxes(g, palette, slice, low, high) {
    g.font = `12px ${palette.font}`;
    g.fillStyle = palette.soft;
    g.strokeStyle = palette.grid;
    g.lineWidth = 1;
    g.beginPath();
    for (const v of niceTicks(slice.s[0], slice.s[slice.s.length - 1], 6)) {
      const px = Math.round(axes.x.to(v)) + 0.5;
      g.moveTo(px, box.top);
      g.lineTo(px, box.bottom + 4);
      numberBelow(g, format(v, 6), px, box.bottom);
    }
    numberBelow(g, `position on the slice: ${slice.label}`, (box.left + box.right) / 2, box.bottom, 26);
    for (const v of niceTicks(low, high, 6)) {
      const py = Math.round(axes.y.to(v)) + 0.5;
      g.moveTo(box.left, py);
      g.lineTo(box.right, py);
      numberBeside(g, format(v, 6), box.left, py);
    }
    g.stroke();
    g.strokeStyle = palette.axis;
    g.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  }

  function drawPaths(scene) {
    const { runs, palette, slice } = scene;
    if (axes && slice && topFor(scene, ...rangeOf(slice)) !== top) drawBackground(scene);
    layers.clear("paths");
    trail.reset();
    if (!axes || !slice) return;
    points = runs.map((run) => {
      const s = alongSlice(run, slice);
      const p = new Float64Array(2 * run.n + 2);
      for (let k = 0; k <= run.n; k++) p.set([axes.x.to(s[k]), axes.y.to(run.loss[k])], 2 * k);
      return p;
    });
    backwards(runs, (run, i) => {
      if (!scene.shown(run) || scene.state.cursor >= run.n) return; // the trail covers it
      layers.paths.strokeStyle = palette.faint[run.colour];
      layers.paths.lineWidth = 1.2;
      strokePiece(layers.paths, points[i], 0, run.n, box);
    });
  }

  function drawFrame(scene) {
    const { runs, palette, state, slice } = scene;
    if (!axes || !slice) return;
    const to = (run) => Math.min(Math.floor(state.cursor), run.n);
    if (runs.some((run, i) => trail.behind(i, to(run)))) drawPaths(scene);
    const g = layers.paths;
    backwards(runs, (run, i) => {
      if (!scene.shown(run)) return;
      g.strokeStyle = strokeOf(palette, run);
      g.lineWidth = 1.6;
      trail.advance(g, i, points[i], to(run), box, DASHES[run.colour]);
    });
    const head = layers.head;
    layers.begin();
    const at = ring(scene);
    const words = [];
    tangent = false;
    backwards(runs, (run, i) => scene.shown(run) && drawHead(head, scene, run, i, to(run), words));
    if (at) startRing(head, ...at, palette.ink, palette.paper, state.grabbed);
    tellOf(head, palette, words, box, at);
  }

  const along = ([x, y], { base, direction }) => (x - base[0]) * direction[0] + (y - base[1]) * direction[1];

  /** Where the start can be taken hold of: above its place on the slice, at the height of its loss or at the edge. */
  function ring({ start, slice, draggable }) {
    if (!draggable || !axes || !slice || !points[0]) return null;
    const s = along(start, slice);
    if (!(s >= slice.s[0] && s <= slice.s[slice.s.length - 1])) return null;
    return [axes.x.to(s), Math.min(Math.max(points[0][1], box.top + RING), box.bottom - RING)];
  }

  /** The start for a pointer at px: moved along the slice, and only so. */
  function startAt({ start, slice }, px) {
    const s = Math.min(Math.max(axes.x.from(px), slice.s[0]), slice.s[slice.s.length - 1]);
    const by = s - along(start, slice);
    return [start[0] + by * slice.direction[0], start[1] + by * slice.direction[1]];
  }

  function drawHead(g, scene, run, i, k, words) {
    const { palette, state, slice } = scene;
    const colour = palette.runs[run.colour];
    const exit = exitOf(points[i], k, box);
    if (exit) {
      words.push([run, `↑ ${leavesAt(run, leftBy(run, { step: null }, k))}`, exit.x, exit.y + 16]);
      return;
    }
    const seen = (step) => inside(points[i][2 * step], points[i][2 * step + 1], box);
    // The last points bounce visibly: they stay on the curve as small marks.
    for (let back = Math.max(0, k - 12); back < k; back++) {
      if (!seen(back)) continue;
      g.globalAlpha = 0.25 + (0.6 * (back - k + 13)) / 13;
      marker(g, SHAPES[run.colour], points[i][2 * back], points[i][2 * back + 1], 2.6, colour, palette.paper);
    }
    g.globalAlpha = 1;
    const [x, y] = headAt(points[i], state.cursor, run.n);
    if (i === state.focus) {
      const slope = slopeAt(run, k, axes.x.from(x), slice);
      const [dx, dy] = [axes.x.to(1) - axes.x.to(0), (axes.y.to(1) - axes.y.to(0)) * slope];
      const length = Math.hypot(dx, dy);
      if (Number.isFinite(length) && length > 0) {
        const [ux, uy] = [(dx / length) * 64, (dy / length) * 64];
        g.strokeStyle = palette.ink;
        g.lineWidth = 1.6;
        strokePiece(g, Float64Array.of(x - ux, y - uy, x + ux, y + uy), 0, 1, box, { dash: [5, 3] });
        tangent = true;
      }
    }
    const passed = run.cuts.filter((cut) => cut <= state.cursor && seen(cut));
    notches(g, passed.map((cut) => [points[i][2 * cut], points[i][2 * cut + 1]]), colour, palette.paper);
    if (inside(x, y, box)) marker(g, SHAPES[run.colour], x, y, i === state.focus ? 6 : 5, colour, palette.paper);
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
    /** Is a tangent drawn? */
    get tangent() {
      return tangent;
    },
    points: () => points,
  };
}
