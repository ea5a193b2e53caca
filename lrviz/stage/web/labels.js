/** The words around the drawings. */
import { say } from "./dom.js";
import { showLegend, showSigns, showSwitch } from "./frame.js";
import { format, formatPair } from "./scale.js";

/** Legend, switch, signs and titles. */
export function showLabels(f, scene, panels, toggleRun, choosePanel) {
  const { state } = scene;
  showLegend(f.legend, scene, toggleRun);
  showSwitch(f.switcher, panels, state.panel, choosePanel);
  f.slices.hidden = state.panel !== "slice" || scene.slices.length < 2;
  f.slices.value = String(state.slice);
  showSigns(f.signs, { run: scene.runs[state.focus], panel: state.panel });
  f.log.setAttribute("aria-pressed", String(state.log));
  say(f.lossTitle, state.log && scene.floor !== 0 ? `Loss − ${format(scene.floor)}` : "Loss");
  const focus = scene.runs[state.focus];
  let best = Infinity;
  if (focus) for (const v of focus.loss) if (v < best) best = v;
  say(f.best, focus ? `best ${format(best)}` : "");
}

/** The start can be reached by keyboard: a button lies over its ring. */
export function placeStart(f, scene, view) {
  const at = view.ring(scene);
  f.start.hidden = !at;
  if (at) f.start.style.transform = `translate(${at[0] - 22}px, ${at[1] - 22}px)`;
  const label = `Start ${formatPair(...scene.start)}. Arrow keys move it.`;
  if (f.start.getAttribute("aria-label") !== label) f.start.setAttribute("aria-label", label);
}

/** What a screen reader hears, at rest. */
export function tell(canvas, announcer, scene) {
  const { state } = scene;
  const run = scene.runs[state.focus];
  if (!run) return;
  const k = Math.min(Math.floor(state.cursor), run.n);
  const paused = `Paused at step ${k} of ${scene.n}. ${run.name}: loss ${format(run.loss[k])}`;
  const words = state.playing ? "Playing" : paused;
  announcer.announce(words);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Landscape with ${scene.runs.map((r) => r.name).join(", ")}. ${words}`);
}
