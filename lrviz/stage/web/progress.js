/** How far a training is that takes a while; and what can be done about it. */
import { h, say } from "./dom.js";

const WORDS = { waiting: "Waiting", running: "Training", cancelled: "Cancelled", failed: "Failed" };

/** @param {(what: string) => void} pressed  "cancel" or "train" */
export function createProgress(pressed) {
  const part = h("i");
  const far = h("span");
  const press = h("button.toggle", { type: "button", onclick: () => pressed(press.dataset.what) });
  const root = h("div.progress", { hidden: true }, h("span.part", { "aria-hidden": "true" }, part), far, press);
  return {
    root,
    /** how: its state; done, epochs: of all its trainings together */
    show(how, done, epochs) {
      root.hidden = how === "done";
      if (root.hidden) return;
      const runs = how === "waiting" || how === "running";
      const compiles = how === "running" && !done;
      part.style.width = `${(100 * done) / epochs}%`;
      say(far, compiles ? "Preparing, once for each size of model" : `${WORDS[how]}: ${done} of ${epochs} epochs`);
      say(press, runs ? "Cancel" : "Train");
      press.dataset.what = runs ? "cancel" : "train";
    },
  };
}
