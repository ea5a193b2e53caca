/** One map on a page: what Python says of it, what the visitor does with it, and what is drawn when. */
import { say } from "../../stage/web/dom.js";
import { readPalette } from "../../stage/web/palette.js";
import { format } from "../../stage/web/scale.js";
import { unpack } from "../../stage/web/unpack.js";
import { positions } from "./colours.js";
import { boxesOf, drawBase, drawHead, finest, scalesOf } from "./drawing.js";
import { createFrame } from "./frame.js";
import { watchKeys, watchPlane } from "./gestures.js";
import { showLegend, told } from "./legend.js";
import { bestOf, createLevel } from "./level.js";
import { createPicture } from "./picture.js";
import { between, digitsFor, indexOf, placeOf, same, valueAt, zoomed } from "./region.js";
import { STYLE } from "./style.js";
import { COARSE, FINE, createTiles, readTile } from "./tiles.js";

/** Milliseconds that a zoom rests before its tiles are asked for, and before the page is told of it. */
const SOON = 70;
const REST = 400;
/** Milliseconds after the last arrow key until the point's run is asked for. */
const SETTLED = 180;
const MOST_BACK = 24;
/** Arrow keys go so many parts of what is seen. */
const KEYS = 128;
/** A scale of colours stays where the new one lies in it and fills so much of it. */
const FILLS = 0.4;
const HINT =
  "Click: play that run. Drag a box or Ctrl and wheel: zoom. Arrow keys move the point, Enter plays, + and − zoom.";
const TOUCH = "Tap: play that run. Pinch: zoom.";

export function createMap(parent) {
  const f = createFrame();
  const style = document.createElement("style");
  style.textContent = STYLE;
  parent.append(style, f.root);
  const touch = matchMedia("(pointer: coarse)");
  const counts = { answers: 0, tiles: 0, frames: 0, drawnAt: 0, sent: 0, tileAt: {} };
  const state = { region: null, levels: [], back: [], measures: null, point: null, hover: null, drawn: null };
  let message = null;
  let component = null;
  let seq = Date.now();
  let asked = 0; // the number under which the latest point was sent
  let wanted = null; // the number of the tiles that the script was asked for and that are not here
  let raf = 0;
  let anew = true; // must the map itself be drawn again, not only what lies over it
  let [loading, resting, settling] = [null, null, null];
  let gesture = null;

  const tiles = createTiles({
    tile: (tile, region) => take(tile, region),
    none: () => ask(),
    idle: () => request(true),
  });

  // Server ------------------------------------------------------------------

  const send = (name, value) => {
    counts.sent++;
    component.setStateValue(name, { seq: ++seq, ...value });
    return seq;
  };
  const ends = ({ x, y }) => ({ x: [x.low, x.high], y: [y.low, y.high] });

  function update(next) {
    component = next;
    if (next.data === message?.raw) {
      request(true);
      return;
    }
    const read = unpack(next.data);
    const before = message?.meta;
    message = { ...read, raw: next.data };
    const { meta, arrays } = message;
    counts.answers++;
    const axes = axesOf(meta);
    const moved = !before || before.revision !== meta.revision;
    const other = !before || before.ground !== meta.ground;
    if (moved) {
      if (before && other) state.back = [];
      state.region = axes;
    }
    if (other) {
      if (before && !sameKind(before, meta)) state.levels = [];
      state.measures = sameKind(before, meta) ? state.measures : null;
    }
    if (!(asked > (meta.echo.point ?? 0))) state.point = { x: meta.point[0], y: meta.point[1] };
    f.root.setAttribute("aria-label", meta.label);
    f.plane.setAttribute("aria-label", `${meta.frame.title}. ${touch.matches ? TOUCH : HINT}`);
    f.root.style.setProperty("--height", `${meta.height}px`);
    say(f.hint, touch.matches ? TOUCH : HINT);
    if (other || moved) {
      const tile = arrays.tile && readTile(arrays.tile);
      const fits = tile && sees(meta.region);
      if (fits) take(tile, state.region);
      load(fits ? COARSE.filter((points) => points > tile.meta.points) : COARSE);
    } else if (arrays.fine && sees(meta.region)) {
      wanted = null;
      for (const tile of [arrays.tile, arrays.fine]) take(readTile(tile), state.region);
    } else if (wanted && meta.echo.want >= wanted) ask(); // the message that held them was overtaken by this one
    request(true);
  }

  /** Is this the region that is seen? {x: [low, high], y: [low, high]} */
  const sees = ({ x, y }) =>
    same(state.region, { x: { low: x[0], high: x[1] }, y: { low: y[0], high: y[1] } });

  /** Does the same picture hold until the new one comes? */
  const sameKind = (before, meta) =>
    Boolean(before) &&
    before.frame.show.key === meta.frame.show.key &&
    ["x", "y"].every((name) => before.frame.axes[name].key === meta.frame.axes[name].key) &&
    ["x", "y"].every((name) => before.frame.axes[name].scale === meta.frame.axes[name].scale);

  const axesOf = (meta) => ({ x: meta.frame.axes.x, y: meta.frame.axes.y });

  function load(points) {
    clearTimeout(loading);
    loading = null;
    if (tiles.there) tiles.load(message.meta.ask, state.region, points);
    else ask();
  }

  /** Where the server has no endpoint for tiles, the page's script answers. */
  function ask() {
    wanted = send("want", { ...ends(state.region) });
  }

  function take(tile, region) {
    if (!same(region, state.region)) return;
    counts.tiles++;
    const { meta } = tile;
    let level = state.levels.find((one) => one.points === meta.points && scenes.current(one));
    if (!level) {
      level = createLevel(region, tile);
      level.ground = message.meta.ground;
      if (meta.span) measure(meta);
      arrange(level);
    }
    if (level.whole) return;
    const part = level.add(tile);
    level.picture ??= createPicture(level, { show: show(), span: state.measures.span, tables: tables() });
    level.picture.paint(part);
    if (level.whole) {
      level.best = bestOf(level, show());
      if (meta.points > COARSE[0]) {
        const finer = (one) => one.points > level.points && scenes.current(one);
        state.levels = state.levels.filter((one) => one === level || finer(one));
      }
      counts.tileAt[meta.points] = performance.now();
    }
    request(true);
  }

  /** The scale of the colours, from the coarse picture of this region; the one before stays where it will do. */
  function measure({ span, levels, lines, marks }) {
    const now = state.measures?.span;
    const old = state.levels.length > 0;
    const kept = old && now && !span.lost && holds(now, span);
    state.measures = kept ? { ...state.measures, lines, marks } : { span, isolevels: levels, lines, marks };
    if (!kept) state.levels = [];
  }

  function holds(now, next) {
    const log = show().scale === "log";
    const of = log ? Math.log : (v) => v;
    const width = ({ low, high }) => of(high) - of(low);
    return now.low <= next.low && now.high >= next.high && width(next) >= FILLS * width(now);
  }

  /** The new level over those that are coarser here, below those that are finer and cover all that is seen. */
  function arrange(level) {
    const finer = state.levels.filter((old) => old.ground === level.ground && covers(old) && cellsSeen(old) > level.nx);
    const rest = level.points === COARSE[0] ? [] : state.levels.filter((old) => !finer.includes(old));
    state.levels = [...rest, level, ...finer];
  }

  const seen = (old, name) => {
    const [own, axis] = [old.region[name], state.region[name]];
    return [placeOf(own, axis.low), placeOf(own, axis.high)];
  };
  const covers = (old) => ["x", "y"].every((name) => seen(old, name)[0] >= -1e-9 && seen(old, name)[1] <= 1 + 1e-9);
  const cellsSeen = (old) => old.nx * (seen(old, "x")[1] - seen(old, "x")[0]);

  const show = () => message.meta.frame.show;
  const tables = () => message.meta.tables;

  // What the visitor does ---------------------------------------------------

  function go(region, { remember = true, soon = false } = {}) {
    if (same(region, state.region)) return;
    if (remember && !gesture) {
      state.back.push({ region: state.region, levels: state.levels, measures: state.measures });
      if (state.back.length > MOST_BACK) state.back.shift();
    }
    state.region = region;
    state.hover = null;
    clearTimeout(loading);
    if (soon) {
      gesture = true;
      loading = setTimeout(() => {
        gesture = null;
        load(COARSE);
      }, SOON);
    } else load(COARSE);
    tell();
    request(true);
  }

  function tell() {
    clearTimeout(resting);
    resting = setTimeout(() => send("window", ends(state.region)), REST);
  }

  function back() {
    const last = state.back.pop();
    if (!last) return;
    Object.assign(state, { region: last.region, levels: last.levels, measures: last.measures, hover: null });
    const level = finest(state.levels);
    const points = level && scenes.current(level) ? COARSE.filter((one) => one > level.points) : COARSE;
    load(points);
    tell();
    request(true);
  }

  function home() {
    const { whole } = message.meta;
    const axes = axesOf(message.meta);
    go({ x: { ...axes.x, low: whole.x[0], high: whole.x[1] }, y: { ...axes.y, low: whole.y[0], high: whole.y[1] } });
  }

  function zoom(px, py, factor, soon) {
    const scales = scalesOf(state.region, boxes.plot);
    const { x, y } = state.region;
    go({ x: zoomed(x, scales.x.place(px), factor), y: zoomed(y, scales.y.place(py), factor) }, { soon });
  }

  /** The cell under a pixel, of the finest level that is there; null outside. */
  function cellAt(px, py) {
    const { plot } = boxes;
    if (px < plot.left || px > plot.right || py < plot.top || py > plot.bottom) return null;
    const scales = scalesOf(state.region, plot);
    const [x, y] = [valueAt(state.region.x, scales.x.place(px)), valueAt(state.region.y, scales.y.place(py))];
    return snapped(x, y);
  }

  function snapped(x, y) {
    const level = finest(state.levels);
    if (!level || !scenes.current(level)) return { x: clamp(state.region.x, x), y: clamp(state.region.y, y) };
    return { x: level.x[indexOf(level.x, x)], y: level.y[indexOf(level.y, y)] };
  }

  const clamp = ({ low, high, whole }, v) => {
    const held = Math.min(Math.max(v, low), high);
    return whole ? Math.round(held) : held;
  };

  function play(point, plays) {
    clearTimeout(settling);
    state.point = point;
    asked = send("point", { x: point.x, y: point.y, play: plays });
    request(false);
  }

  watchPlane(f.plane, {
    hover(px, py) {
      state.hover = px === null || !message ? null : cellAt(px, py);
      request(false);
    },
    click(px, py) {
      const cell = message && cellAt(px, py);
      f.plane.focus({ preventScroll: true });
      if (cell) play(cell, true);
    },
    box(x0, y0, x1, y1, done) {
      const { plot } = boxes;
      const hold = (v, a, b) => Math.min(Math.max(v, a), b);
      const across = (v) => hold(v, plot.left, plot.right);
      const down = (v) => hold(v, plot.top, plot.bottom);
      const box = [across(x0), down(y0), across(x1), down(y1)];
      state.drawn = done ? null : box;
      state.hover = null;
      request(false);
      if (!done) return;
      const scales = scalesOf(state.region, plot);
      const x = between(state.region.x, scales.x.place(box[0]), scales.x.place(box[2]));
      const y = between(state.region.y, scales.y.place(box[1]), scales.y.place(box[3]));
      if (x && y) go({ x, y });
      else say(f.numbers, "No number of float64 lies between these any more.");
    },
    drop() {
      state.drawn = null;
      request(false);
    },
    zoom: (px, py, factor) => message && zoom(px, py, factor, true),
  });

  watchKeys(f.plane, {
    move(dx, dy) {
      const { x, y } = state.region;
      const at = state.point ?? { x: valueAt(x, 0.5), y: valueAt(y, 0.5) };
      const step = (axis, v, by) => {
        if (!by) return v;
        if (axis.whole) return clamp(axis, v + by);
        return clamp(axis, valueAt(axis, Math.min(Math.max(placeOf(axis, v), 0), 1) + by / KEYS));
      };
      state.point = { x: step(x, at.x, dx), y: step(y, at.y, dy) };
      state.hover = null;
      asked = Infinity;
      clearTimeout(settling);
      settling = setTimeout(() => play(state.point, false), SETTLED);
      request(false);
    },
    play: () => state.point && play(state.point, true),
    zoom(factor) {
      const scales = scalesOf(state.region, boxes.plot);
      const { x, y } = state.point ?? { x: valueAt(state.region.x, 0.5), y: valueAt(state.region.y, 0.5) };
      const { left, right, top, bottom } = boxes.plot;
      const px = Math.min(Math.max(scales.x.to(x), left), right);
      const py = Math.min(Math.max(scales.y.to(y), top), bottom);
      zoom(px, py, factor, true);
    },
    back,
    whole: home,
  });
  f.back.addEventListener("click", back);
  f.whole.addEventListener("click", home);
  f.fine.addEventListener("click", () => {
    const level = finest(state.levels);
    const missing = COARSE.filter((points) => !level || points > level.points);
    load([...missing, FINE]);
  });

  // Drawing -----------------------------------------------------------------

  let boxes = boxesOf(600, 420, true);
  const scenes = {
    /** Is this level of the region that is seen, of the map that is shown? */
    current: (level) => same(level.region, state.region) && level.ground === message.meta.ground,
  };

  function request(base) {
    anew ||= base;
    if (!raf) raf = requestAnimationFrame(frame);
  }

  function frame() {
    raf = 0;
    if (!f.root.isConnected || !message) return;
    const [width, height] = [f.plane.clientWidth, f.plane.clientHeight];
    if (!width || !height) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [f.base, f.head]) {
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== wide || canvas.height !== high) {
        [canvas.width, canvas.height] = [wide, high];
        anew = true;
      }
    }
    boxes = boxesOf(width, height, show().palette !== "kinds");
    const styles = getComputedStyle(f.root);
    const scene = {
      width, height, boxes, ...state,
      palette: readPalette((name) => styles.getPropertyValue(name), message.meta.runColours),
      tables: tables(),
      show: show(),
      span: state.measures?.span ?? { low: 1, high: 10, lost: [1, 10] },
      isolevels: state.measures?.isolevels ?? [],
      lines: state.measures?.lines ?? [],
      marks: state.measures?.marks ?? [],
      current: scenes.current,
    };
    f.root.dataset.theme = scene.palette.theme;
    const begin = (canvas) => {
      const g = canvas.getContext("2d");
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      return g;
    };
    if (anew) {
      anew = false;
      drawBase(begin(f.base), scene);
      legend(scene);
      counts.frames++;
      counts.drawnAt = performance.now();
    }
    drawHead(begin(f.head), scene);
    numbers(scene);
    f.back.disabled = !state.back.length;
    f.whole.disabled = same(state.region, wholeRegion());
    const level = finest(state.levels);
    f.fine.disabled = Boolean(level && scenes.current(level) && level.points >= FINE);
  }

  const wholeRegion = () => {
    const { whole } = message.meta;
    return { x: { low: whole.x[0], high: whole.x[1] }, y: { low: whole.y[0], high: whole.y[1] } };
  };

  function legend({ show, span, tables, lines }) {
    const level = finest(state.levels);
    const look = { show, span, tables, lines, gone: Boolean(level && hasGone(level)), best: Boolean(level?.best) };
    const key = JSON.stringify([show.key, show.name, span, look.gone, look.best, lines[0]?.name]);
    if (f.legend.dataset.key === key) return;
    f.legend.dataset.key = key;
    showLegend(f.legend, look);
  }

  const hasGone = (level) => (level.gone ??= level.values.some((v) => Number.isNaN(v) || v === Infinity));

  function numbers({ show }) {
    const level = finest(state.levels);
    const spot = state.hover ?? state.point;
    if (!spot) return;
    const { x, y } = state.region;
    const place = [x, y].map((axis, i) => {
      const v = i ? spot.y : spot.x;
      return `${axis.label} ${format(v, digitsFor(axis, 100))}`;
    });
    let value = "";
    if (level && scenes.current(level) && inside(spot)) {
      const n = level.number(indexOf(level.x, spot.x), indexOf(level.y, spot.y));
      value = n === null ? show.never : told(show, n);
    }
    say(f.numbers, `${place.join(", ")}${value && `: ${value}`}`);
  }

  const within = (axis, v) => v >= axis.low && v <= axis.high;
  const inside = ({ x, y }) => within(state.region.x, x) && within(state.region.y, y);

  const watcher = new ResizeObserver(() => request(true));
  watcher.observe(f.plane);

  /** For tests and measurements. */
  f.root.map = {
    counts,
    get region() {
      return ends(state.region);
    },
    get point() {
      return state.point;
    },
    get history() {
      return state.back.length;
    },
    get span() {
      return state.measures?.span;
    },
    get lines() {
      return state.measures?.lines ?? [];
    },
    /** Points a side of the finest picture of what is seen. */
    get points() {
      const level = finest(state.levels);
      return message && level && scenes.current(level) ? level.points : 0;
    },
    get best() {
      const level = finest(state.levels);
      const at = level?.best;
      return at && { x: level.x[at.column], y: level.y[at.row], value: level.number(at.column, at.row) };
    },
    /** The cells of the finest picture. */
    get cells() {
      const level = finest(state.levels);
      const values = level && Array.from(level.values, (v) => (level.logged ? 10 ** v : v));
      return level && { x: [...level.x], y: [...level.y], values };
    },
    get numbers() {
      return f.numbers.textContent;
    },
    toPixel(x, y) {
      const scales = scalesOf(state.region, boxes.plot);
      return [scales.x.to(x), scales.y.to(y)];
    },
    get box() {
      return boxes.plot;
    },
    position: (v) => positions(show(), state.measures.span, false)(v),
  };

  return {
    root: f.root,
    update,
    destroy() {
      for (const timer of [loading, resting, settling]) clearTimeout(timer);
      cancelAnimationFrame(raf);
      watcher.disconnect();
      tiles.close();
    },
  };
}
