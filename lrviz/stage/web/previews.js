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
 * @param {object} stage  scene, kept, counts; said(): the meta of the last message, stands(): of that whose runs are
 *   seen, runs(): how many these are; changed(preview): another is to be shown, or none
 */
export function createPreviews({ scene, kept, counts, said, stands, runs, changed }) {
  const { state } = scene;
  const { families } = kept;

  const nearby = watchPageSliders(document, {
    near() {
      if (said()) direct.prepare(said().direct, target());
    },
    moved() {
      follow();
      if (nearby.text === null) return; // it is out of use while there is no server, or it has left the page
      const { preview } = state;
      if (preview?.family ? !isExact(preview) : !isSeen(target())) direct.ask(said()?.direct, target());
      if (preview?.family) nearby.ask();
    },
  });

  const direct = createSliderApi(families, {
    stop(name, family) {
      counts.stops++;
      kept.takeStop(name, family);
      if (state.preview && !state.preview.family) changed(state.preview);
      else follow();
    },
    family(name, family) {
      counts.families++;
      kept.takeFamily(name, family);
      follow();
      nearby.ask();
    },
    time() {
      if (nearby.there) nearby.ask();
    },
  });

  const isExact = ({ family, value }) => families.has(family) && has(families.get(family), value);

  /** Are the runs that are seen those of the stop at which this slider of the page stands? */
  const isSeen = ({ knob, text }) => stands()?.direct?.stand[knob] === text;

  const seenSlice = () => (state.panel === "slice" && scene.slices[state.slice]?.label) || null;

  /** At which stop of which slider of the page the pointer is. */
  function target() {
    const label = seenSlice();
    return { knob: nearby.knob, text: nearby.text, slice: label && { label, place: state.slice } };
  }

  /** The stop of a slider of the stage, as the server may be asked for it. */
  const onStage = ({ knob, value }) => ({ knob, text: String(value), slice: null });

  /**
   * What a slider of the page shows, and the runs that are seen do not. Streamlit's answer is waited for where more
   * would have to follow than is known here: a slice, or runs beside those of the race.
   * @returns {Preview|null}
   */
  function slid() {
    const at = target();
    if (isSeen(at)) return null;
    const found = direct.found(said()?.direct, at).filter(tellsAll);
    return found.find(isExact) ?? found[0] ?? null;
  }

  function tellsAll({ knob, family: name }) {
    const family = families.get(name);
    const shared = movesStart(knob) || changesLandscape(family) || changesLength(family);
    const alone = shared && runs() > 1 + family.others.length;
    return !alone && !leavesOut(seenSlice(), knob, family);
  }

  /** The stage shows what the slider of the page shows, unless the pointer is on one of its own. */
  function follow() {
    const next = slid();
    const shown = state.preview?.family ? state.preview : null;
    if (!Object.is(next?.value, shown?.value) || next?.family !== shown?.family) changed(next);
  }

  const previews = {
    nearby,
    slid,
    /** The name of the family that has the runs of this preview, or those nearest to it. */
    named(preview) {
      if (preview.family) return preview.family;
      const family = said().live.find((row) => row.knob === preview.knob)?.family;
      if (isExact({ ...preview, family })) return family;
      return direct.found(said().direct, onStage(preview)).find(isExact)?.family ?? family;
    },
    /** A slider of the stage is at this stop: the server is asked for it where it is not here. */
    ask(preview) {
      if (!isExact({ ...preview, family: previews.named(preview) })) direct.ask(said().direct, onStage(preview));
    },
    /** The name of the family of the slider of the page that the pointer is near, if it is here. */
    ready: () => direct.family(said()?.direct, nearby.knob),
    close() {
      nearby.close();
      direct.close();
    },
  };
  return previews;
}
