/** What is on the screen: both canvases, legend, numbers and buttons, each frame in which something changed. */
import { say } from "../../stage/web/dom.js";
import { readPalette } from "../../stage/web/palette.js";
import { format } from "../../stage/web/scale.js";
import { boxesOf } from "./axes.js";
import { drawBackground } from "./background.js";
import { drawForeground } from "./foreground.js";
import { numberText, showLegend } from "./legend.js";
import { digitsFor, indexOf, same } from "./region.js";
import { FINE } from "./tiles.js";

/** @returns {{x: object, y: object}} the whole map */
export const wholeOf = ({ frame, whole }) => ({
  x: { ...frame.axes.x, low: whole.x[0], high: whole.x[1] },
  y: { ...frame.axes.y, low: whole.y[0], high: whole.y[1] },
});

/**
 * @param {object} f  the elements
 * @param {object} layers
 * @param {{message: object|null, point: object|null, hover: object|null, box: number[]|null}} state
 * @param {() => boolean} canGoBack
 * @param {object} counts
 */
export function createDisplay(f, layers, state, canGoBack, counts) {
  let boxes = boxesOf(600, 420, true);
  let raf = 0;
  let anew = true; // must the map itself be drawn again, not only what lies over it

  /** @param {boolean} all  not only what lies over the map */
  function request(all) {
    anew ||= all;
    if (!raf) raf = requestAnimationFrame(frame);
  }

  function frame() {
    raf = 0;
    if (!f.root.isConnected || !state.message) return;
    const [width, height] = [f.plane.clientWidth, f.plane.clientHeight];
    if (!width || !height) return;
    const { meta } = state.message;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [f.background, f.foreground]) {
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== wide || canvas.height !== high) {
        [canvas.width, canvas.height] = [wide, high];
        anew = true;
      }
    }
    const { show } = meta.frame;
    boxes = boxesOf(width, height, show.palette !== "kinds");
    const styles = getComputedStyle(f.root);
    const { levels, measures, region, current } = layers;
    const scene = {
      width, height, boxes, region, levels, current, show,
      point: state.point, hover: state.hover, drawn: state.box,
      palette: readPalette((name) => styles.getPropertyValue(name), meta.runColours),
      tables: meta.tables,
      span: measures?.span ?? { low: 1, high: 10, lost: [1, 10] },
      isolevels: measures?.isolevels ?? [],
      lines: measures?.lines ?? [],
      marks: measures?.marks ?? [],
    };
    f.root.dataset.theme = scene.palette.theme;
    const begin = (canvas) => {
      const g = canvas.getContext("2d");
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      return g;
    };
    if (anew) {
      anew = false;
      drawBackground(begin(f.background), scene);
      legend(scene);
      counts.frames++;
      counts.drawnAt = performance.now();
    }
    drawForeground(begin(f.foreground), scene);
    numbers(show);
    f.back.disabled = !canGoBack();
    f.whole.disabled = same(region, wholeOf(meta));
    f.fine.disabled = layers.whole?.points >= FINE;
  }

  function legend({ show, span, tables, lines }) {
    const level = layers.finest;
    const look = { show, span, tables, lines, gone: Boolean(level && hasGone(level)), best: Boolean(level?.best) };
    const key = JSON.stringify([show.key, show.name, span, look.gone, look.best, lines[0]?.name]);
    if (f.legend.dataset.key === key) return;
    f.legend.dataset.key = key;
    showLegend(f.legend, look);
  }

  const hasGone = (level) => (level.gone ??= level.values.some((v) => Number.isNaN(v) || v === Infinity));

  function numbers(show) {
    const spot = state.hover ?? state.point;
    if (!spot) return;
    const { region, whole: level } = layers;
    const place = ["x", "y"].map((name) => `${region[name].label} ${format(spot[name], digitsFor(region[name], 100))}`);
    const inside = ["x", "y"].every((name) => spot[name] >= region[name].low && spot[name] <= region[name].high);
    let value = "";
    if (level && inside) {
      const [i, j] = [indexOf(level.x, spot.x), indexOf(level.y, spot.y)];
      const n = level.number(i, j);
      value = n === null ? show.never : numberText(show, n);
      const itself = level.x[i] === spot.x && level.y[j] === spot.y;
      // At an edge it may end otherwise than the run of the point.
      if (spot === state.point && !itself) value = `its cell ${value}`;
    }
    say(f.numbers, `${place.join(", ")}${value && `: ${value}`}`);
  }

  const watcher = new ResizeObserver(() => request(true));
  watcher.observe(f.plane);

  return {
    request,
    get plot() {
      return boxes.plot;
    },
    close() {
      cancelAnimationFrame(raf);
      watcher.disconnect();
    },
  };
}
