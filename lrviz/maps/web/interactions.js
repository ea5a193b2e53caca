/** What the visitor does with the pointer, the keys and the buttons. */
import { say } from "../../stage/web/dom.js";
import { scalesOf } from "./axes.js";
import { wholeOf } from "./display.js";
import { watchKeys, watchPlane } from "./gestures.js";
import { between, indexOf, placeOf, valueAt } from "./region.js";
import { COARSE, FINE } from "./tiles.js";

/** Milliseconds after the last arrow key until the point's run is requested. */
const SETTLED = 180;
/** Arrow keys go so many parts of what is seen. */
const KEYS = 128;

const hold = (v, low, high) => Math.min(Math.max(v, low), high);

/** @param {{f: object, layers: object, state: object, display: object, navigation: object, server: object}} parts */
export function createInteractions({ f, layers, state, display, navigation, server }) {
  let settling = null;
  const scales = () => scalesOf(layers.region, display.plot);

  const inAxis = ({ low, high, whole }, v) => (whole ? Math.round(hold(v, low, high)) : hold(v, low, high));

  /** The cell under a pixel, of the finest level that is there; null outside. */
  function cellAt(px, py) {
    const { left, right, top, bottom } = display.plot;
    if (px < left || px > right || py < top || py > bottom) return null;
    const { region, whole: level } = layers;
    const { x: across, y: up } = scales();
    const [x, y] = [valueAt(region.x, across.place(px)), valueAt(region.y, up.place(py))];
    if (!level) return { x: inAxis(region.x, x), y: inAxis(region.y, y) };
    return { x: level.x[indexOf(level.x, x)], y: level.y[indexOf(level.y, y)] };
  }

  function choose(point, plays) {
    clearTimeout(settling);
    state.point = point;
    server.point(point, plays);
    display.request(false);
  }

  function zoomAt(px, py, factor) {
    const { x, y } = scales();
    navigation.zoom(x.place(px), y.place(py), factor);
  }

  const middle = () => ({ x: valueAt(layers.region.x, 0.5), y: valueAt(layers.region.y, 0.5) });

  watchPlane(f.plane, {
    hover(px, py) {
      state.hover = px === null || !state.message ? null : cellAt(px, py);
      display.request(false);
    },
    click(px, py) {
      const cell = state.message && cellAt(px, py);
      f.plane.focus({ preventScroll: true });
      if (cell) choose(cell, true);
    },
    box(x0, y0, x1, y1, done) {
      const { left, right, top, bottom } = display.plot;
      const [a, b] = [hold(x0, left, right), hold(x1, left, right)];
      const [c, d] = [hold(y0, top, bottom), hold(y1, top, bottom)];
      state.box = done ? null : [a, c, b, d];
      state.hover = null;
      display.request(false);
      if (!done) return;
      const { x: across, y: up } = scales();
      const x = between(layers.region.x, across.place(a), across.place(b));
      const y = between(layers.region.y, up.place(c), up.place(d));
      if (x && y) navigation.go({ x, y });
      else say(f.numbers, "No number of float64 lies between these any more.");
    },
    drop() {
      state.box = null;
      display.request(false);
    },
    zoom: (px, py, factor) => state.message && zoomAt(px, py, factor),
  });

  watchKeys(f.plane, {
    move(dx, dy) {
      const at = state.point ?? middle();
      const moved = (axis, v, by) => {
        if (!by) return v;
        return inAxis(axis, axis.whole ? v + by : valueAt(axis, hold(placeOf(axis, v), 0, 1) + by / KEYS));
      };
      const { x, y } = layers.region;
      state.point = { x: moved(x, at.x, dx), y: moved(y, at.y, dy) };
      state.hover = null;
      server.pointMoves();
      clearTimeout(settling);
      settling = setTimeout(() => choose(state.point, false), SETTLED);
      display.request(false);
    },
    play: () => state.point && choose(state.point, true),
    zoom(factor) {
      const { left, right, top, bottom } = display.plot;
      const { x, y } = state.point ?? middle();
      const { x: across, y: up } = scales();
      zoomAt(hold(across.to(x), left, right), hold(up.to(y), top, bottom), factor);
    },
    back: navigation.back,
    whole: home,
  });

  function home() {
    navigation.go(wholeOf(state.message.meta));
  }

  f.back.addEventListener("click", navigation.back);
  f.whole.addEventListener("click", home);
  f.fine.addEventListener("click", () => {
    const level = layers.finest;
    navigation.load([...COARSE.filter((points) => !level || points > level.points), FINE]);
  });

  return { close: () => clearTimeout(settling) };
}
