/** The surface in three dimensions: a mesh painted from far to near, the runs on it. Height is the loss's logarithm. */
import { depthOf, projector } from "./camera.js";
import { css, mix } from "./colour.js";
import { heightAt } from "./landscape.js";
import { backwards, headAt, leavesAt, tellOf } from "./trails.js";
import { arrow, marker, minimum, notches } from "./marks.js";
import { DASHES, SHAPES, strokeOf } from "./palette.js";
import { stepFrom } from "./runs.js";
import { format } from "./scale.js";
import { createTrail, strokePiece } from "./strokes.js";

const CELLS = 46;
const LIFT = 0.012;

/** Heights of the mesh's corners, and what a light from the upper left makes of every cell. */
function meshOf(landscape) {
  const [x0, x1, y0, y1] = landscape.domain;
  const corner = new Float64Array((CELLS + 1) ** 2);
  for (let j = 0; j <= CELLS; j++) {
    for (let i = 0; i <= CELLS; i++) {
      corner[j * (CELLS + 1) + i] = heightAt(landscape, x0 + ((x1 - x0) * i) / CELLS, y0 + ((y1 - y0) * j) / CELLS);
    }
  }
  return corner;
}

export function createSurfacePlot(layers) {
  const trail = createTrail();
  let mesh = null;
  let meshOfKey = "";
  let points = [];
  let project = null;
  let box = null;

  function drawBackground(scene) {
    const { landscape, palette, state } = scene;
    const g = layers.background;
    layers.clear("background");
    box = { left: 0, top: 0, right: layers.width, bottom: layers.height };
    project = projector(state.camera, layers.width, layers.height);
    if (!landscape) return;
    if (meshOfKey !== landscape.key) {
      mesh = meshOf(landscape);
      meshOfKey = landscape.key;
    }
    paintMesh(g, palette, state.camera);
    labelCorners(g, landscape, palette);
    const unit = unitOf(landscape);
    const at = (x, y) => project(unit.u(x), unit.v(y), heightAt(landscape, x, y));
    for (const [x, y] of landscape.minima)
      minimum(g, ...at(x, y), palette.ink, palette.veil, landscape.found);
  }

  function paintMesh(g, palette, camera) {
    const order = [];
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) {
        order.push([i, j, depthOf(camera, (i + 0.5) / CELLS - 0.5, (j + 0.5) / CELLS - 0.5)]);
      }
    }
    order.sort((a, b) => b[2] - a[2]);
    const w = CELLS + 1;
    const corners = new Float64Array(2 * w * w);
    for (let j = 0; j < w; j++) {
      for (let i = 0; i < w; i++) {
        corners.set(project(i / CELLS - 0.5, j / CELLS - 0.5, mesh[j * w + i]), 2 * (j * w + i));
      }
    }
    const tones = Array.from({ length: 64 }, (_, i) => mix(palette.low, palette.high, i / 63));
    const shadow = palette.theme === "light" ? [60, 48, 30] : [0, 0, 0];
    g.lineWidth = 0.6;
    g.lineJoin = "round";
    for (const [i, j] of order) {
      const at = j * w + i;
      const slope = (mesh[at + 1] - mesh[at] + mesh[at + w] - mesh[at]) * CELLS;
      const height = (mesh[at] + mesh[at + 1] + mesh[at + w] + mesh[at + w + 1]) / 4;
      const tone = tones[Math.min(Math.max(Math.round(height * 63), 0), 63)];
      g.fillStyle = css(mix(tone, shadow, Math.min(Math.max(0.07 + slope * 0.025, 0), 0.16)));
      g.strokeStyle = g.fillStyle;
      g.beginPath();
      g.moveTo(corners[2 * at], corners[2 * at + 1]);
      g.lineTo(corners[2 * at + 2], corners[2 * at + 3]);
      g.lineTo(corners[2 * (at + w) + 2], corners[2 * (at + w) + 3]);
      g.lineTo(corners[2 * (at + w)], corners[2 * (at + w) + 1]);
      g.closePath();
      g.fill();
      g.stroke();
      // Every cell draws the wires along its own sides: the later neighbour then draws over the earlier one's seam.
      const wires = [
        [i % 4 === 0, at, at + w],
        [i % 4 === 3, at + 1, at + w + 1],
        [j % 4 === 0, at, at + 1],
        [j % 4 === 3, at + w, at + w + 1],
      ];
      g.strokeStyle = palette.fifth;
      g.beginPath();
      for (const [on, a, b] of wires) {
        if (!on) continue;
        g.moveTo(corners[2 * a], corners[2 * a + 1]);
        g.lineTo(corners[2 * b], corners[2 * b + 1]);
      }
      g.stroke();
    }
  }

  function labelCorners(g, landscape, palette) {
    const [x0, x1, y0, y1] = landscape.domain;
    g.fillStyle = palette.soft;
    g.font = `12px ${palette.font}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    for (const [u, v, text] of [
      [0, -0.58, `x₀  ${format(x0)} … ${format(x1)}`],
      [0.58, 0, `x₁  ${format(y0)} … ${format(y1)}`],
    ]) {
      const [px, py] = project(u, v, 0);
      g.fillText(text, Math.min(Math.max(px, 60), layers.width - 60), Math.min(py + 6, layers.height - 10));
    }
    g.textAlign = "left";
    g.fillText("height: log loss", 8, 14);
  }

  const unitOf = ({ domain: [x0, x1, y0, y1] }) => ({
    u: (x) => (x - x0) / (x1 - x0) - 0.5,
    v: (y) => (y - y0) / (y1 - y0) - 0.5,
  });

  function drawPaths(scene) {
    const { runs, palette, landscape } = scene;
    layers.clear("paths");
    trail.reset();
    if (!landscape) return;
    const unit = unitOf(landscape);
    points = runs.map((run) => {
      const p = new Float64Array(2 * run.n + 2);
      for (let k = 0; k <= run.n; k++) {
        const [u, v] = [unit.u(run.x[2 * k]), unit.v(run.x[2 * k + 1])];
        const on = Math.abs(u) <= 0.5 && Math.abs(v) <= 0.5 && Number.isFinite(run.loss[k]);
        p.set(on ? project(u, v, landscape.height(run.loss[k]) + LIFT) : [NaN, NaN], 2 * k);
      }
      return p;
    });
    backwards(runs, (run, i) => {
      if (!scene.shown(run) || scene.state.cursor >= run.n) return; // the trail covers it
      layers.paths.strokeStyle = palette.faint[run.colour];
      layers.paths.lineWidth = 1.5;
      strokePiece(layers.paths, points[i], 0, run.n, box);
    });
  }

  function drawFrame(scene) {
    const { runs, palette, state } = scene;
    if (!scene.landscape) return;
    const to = (run) => Math.min(Math.floor(state.cursor), run.n);
    if (runs.some((run, i) => trail.behind(i, to(run)))) drawPaths(scene);
    const g = layers.paths;
    backwards(runs, (run, i) => {
      if (!scene.shown(run)) return;
      g.strokeStyle = strokeOf(palette, run);
      g.lineWidth = 2.4;
      trail.advance(g, i, points[i], to(run), box, DASHES[run.colour]);
    });
    const head = layers.head;
    layers.begin();
    const words = [];
    backwards(runs, (run, i) => scene.shown(run) && drawHead(head, scene, run, i, to(run), words));
    tellOf(head, palette, words, box);
  }

  function drawHead(g, scene, run, i, k, words) {
    const { palette, state, landscape } = scene;
    const colour = palette.runs[run.colour];
    const passed = run.cuts.filter((cut) => cut <= state.cursor);
    notches(g, passed.map((cut) => [points[i][2 * cut], points[i][2 * cut + 1]]), colour, palette.paper);
    let [x, y] = headAt(points[i], state.cursor, run.n);
    if (!Number.isFinite(x)) [x, y] = [points[i][2 * k], points[i][2 * k + 1]];
    if (Number.isFinite(x)) {
      if (i === state.focus && k < run.n) {
        const unit = unitOf(landscape);
        const [dx, dy] = stepFrom(run, k);
        const [u, v] = [unit.u(run.x[2 * k] + dx), unit.v(run.x[2 * k + 1] + dy)];
        const [tx, ty] = project(u, v, landscape.height(run.loss[k + 1]) + LIFT);
        const [ax, ay] = [points[i][2 * k], points[i][2 * k + 1]];
        arrow(g, ax, ay, tx - ax, ty - ay, colour, palette.paper, { width: 3 });
      }
      marker(g, SHAPES[run.colour], x, y, i === state.focus ? 6 : 5, colour, palette.paper);
      return;
    }
    let last = k;
    while (last > 0 && !Number.isFinite(points[i][2 * last])) last--;
    const [px, py] = Number.isFinite(points[i][2 * last])
      ? [points[i][2 * last], points[i][2 * last + 1]]
      : [layers.width / 2, 30];
    const away = Math.atan2(py - layers.height / 2, px - layers.width / 2);
    arrow(g, px, py, Math.cos(away) * 34, Math.sin(away) * 34, colour, palette.paper, { width: 3.5 });
    words.push([run, leavesAt(run, last + 1), px, py - 22]);
  }

  return {
    drawBackground,
    drawPaths,
    drawFrame,
    ring: () => null,
    get box() {
      return box;
    },
    points: () => points,
  };
}
