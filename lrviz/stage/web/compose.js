/** All panels as one picture: for a film, and for what is on the screen now. */
import { marker } from "./marks.js";
import { SHAPES } from "./palette.js";

const HEAD = 32;
const GAP = 14;
const EDGE = 12;
const LETTERS = 8;

/**
 * Where the panels lie on it, in CSS pixels. Beside each other as on a wide page, else one below the other.
 * Sides are even: films need it.
 * @param {{width: number, height: number}[]} sizes  of the canvases: landscape, loss, rate
 * @returns {{width: number, height: number, places: {x: number, y: number, width: number, height: number}[]}}
 */
export function arrangement([land, loss, rate], wide) {
  const at = ({ width, height }, x, y) => ({ x, y, width, height });
  const first = at(land, EDGE, EDGE + HEAD);
  const x = wide ? EDGE + land.width + GAP : EDGE;
  const second = at(loss, x, EDGE + HEAD + (wide ? 0 : land.height + HEAD));
  const third = at(rate, x, second.y + loss.height + HEAD);
  const places = [first, second, third];
  const far = (side, size) => Math.max(...places.map((p) => p[side] + p[size])) + EDGE;
  const even = (v) => 2 * Math.ceil(v / 2);
  return { width: even(far("x", "width")), height: even(far("y", "height")), places };
}

/** The part of the runs' names that fits: as many as there is room for, then how many more there are. */
export function fitting(widths, room) {
  let used = 0;
  let count = 0;
  while (count < widths.length && used + widths[count] <= room) used += widths[count++];
  return count;
}

/** @param {{f: object, scene: object, layers: {land: object, loss: object, rate: object}}} stage */
export function createComposite({ f, scene, layers }) {
  const canvas = document.createElement("canvas");
  const g = canvas.getContext("2d", { alpha: false });
  const parts = [layers.land, layers.loss, layers.rate];
  let plan = null;
  let ratio = 1;

  function words(text, x, y, { bold = false, colour = scene.palette.ink, right = false } = {}) {
    g.font = `${bold ? "600 " : ""}14px ${scene.palette.font}`;
    g.textBaseline = "middle";
    g.textAlign = right ? "right" : "left";
    g.fillStyle = colour;
    g.fillText(text, x, y);
    return g.measureText(text).width;
  }

  function drawRuns({ x, y, width }) {
    const { palette, state, n } = scene;
    const step = `step ${Math.floor(state.cursor)} / ${n}`;
    const taken = words(step, x + width, y - HEAD / 2, { right: true, colour: palette.soft });
    g.font = `600 14px ${palette.font}`;
    const runs = scene.runs.filter((run) => scene.shown(run));
    const widths = runs.map((run) => g.measureText(run.name).width + 4 * LETTERS);
    const count = fitting(widths, width - taken - 5 * LETTERS);
    let at = x + LETTERS;
    for (let i = 0; i < count; i++) {
      marker(g, SHAPES[runs[i].colour], at, y - HEAD / 2, 5, palette.runs[runs[i].colour], palette.paper);
      words(runs[i].name, at + 11, y - HEAD / 2, { bold: true });
      at += widths[i];
    }
    if (count < runs.length) words(`+ ${runs.length - count}`, at, y - HEAD / 2, { colour: palette.soft });
  }

  const composite = {
    canvas,
    /** Takes the panels' sizes of now; a film keeps them to its end. */
    begin() {
      const wide = f.lossBox.getBoundingClientRect().left >= f.landBox.getBoundingClientRect().right;
      plan = arrangement(parts, wide);
      ratio = Math.max(1, Math.min(layers.land.ratio, 2));
      canvas.width = 2 * Math.round((plan.width * ratio) / 2);
      canvas.height = 2 * Math.round((plan.height * ratio) / 2);
    },
    draw() {
      const { palette } = scene;
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      g.fillStyle = palette.paper;
      g.fillRect(0, 0, plan.width, plan.height);
      parts.forEach((part, i) => {
        const { x, y, width, height } = plan.places[i];
        for (const layer of [part.background, part.head]) g.drawImage(layer.canvas, x, y, width, height);
      });
      const [land, loss, rate] = plan.places;
      drawRuns(land);
      words(f.lossTitle.textContent, loss.x, loss.y - HEAD / 2, { bold: true });
      words(f.best.textContent, loss.x + loss.width, loss.y - HEAD / 2, { right: true, colour: palette.soft });
      words("Learning rate α", rate.x, rate.y - HEAD / 2, { bold: true });
    },
  };
  return composite;
}
