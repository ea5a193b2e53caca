/** What a slider that moves shows until the server's answer is here: the runs of its stop, of a family or alone. */
import { createSliderApi } from "./slider_api.js";
import { changesLength, has } from "./family.js";
import { changesLandscape } from "./landscape.js";
import { leavesOut, movesStart, watchPageSliders } from "./page_sliders.js";

/**
 * A stop of a slider that is shown. `family` names where its runs are, for a slider of the page; one of the stage has
 * its family in its own row.
 * @typedef {{knob: string, value: number, family?: string}} Preview
 *
 * @param {object} stage  scene, cache, counts; meta(): the meta of the last message, runsMeta(): of that whose runs are
 *   seen, runs(): how many these are; changed(preview): another is to be shown, or none
 */
export function createPreviews({ scene, cache, counts, meta, runsMeta, runs, changed }) {
  const { state } = scene;
  const { families } = cache;

  const hovered = watchPageSliders(document, {
    prefetch() {
      if (meta()) api.prefetch(meta().endpoint, target());
    },
    moved() {
      follow();
      if (hovered.text === null) return; // it is out of use while there is no server, or it has left the page
      const { preview } = state;
      if (preview?.family ? !isExact(preview) : !isSeen(target())) api.ask(meta()?.endpoint, target());
      if (preview?.family) hovered.prefetch();
    },
  });

  const api = createSliderApi(families, {
    stop(name, family) {
      counts.stops++;
      cache.takeStop(name, family);
      arrived();
    },
    family(name, family) {
      counts.families++;
      cache.takeFamily(name, family);
      arrived();
      hovered.prefetch();
    },
    time() {
      if (hovered.there) hovered.prefetch();
    },
  });

  const isExact = ({ family, value }) => families.has(family) && has(families.get(family), value);

  /** Are the runs that are seen those of this slider's stop? */
  const isSeen = ({ knob, text }) => runsMeta()?.endpoint?.labels[knob] === text;

  const seenSlice = () => (state.panel === "slice" && scene.slices[state.slice]?.label) || null;

  /** At which stop of which slider of the page the pointer is. */
  function target() {
    const label = seenSlice();
    return { knob: hovered.knob, text: hovered.text, slice: label && { label, place: state.slice } };
  }

  /** The stop of a slider of the stage, as it is requested. */
  const onStage = ({ knob, value }) => ({ knob, text: String(value), slice: null });

  /**
   * What a slider of the page shows, and the runs that are seen do not. Streamlit's answer is waited for where more
   * would have to follow than is known here: a slice, or runs beside those of the race.
   * @returns {Preview|null}
   */
  function slid() {
    const at = target();
    if (isSeen(at)) return null;
    const found = api.found(meta()?.endpoint, at).filter(tellsAll);
    return found.find(isExact) ?? found[0] ?? null;
  }

  function tellsAll({ knob, family: name }) {
    const family = families.get(name);
    const shared = movesStart(knob) || changesLandscape(family) || changesLength(family);
    const alone = shared && runs() > 1 + family.others.length;
    return !alone && !leavesOut(seenSlice(), knob, family);
  }

  /** The stage shows what the slider of the page shows; what one of its own shows stays while there is no such run. */
  function follow() {
    const next = slid();
    if (next || state.preview?.family) changed(next);
  }

  /** Runs came: those of what is shown may be among them, under the name of those that were nearest till now. */
  function arrived() {
    if (state.preview && !state.preview.family) changed(state.preview);
    else follow();
  }

  const previews = {
    hovered,
    slid,
    /** The name of the family that has the runs of this preview, or those nearest to it. */
    named(preview) {
      if (preview.family) return preview.family;
      const family = meta().live.find((row) => row.knob === preview.knob)?.family;
      if (isExact({ ...preview, family })) return family;
      return api.found(meta().endpoint, onStage(preview)).find(isExact)?.family ?? family;
    },
    /** A slider of the stage is at this stop: it is requested where it is not here. */
    ask(preview) {
      if (!isExact({ ...preview, family: previews.named(preview) })) api.ask(meta().endpoint, onStage(preview));
    },
    /** The name of the family of the slider of the page under the pointer, if it is here. */
    ready: () => api.family(meta()?.endpoint, hovered.knob),
    close() {
      hovered.close();
      api.close();
    },
  };
  return previews;
}
