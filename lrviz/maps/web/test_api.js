/** For tests and measurements: `element.map` of a map. */
import { scalesOf } from "./axes.js";
import { positions } from "./colours.js";
import { ends } from "./server.js";

export const createTestApi = ({ f, layers, state, display, navigation, counts }) => ({
  counts,
  get region() {
    return ends(layers.region);
  },
  get point() {
    return state.point;
  },
  get history() {
    return navigation.history;
  },
  get span() {
    return layers.measures?.span;
  },
  get lines() {
    return layers.measures?.lines ?? [];
  },
  /** Points a side of the finest picture of what is seen. */
  get points() {
    return state.message ? (layers.whole?.points ?? 0) : 0;
  },
  get best() {
    const level = layers.finest;
    const at = level?.best;
    return at && { x: level.x[at.column], y: level.y[at.row], value: level.number(at.column, at.row) };
  },
  /** The cells of the finest picture. */
  get cells() {
    const level = layers.finest;
    const values = level && Array.from(level.values, (v) => (level.logged ? 10 ** v : v));
    return level && { x: [...level.x], y: [...level.y], values };
  },
  get numbers() {
    return f.numbers.textContent;
  },
  toPixel(x, y) {
    const scales = scalesOf(layers.region, display.plot);
    return [scales.x.to(x), scales.y.to(y)];
  },
  get box() {
    return display.plot;
  },
  position: (v) => positions(state.message.meta.frame.show, layers.measures.span, false)(v),
});
