/** The words around the drawings. */
import { firstCamera } from "./camera.js";
import { namePicture, say } from "./dom.js";
import { showLegend, showMarkerLegend, showSwitch } from "./frame.js";
import { format, formatPair } from "./scale.js";
import { wholeOf } from "./view.js";

/** Legend, switch and titles. */
export function showLabels(f, scene, panels, toggleRun, choosePanel) {
  const { state } = scene;
  f.reset.hidden = !isMoved(state, scene.landscape);
  showLegend(f.legend, scene, toggleRun);
  showSwitch(f.switcher, panels, state.panel, choosePanel);
  f.slices.hidden = state.panel !== "slice" || scene.slices.length < 2;
  f.slices.value = String(state.slice);
  f.log.setAttribute("aria-pressed", String(state.log));
  f.rateLog.setAttribute("aria-pressed", String(state.rateLog));
  const { floor } = scene; // what the logarithmic scale is above
  const above = state.log && floor !== 0;
  say(f.lossTitle, above ? `Loss ${floor < 0 ? "+" : "−"} ${format(Math.abs(floor))}` : "Loss");
  f.root.toggleAttribute("data-above", above);
  const focus = scene.runs[state.focus];
  const lowest = lowestOf(focus);
  say(f.best, lowest ? `lowest ${format(lowest.loss)}` : "");
  f.best.title = lowest ? `Lowest loss of ${focus.name}: ${format(lowest.loss)}, at step ${lowest.step}` : "";
}

/** The lowest loss of a run, and its step; null where it has none. */
function lowestOf(run) {
  let step = -1;
  run?.loss.forEach((v, k) => {
    if (v < (step < 0 ? Infinity : run.loss[step])) step = k;
  });
  return step < 0 ? null : { step, loss: run.loss[step] };
}

/** Is the map or the camera elsewhere than at first? */
function isMoved({ panel, view, camera }, landscape) {
  if (panel === "slice" || !landscape || !view) return false;
  const differs = (one, other) => Object.keys(one).some((key) => one[key] !== other[key]);
  return panel === "3d" ? differs(camera, firstCamera()) : differs(view, wholeOf(landscape.domain));
}

/** What the arrows and markers mean that are drawn at this step. */
export function updateMarkerLegend(f, scene, view) {
  const { panel, focus } = scene.state;
  showMarkerLegend(f.markerLegend, { run: scene.runs[focus], panel, tangent: view.tangent });
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
  namePicture(canvas, `Landscape with ${scene.runs.map((r) => r.name).join(", ")}. ${words}`);
}
