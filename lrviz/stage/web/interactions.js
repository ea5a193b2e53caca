/** What the pointer does on the panels: the start, the window of the map, the camera, the cursor. */
import { firstCamera, nearer, orbited } from "./camera.js";
import { simplify, stroked } from "./draw.js";
import { showTip } from "./frame.js";
import { watchAxis, watchKeys, watchMap } from "./gestures.js";
import { nearestPoint } from "./trails.js";
import { ALL, FRAME, PATHS } from "./redraw.js";
import { format, roundedTo } from "./scale.js";
import { shifted, wholeOf, zoomAround } from "./view.js";

/** Parts of the window that the start moves by, with a key alone and with shift. */
const NUDGE = 0.01;
const LEAP = 0.05;

/** @returns {() => void} stops what may still be waiting */
export function createInteractions({ f, scene, player, server, views, series, layers, domain, request, drag }) {
  const { state } = scene;
  const axes = () => views["2d"].axes;
  /** What a pointer means is no finer than a pixel of the map: these digits are the run's and the link's. */
  const meant = (x, y) => {
    const { box } = views[state.panel];
    const { x0, x1, y0, y1 } = state.view;
    return [roundedTo(x, (x1 - x0) / (box.right - box.left)), roundedTo(y, (y1 - y0) / (box.bottom - box.top))];
  };
  const moveStart = (px, py, done) => {
    const [x, y] = meant(px, py);
    scene.start = [x, y];
    drag.held = !done;
    state.grabbed = !done;
    server.start.push({ x, y, dragging: !done });
    request(FRAME);
  };
  const zoom = (px, py, factor) => {
    if (state.panel === "3d") state.camera = nearer(state.camera, 1 / factor);
    else if (state.panel === "2d" && axes()) {
      const { x, y } = axes();
      state.view = zoomAround(state.view, wholeOf(domain()), x.from(px), y.from(py), factor);
    } else return;
    request(ALL);
  };
  const reset = () => {
    if (state.panel === "3d") state.camera = firstCamera();
    else state.view = wholeOf(domain());
    request(ALL);
  };
  f.reset.addEventListener("click", () => {
    reset();
    f.root.focus({ preventScroll: true }); // the button is about to go
  });
  const drawCurve = (phase, point) => {
    const { sketch } = scene;
    if (phase === "begin") Object.assign(sketch, { curve: [], last: point, seq: null });
    if (phase !== "end") sketch.curve = stroked(sketch.curve, sketch.last, point);
    else sketch.seq = server.draw(simplify(sketch.curve));
    sketch.last = point;
    request(PATHS);
    return true;
  };
  const stopMap = watchMap(layers.land.top, {
    grab(px, py, touch) {
      const ring = views[state.panel].ring(scene);
      return Boolean(ring) && Math.hypot(ring[0] - px, ring[1] - py) < (touch ? 26 : 16);
    },
    dragStart: (px, py, done) => moveStart(...views[state.panel].startAt(scene, px, py), done),
    pan(dx, dy) {
      if (state.panel === "3d") state.camera = orbited(state.camera, dx, dy);
      else if (state.panel === "2d") {
        const { x, y } = axes();
        state.view = shifted(state.view, x.from(0) - x.from(dx), y.from(0) - y.from(dy));
      } else return;
      request(ALL);
    },
    zoom,
    click(px, py) {
      const { box } = views["2d"];
      if (!scene.draggable || state.panel !== "2d") return;
      const inside = px >= box.left && px <= box.right && py >= box.top && py <= box.bottom;
      if (inside) moveStart(axes().x.from(px), axes().y.from(py), true);
    },
    reset,
    hover(px, py) {
      const point = px === null ? null : nearestPoint(scene.runs, views[state.panel].points(), px, py, 16, scene.shown);
      const text = point && `${point.run.name}  step ${point.step}  loss ${format(point.run.loss[point.step], 5)}`;
      showTip(f.tip, f.root, f.landBox, point ? [point.x, point.y] : [0, 0], text);
    },
  });
  series.forEach((s, i) => {
    const box = [f.lossBox, f.rateBox][i];
    const { top } = [layers.loss, layers.rate][i];
    watchAxis(top, {
      scrub: (px) => player.to(s.stepAt(px)),
      draw: (phase, px, py) => i === 1 && scene.sketch.on && drawCurve(phase, s.rateAt(px, py, scene.n)),
      hover(px, py) {
        const run = scene.runs[state.focus];
        const k = px === null || !run ? null : Math.round(Math.min(Math.max(s.stepAt(px), 0), scene.n));
        const pen = i === 1 && scene.sketch.on && px !== null ? s.rateAt(px, py, scene.n)[1] : null;
        const words = () => {
          if (pen !== null) return `draw α ${format(pen)}`;
          if (i && !run.rated) return "no rate";
          return i ? `α ${format(run.rate[Math.min(k, run.n - 1)], 5)}` : `loss ${format(run.loss[k], 5)}`;
        };
        const text = k === null || k > run.n ? null : `step ${k}  ${words()}`;
        showTip(f.tip, f.root, box, [px ?? 0, py ?? 0], text);
      },
    });
  });
  f.draw.addEventListener("click", () => {
    scene.sketch.on = !scene.sketch.on;
    f.draw.setAttribute("aria-pressed", String(scene.sketch.on));
    f.rateBox.classList.toggle("drawing", scene.sketch.on);
    series[1].measure(scene, performance.now());
    request(ALL);
  });
  watchKeys(f.root, player);
  f.start.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const { view } = state;
    const part = event.shiftKey ? LEAP : NUDGE;
    const [x, y] = scene.start;
    if (state.panel === "slice") {
      const { direction, s } = scene.slice;
      const by = (way[0] + way[1]) * part * (s[s.length - 1] - s[0]);
      moveStart(x + by * direction[0], y + by * direction[1], true);
      return;
    }
    moveStart(x + way[0] * part * (view.x1 - view.x0), y + way[1] * part * (view.y1 - view.y0), true);
  });
  return stopMap;
}
