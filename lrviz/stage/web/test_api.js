/** The read-only test API of the stage (`element.stage`), for tests and the curious: every answer is a copy. */
import { cellsAt } from "./cells.js";
import { lastFinite } from "./runs.js";

/**
 * step, playing, speed, loop, panel, log, rateLog, focus; view {x0, x1, y0, y1}; camera; start [x, y]; theme;
 * runs [{name, visible, steps, x: position under the cursor, leaves: {step, loss}|null, lastFinite, cuts}];
 * cells {limit, waited, cut, cooling, cooldown, words} of the run in the readout, or null;
 * live {knob: {value, index, ready, preview}}; stops {knob: its values};
 * hovered {knob, ready, preview}: of the slider of the page that the pointer or the focus came to last, or null;
 * curve(i) -> {x, loss, rate} as drawn;
 * landscape {minima, heights}: as drawn, heights 0-65535, row by row from below;
 * slice {label, base, direction, s, loss};
 * boxes {land, loss, rate}: the plots' rectangles in pixels of their canvases; toPixel(x, y) and startPixel of the map;
 * drawing {on, steps}: of the curve that is drawn by hand, until its run has arrived;
 * stale: does the rest of the page wait for this picture; links: how many links the page has read;
 * names: the places of the lines' names on the panel of rates;
 * frames, drawnAt (when the last one was drawn, by performance.now), frameTimes (milliseconds between the last 600
 * frames while playing), inputToDraw (of the last 600 slider inputs), landscapesReceived, familiesReceived,
 * stopsReceived (by the HTTP endpoint), answers (messages drawn), dropped, sent (states sent to the server).
 */
export function createTestApi({ scene, sliders, hovered, panels, counts, families, preview, ready, stale, links }) {
  const { state } = scene;
  const api = {
    get step() { return Math.floor(state.cursor); },
    get steps() { return scene.n; },
    get playing() { return state.playing; },
    get speed() { return state.speed; },
    get loop() { return state.loop; },
    get panel() { return state.panel; },
    get log() { return state.log; },
    get rateLog() { return state.rateLog; },
    get focus() { return state.focus; },
    get view() { return state.view && { ...state.view }; },
    get camera() { return state.camera && { ...state.camera }; },
    get start() { return [...scene.start]; },
    get theme() { return scene.palette?.theme; },
    get runs() {
      return scene.runs.map((run) => {
        const k = Math.min(Math.floor(state.cursor), run.n);
        return {
          name: run.name,
          visible: scene.shown(run),
          steps: run.n,
          x: [run.x[2 * k], run.x[2 * k + 1]],
          loss: run.loss[k],
          leaves: run.leaves && { ...run.leaves },
          lastFinite: lastFinite(run),
          cuts: [...run.cuts],
        };
      });
    },
    get live() {
      const rows = {};
      for (const { knob, index, value, family } of sliders.state()) {
        rows[knob] = { index, value, ready: families.has(family), preview: preview()?.knob === knob };
      }
      return rows;
    },
    get stops() {
      return Object.fromEntries(sliders.state().map(({ knob, values }) => [knob, [...values]]));
    },
    get hovered() {
      const { knob } = hovered;
      return knob && { knob, ready: Boolean(ready()), preview: Boolean(preview()?.family) };
    },
    get cells() {
      const run = scene.runs[state.focus];
      return run ? cellsAt(run, Math.floor(state.cursor)) : null;
    },
    curve(i) {
      const run = scene.runs[i];
      return { x: [...run.x], loss: [...run.loss], rate: [...run.rate] };
    },
    get landscape() {
      const { landscape } = scene;
      return landscape && { minima: landscape.minima.map((at) => [...at]), heights: [...landscape.heights] };
    },
    get slice() {
      const { slice } = scene;
      const copy = (names) => Object.fromEntries(names.map((name) => [name, [...slice[name]]]));
      return slice && { label: slice.label, ...copy(["base", "direction", "s", "loss"]) };
    },
    get boxes() {
      return { land: { ...panels.land().box }, loss: { ...panels.loss.box }, rate: { ...panels.rate.box } };
    },
    toPixel(x, y) {
      const { axes } = panels.land();
      return axes ? [axes.x.to(x), axes.y.to(y)] : null;
    },
    get startPixel() { return panels.land().ring(scene); },
    get drawing() { return { on: scene.sketch.on, steps: Object.keys(scene.sketch.curve).length }; },
    get ranges() { return { loss: [...panels.loss.range], rate: [...panels.rate.range] }; },
    get names() { return panels.rate.names().map((at) => [...at]); },
    get frames() { return counts.frames; },
    get drawnAt() { return counts.drawnAt; },
    get frameTimes() { return [...counts.frameTimes]; },
    get drawTimes() { return [...counts.drawTimes]; },
    get inputToDraw() { return [...counts.inputToDraw]; },
    get landscapesReceived() { return counts.landscapes; },
    get familiesReceived() { return counts.families; },
    get stopsReceived() { return counts.stops; },
    get answers() { return counts.answers; },
    get dropped() { return counts.dropped; },
    get sent() { return counts.sent; },
    get stale() { return stale(); },
    get links() { return links(); },
  };
  return Object.freeze(api);
}
