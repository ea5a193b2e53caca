/** Which part of the map is seen: zoom, back, the whole; and which tiles are loaded for it. */
import { same, zoomed } from "./region.js";
import { COARSE } from "./tiles.js";

/** Milliseconds that a zoom rests before its tiles are requested. */
const SOON = 70;
const MOST_BACK = 24;

/**
 * @param {object} layers
 * @param {{load: (points: number[]) => void, changed: () => void}} on  load: levels of what is seen; changed: another
 *   part is seen
 */
export function createNavigation(layers, on) {
  let history = [];
  let loading = null; // the timer of a gesture that goes on

  function load(points) {
    clearTimeout(loading);
    loading = null;
    on.load(points);
  }

  /** @param {{soon?: boolean}} how  soon: more of the same gesture may follow */
  function go(region, { soon = false } = {}) {
    if (same(region, layers.region)) return;
    if (!loading) {
      history.push(layers.saved());
      if (history.length > MOST_BACK) history.shift();
    }
    layers.region = region;
    clearTimeout(loading);
    if (soon) loading = setTimeout(() => load(COARSE), SOON);
    else load(COARSE);
    on.changed();
  }

  return {
    go,
    load,
    /** Around a place of both axes, which stays where it is. */
    zoom(tx, ty, factor) {
      const { x, y } = layers.region;
      go({ x: zoomed(x, tx, factor), y: zoomed(y, ty, factor) }, { soon: true });
    },
    back() {
      const last = history.pop();
      if (!last) return;
      layers.restore(last);
      const level = layers.whole;
      load(level ? COARSE.filter((one) => one > level.points) : COARSE);
      on.changed();
    },
    forget() {
      history = [];
    },
    get history() {
      return history.length;
    },
    close: () => clearTimeout(loading),
  };
}
