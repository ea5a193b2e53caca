/** What is to be seen: what has arrived, but as a batch of runs has it where a slider was moved since. */
import { sliceAtStop } from "./family.js";
import { changesLandscape, landscapeAtStop } from "./landscape.js";
import { movesStart } from "./page_sliders.js";
import { BACKGROUND, PATHS } from "./redraw.js";
import { runAtStop } from "./runs.js";
import { nearest } from "./sliders.js";

/** The page has this attribute while its text tells of another run than the stage shows. */
const AHEAD = "data-run-ahead";

/**
 * @param {object} stage  scene, intake, previews, families, player, series; moving(): is the start being moved
 */
export function createDisplay({ scene, intake, previews, families, player, series, moving }) {
  const { state } = scene;

  function atStop(preview, key, family) {
    const stop = nearest(family.arrays.values, preview.value);
    const own = preview.family ? [family, ...family.others] : [family]; // a slider of the stage moves the first alone
    const at = (run, i) => (own[i] ? runAtStop(run, own[i], stop, intake.domain(), preview.knob) : run);
    scene.runs = intake.runs.map(at);
    if (intake.landscape && changesLandscape(family)) {
      scene.landscape = landscapeAtStop(intake.landscape, family, stop, key);
    }
    scene.slice = sliceAtStop(scene.slice, family, stop);
  }

  return {
    measure() {
      for (const s of series) s.measure(scene, performance.now());
    },
    /** @returns {number} how much must be drawn again */
    update() {
      const { preview } = state;
      const key = preview && previews.named(preview);
      const family = families.get(key);
      const before = { n: scene.n, landscape: scene.landscape, slice: scene.slice };
      scene.runs = intake.runs;
      scene.landscape = intake.landscape;
      scene.slice = scene.slices[state.slice] ?? null;
      if (family && intake.runs.length) atStop(preview, key, family);
      scene.floor = scene.landscape?.scale.floor ?? 0;
      if (!moving()) {
        scene.start = family && movesStart(preview.knob) ? [...scene.runs[0].x.subarray(0, 2)] : intake.meta.start;
      }
      scene.n = Math.max(0, ...scene.runs.map((run) => run.n));
      player.resize(before.n, scene.n);
      this.measure();
      document.documentElement.toggleAttribute(AHEAD, Boolean(preview) || intake.stale());
      return scene.landscape === before.landscape && scene.slice === before.slice ? PATHS : BACKGROUND;
    },
    close() {
      document.documentElement.removeAttribute(AHEAD);
    },
  };
}
