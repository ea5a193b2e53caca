/**
 * Loss and learning rate over steps: one axis of steps, one cursor, aligned to the pixel. Of a recorded history
 * (recorded.js) a scene also has: span, the steps that are seen; unit, what a step is called; rising, is higher better;
 * tight, the axis need not reach 0; until, from which step on the losses would have been others; lines [{at, text}],
 * upright; lost, the steps whose loss is not finite; known, all is drawn but while it plays; bare, no numbers below the
 * axis; whole, so many steps there will be. And a run has marks [{cuts, colour}], the cuts of several rules on it, and
 * dash, its own in place of its colour's.
 */
import { curveOf, stableRange, rangeOf } from "./curves.js";
import { rateAt, roomy, strokeSketch } from "./draw.js";
import { drawHaze, drawLines, drawLost } from "./haze.js";
import { awayAt, backwards, headAt, tellOf } from "./trails.js";
import { plotBox } from "./layers.js";
import { createNotches, label, marker, widthOf } from "./marks.js";
import { placeNames } from "./names.js";
import { DASHES, SHAPES, strokeOf } from "./palette.js";
import { format, linear, logTicks, logarithmic, niceTicks } from "./scale.js";
import { createTrail, strokePiece } from "./strokes.js";
import { numberBelow, numberBeside } from "./ticks.js";

const MARGIN = { left: 58, right: 14, top: 14, bottom: 24 };
/** A number beside an axis is so high. */
const HIGH = 12;
/** On a panel of less than so many pixels, as in a narrow frame. */
const NARROW = 240;
const LITTLE = { ...MARGIN, left: 46, right: 10 };
const BARE = 6;
const EASE = 180;

/** Cuts of several rules on one run: so many pixels above each other, at most so many rules. */
const LIFT = 9;
const MOST_MARKS = 8;

/** Room that the marker of a cut needs above its place: it stays inside while the axis eases. */
const NOTCH = 13;

export function createSeries(layers, kind) {
  const trail = createTrail();
  const notched = createNotches();
  let curves = [];
  let points = [];
  let axes = null;
  let box = null;
  let range = null;
  let ease = null;
  let drawnAt = 0;
  let logWas = null;
  let epochsDrawn = 0;
  let meansDrawn = 0;
  let drawn = [];
  let names = null;
  /** A run without a rate, as Newton's, has no line on the panel of rates. */
  const lined = (scene, run) => scene.shown(run) && (kind === "loss" || run.rated !== false);
  const isLog = (scene) => scene.state[kind === "rate" ? "rateLog" : "log"];
  const floorOf = (scene) => (kind === "loss" && scene.state.log ? scene.floor : 0);
  const reachOf = ({ known, state, n }) => (known && !state.playing ? n : state.cursor);
  const longest = ({ n, whole, runs }) => Math.max(whole || n, ...runs.map(({ plan }) => plan?.length ?? 0)) || 1;
  const spanOf = (scene) => scene.span ?? [0, longest(scene)];
  const stepsOf = (run) => (kind === "rate" && run.plan ? run.plan.length : run.n);
  const reachIn = (scene, run) => (run.plan ? stepsOf(run) : reachOf(scene));

  /** Takes new runs; the axis keeps its range where it can, else it eases there; at once while the start is dragged. */
  function measure(scene, now) {
    const log = isLog(scene);
    curves = scene.runs.map((run) => curveOf(kind, run, floorOf(scene)));
    const visible = curves.filter((_, i) => lined(scene, scene.runs[i]));
    const seen = rangeOf(visible, log, { tight: scene.tight, span: spanOf(scene), kind });
    const wanted = kind === "rate" && scene.sketch.on ? roomy(seen, log) : seen;
    const next = stableRange(log === logWas ? range : null, wanted, log);
    if (range && log === logWas && next !== range && !scene.state.grabbed) ease = { from: range, to: next, begin: now };
    else if (next !== range) {
      range = next;
      ease = null;
    }
    logWas = log;
  }

  /** Moves the axis a little further; true where it moved. */
  function settle(now) {
    if (!ease) return false;
    const t = Math.min((now - ease.begin) / EASE, 1);
    const s = t * t * (3 - 2 * t);
    range = [0, 1].map((i) => {
      const [a, b] = [ease.from[i], ease.to[i]];
      return logWas ? a * (b / a) ** s : a + (b - a) * s;
    });
    if (t >= 1) {
      range = ease.to;
      ease = null;
    }
    return true;
  }

  /** The axes, where they are not there already. */
  function drawBackground(scene) {
    const { palette } = scene;
    const span = spanOf(scene);
    const more = [scene.lines, scene.lost];
    const wanted = [...range, isLog(scene), ...span, palette, layers.width, layers.height, layers.ratio, ...more];
    if (wanted.every((what, i) => what === drawn[i])) return;
    drawn = wanted;
    const g = layers.background;
    layers.clear("background");
    const margin = layers.width < NARROW ? LITTLE : MARGIN;
    box = plotBox(layers, scene.bare ? { ...margin, bottom: BARE } : margin);
    const scale = isLog(scene) ? logarithmic : linear;
    axes = { x: linear(...span, box.left, box.right), y: scale(range[0], range[1], box.bottom, box.top) };
    g.font = `12px ${palette.font}`;
    g.fillStyle = palette.soft;
    g.strokeStyle = palette.grid;
    g.lineWidth = 1;
    const count = Math.max(2, Math.floor((box.bottom - box.top) / 30));
    const ticks = isLog(scene) ? logTicks(range[0], range[1], count) : niceTicks(range[0], range[1], count);
    g.beginPath();
    let written = Infinity;
    for (const v of ticks) {
      const py = Math.round(axes.y.to(v)) + 0.5;
      g.moveTo(box.left, py);
      g.lineTo(box.right, py);
      if (written - py < HIGH) continue;
      written = py;
      numberBeside(g, format(v), box.left, py);
    }
    for (const v of niceTicks(...span, 5).filter(Number.isInteger)) {
      const px = Math.round(axes.x.to(v)) + 0.5;
      g.moveTo(px, box.top);
      g.lineTo(px, box.bottom + 4);
      if (scene.bare) continue;
      const text = format(v, 6);
      const last = layers.width - g.measureText(text).width / 2 - 1; // 15000 is wider than the margin
      numberBelow(g, text, Math.min(px, last), box.bottom);
    }
    g.stroke();
    g.strokeStyle = palette.axis;
    g.beginPath();
    g.moveTo(box.left + 0.5, box.top);
    g.lineTo(box.left + 0.5, box.bottom + 0.5);
    g.lineTo(box.right, box.bottom + 0.5);
    g.stroke();
    if (scene.lost) drawLost(g, scene, axes.x, box);
    if (scene.lines) drawLines(g, scene, axes.x, box);
  }

  function drawPaths(scene) {
    const { runs, palette } = scene;
    const g = layers.paths;
    layers.clear("paths");
    trail.reset();
    notched.reset();
    points = curves.map((curve) => {
      const p = new Float64Array(curve.length);
      for (let i = 0; i < curve.length; i += 2) {
        p[i] = axes.x.to(curve[i]);
        const y = axes.y.to(curve[i + 1]);
        p[i + 1] = logWas ? Math.min(y, box.bottom) : y; // what is below a log axis lies on its end
      }
      return p;
    });
    names = null;
    epochsDrawn = 0;
    meansDrawn = 0;
    g.lineJoin = "bevel";
    g.lineCap = "butt";
    backwards(runs, (run, i) => {
      if (!lined(scene, run) || reachIn(scene, run) >= stepsOf(run)) return; // the trail covers it
      g.strokeStyle = palette.faint[run.colour];
      g.lineWidth = 1.5;
      strokePiece(g, points[i], 0, points[i].length / 2 - 1, box);
    });
  }

  /** Best so far as a line, and below it the band that a loss must leave downwards to count as better. */
  function drawBest(g, scene, run) {
    const { step, best, threshold } = run.epochs;
    const { palette } = scene;
    const reach = reachOf(scene);
    const floor = floorOf(scene);
    const at = (e) => Math.min(Math.max(axes.x.to(step[e]), box.left), box.right);
    const clamp = (v) => Math.min(Math.max(axes.y.to(v - floor), box.top), box.bottom);
    g.fillStyle = palette.band;
    g.strokeStyle = palette.ink;
    g.lineWidth = 1.2;
    g.setLineDash([]);
    g.beginPath();
    const reached = (e) => e < step.length && step[e] <= reach;
    const same = (e) => best[e + 1] === best[e] && (!threshold || threshold[e + 2] === threshold[e + 1]);
    while (reached(epochsDrawn)) {
      const e = epochsDrawn;
      let last = e;
      while (reached(last + 1) && same(last)) last++;
      epochsDrawn = last + 1;
      if (!Number.isFinite(best[e])) continue;
      const [x0, x1, y] = [at(e), at(Math.min(last + 1, step.length - 1)), clamp(best[e])];
      const before = e && Number.isFinite(best[e - 1]) ? clamp(best[e - 1]) : y;
      const low = threshold && Number.isFinite(threshold[e + 1]) ? clamp(threshold[e + 1]) : y;
      if (scene.rising ? low < y : low > y) g.fillRect(x0, Math.min(y, low), x1 - x0, Math.abs(low - y));
      g.moveTo(x0, before);
      g.lineTo(x0, y);
      g.lineTo(x1, y);
      g.touched?.(x0 - 2, Math.min(before, y, low) - 2, x1 + 2, Math.max(before, y, low) + 2);
    }
    g.stroke();
  }

  /** What the rule looks at, where it is not the loss itself: a bar from the begin of each epoch to its end. */
  function drawMonitored(g, scene, run) {
    const { step, monitored } = run.epochs;
    if (!monitored) return;
    g.strokeStyle = scene.palette.ink;
    g.lineWidth = 2.4;
    g.setLineDash([]);
    g.beginPath();
    for (; meansDrawn < step.length && step[meansDrawn] <= reachOf(scene); meansDrawn++) {
      const y = axes.y.to(monitored[meansDrawn] - floorOf(scene));
      if (!(y >= box.top && y <= box.bottom)) continue;
      const [x0, x1] = [axes.x.to(step[meansDrawn - 1] ?? 0), axes.x.to(step[meansDrawn])];
      g.moveTo(x0, y);
      g.lineTo(x1, y);
      g.touched?.(x0 - 2, y - 3, x1 + 2, y + 3);
    }
    g.stroke();
  }

  const indexAt = (run, cursor) => {
    const n = stepsOf(run);
    const k = Math.min(Math.floor(cursor), n);
    return kind === "loss" ? k : Math.min(2 * k, 2 * n - 1);
  };

  function drawFrame(scene) {
    const { runs, palette, state } = scene;
    const reach = reachOf(scene);
    if (runs.some((run, i) => trail.behind(i, indexAt(run, reachIn(scene, run))))) drawPaths(scene);
    const g = layers.paths;
    const focus = runs[state.focus];
    if (kind === "loss" && focus?.epochs && scene.shown(focus)) drawBest(g, scene, focus);
    backwards(runs, (run, i) => {
      if (!lined(scene, run)) return;
      g.strokeStyle = strokeOf(palette, run);
      g.lineWidth = i === state.focus ? 2.2 : 1.8;
      trail.advance(g, i, points[i], indexAt(run, reachIn(scene, run)), box, run.dash ?? DASHES[run.colour]);
      const marks = run.marks ?? [run];
      marks.forEach(({ cuts, colour }, j) => {
        const place = (cut) => {
          const at = kind === "loss" ? 2 * cut : Math.max(Math.min(4 * cut, points[i].length) - 2, 0);
          const [x, y] = [points[i][at], points[i][at + 1] - j * LIFT];
          if (!(x >= box.left && x <= box.right)) return null;
          return [x, Math.min(Math.max(y, box.top + NOTCH), box.bottom)];
        };
        const own = i * MOST_MARKS + j;
        notched.advance(g, own, cuts, reach, place, palette.runs[colour], palette.paper);
      });
    });
    if (kind === "loss" && focus?.epochs && scene.shown(focus)) drawMonitored(g, scene, focus);
    drawHeads(scene);
  }

  function drawHeads(scene) {
    const { runs, palette, state } = scene;
    const g = layers.head;
    drawnAt = state.cursor;
    layers.begin();
    drawHaze(g, scene, axes.x, box, kind === "loss");
    if (kind === "rate" && scene.lead === "rate") drawNames(g, scene);
    const px = axes.x.to(state.cursor);
    if (px < box.left - 1 || px > box.right + 1) return;
    g.touched?.(px - 2, box.top - 1, px + 2, box.bottom + 1);
    g.strokeStyle = palette.accent;
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(px, box.top);
    g.lineTo(px, box.bottom);
    g.stroke();
    if (kind === "rate") strokeSketch(g, scene, axes, box);
    const words = [];
    backwards(runs, (run, i) => {
      if (!lined(scene, run)) return;
      const colour = palette.runs[run.colour];
      const [x, y] = kind === "loss" ? headAt(points[i], state.cursor, run.n) : [px, rateHeight(run, i, state.cursor)];
      const size = i === state.focus ? 5 : 4;
      if (y >= box.top - 1 && y <= box.bottom + 1) {
        marker(g, SHAPES[run.colour], Math.min(x, axes.x.to(run.n)), y, size, colour, palette.paper);
      }
      else if (kind === "loss" && (state.cursor >= 1 || !Number.isNaN(run.loss[0]))) {
        drawAway(g, scene, run, points[i], words);
      }
    });
    tellOf(g, palette, words, box);
  }

  /** The name of each run at its line, if there are more than one. */
  function drawNames(g, scene) {
    const { palette, runs } = scene;
    const seen = runs.map((run, i) => i).filter((i) => lined(scene, runs[i]));
    if (seen.length < 2) return;
    const font = `600 12px ${palette.font}`;
    g.font = font;
    names ??= placeNames(seen.map((i) => ({ points: points[i], width: widthOf(g, runs[i].name) + 12 })), box);
    seen.forEach((i, at) => {
      const edge = palette.runs[runs[i].colour];
      label(g, runs[i].name, ...names[at], box, { ink: palette.ink, veil: palette.veil, font, edge });
    });
  }

  const rateHeight = (run, i, cursor) =>
    points[i][Math.min(4 * Math.floor(Math.min(cursor, run.n)), points[i].length - 2) + 1];

  /** The head is off the axis or no longer a number: an arrow where the line went out, with step and loss; of what has
   * no number any more, the first step that has none. */
  function drawAway(g, scene, run, p, words) {
    const { palette, state } = scene;
    let k = Math.min(Math.floor(state.cursor), run.n);
    const below = p[2 * k + 1] > box.bottom;
    const away = (y) => (below ? y > box.bottom : !(y >= box.top));
    while (k > 0 && away(p[2 * k - 1])) k--;
    const x = Math.min(Math.max(p[2 * k] || box.left, box.left + 6), box.right - 6);
    const [tip, barb] = below ? [box.bottom, box.bottom - 11] : [box.top, box.top + 11];
    const colour = palette.runs[run.colour];
    g.fillStyle = colour;
    g.beginPath();
    g.touched?.(x - 7, Math.min(tip, barb) - 1, x + 7, Math.max(tip, barb) + 1);
    g.moveTo(x, tip);
    g.lineTo(x + 6, barb);
    g.lineTo(x - 6, barb);
    g.fill();
    const now = Math.min(Math.floor(state.cursor), run.n);
    const text = `${run.name}, ${awayAt(run.loss, now, scene.unit ?? "step")} ${below ? "↓" : "↑"}`;
    words.push([run, text, x, below ? box.bottom - 24 : box.top + 24]);
  }

  return {
    kind,
    measure,
    settle,
    drawBackground,
    drawPaths,
    drawFrame,
    get box() {
      return box;
    },
    get range() {
      return range;
    },
    points: () => points,
    /** The places of the lines' names, (x, y) of their middles; none where they are not written. */
    names: () => names ?? [],
    movedFrom: (cursor) => Math.abs(axes.x.to(cursor) - axes.x.to(drawnAt)),
    stepAt: (px) => axes.x.from(px),
    rateAt: (px, py, n) => rateAt(px, py, axes, box, n),
  };
}
