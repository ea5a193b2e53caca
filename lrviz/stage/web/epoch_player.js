/** What players of epochs share: sliders whose stops are here before they are moved, and their test API. */
import { covers } from "./family.js";
import { createSliders } from "./sliders.js";

export const noCounts = () => ({
  frames: 0,
  drawnAt: 0,
  frameTimes: [],
  drawTimes: [],
  inputToDraw: [],
  answers: 0,
  sent: 0,
});

/** A shared part of a scene or state, and its own. */
export const own = (shared, more) => Object.assign(Object.create(shared), more);

/**
 * @param {object} player  state, server, batches (name -> what a slider's stops hold); meta(): of the last message;
 *   display(): how much must be drawn again; request(level), time(stamp): of an input
 */
export function createEpochSliders({ state, server, batches, meta, display, request, time }) {
  const rowOf = (knob) => meta()?.live.find((row) => row.knob === knob);
  const sliderOf = (knob) => sliders.state().find((slider) => slider.knob === knob);

  /** The pointer or the focus is on this slider: its stops must be here. */
  function prefetch(knob) {
    const [row, slider] = [rowOf(knob), sliderOf(knob)];
    const batch = batches.get(row?.family);
    if (!row?.family || !slider || (batch && covers(batch, slider.values, slider.index))) return;
    server.want(knob, row.family, slider.index, meta().echo);
  }

  const sliders = createSliders({
    prefetch,
    show(knob, value, event) {
      time(event.timeStamp);
      state.preview = { knob, value };
      request(display());
      prefetch(knob);
    },
    previews: (knob) => state.preview?.knob === knob,
    commit(knob, index) {
      if (rowOf(knob).index === index) {
        state.preview = null;
        request(display());
      } else server.commit(knob, sliderOf(knob).value, index);
    },
  });

  return {
    root: sliders.root,
    held: sliders.held,
    close: sliders.close,
    /** The batch and the place in it of the stop that a slider has been moved to; null: what arrived is to be seen. */
    stop() {
      const { preview } = state;
      const batch = preview && batches.get(rowOf(preview.knob)?.family);
      const k = batch ? batch.arrays.values.indexOf(preview.value) : -1;
      return k < 0 ? null : [batch, k];
    },
    /** A message is here: what was shown until then goes, where this is the answer. */
    settle({ echo }) {
      const { preview } = state;
      if (preview && !sliders.busy(preview.knob) && !server.pending(preview.knob, echo)) state.preview = null;
    },
    update({ live, echo }) {
      sliders.update(live, (knob) => server.pending(knob, echo) || state.preview?.knob === knob);
    },
    /** As `element.stage.live` has it. */
    live() {
      const rows = {};
      for (const { knob, index, value, family } of sliders.state()) {
        rows[knob] = { index, value, ready: batches.has(family), preview: state.preview?.knob === knob };
      }
      return rows;
    },
  };
}

/** Where the page wants the cursor: until there are so many epochs, or the visitor moves it. */
export function createWish(state, player) {
  let wish = null;
  let stood = 0;
  return {
    /** A message is here and not yet shown: the cursor goes with the last epoch by itself. */
    note(jumps, epoch) {
      if (jumps) wish = epoch ?? Infinity;
      else if (state.cursor !== stood || state.playing) wish = null;
    },
    /** It is shown. n: so many epochs are here; ends: no more will come */
    follow(n, ends) {
      if (wish !== null) player.to(wish);
      if (ends || wish <= n) wish = null;
      stood = state.cursor;
    },
  };
}

/** The read-only test API of the player (`element.stage`): what all have, and its own. */
export function createEpochTestApi({ state, shared, counts, sliders }, more) {
  const all = {
    get step() { return Math.floor(state.cursor); },
    get steps() { return shared.n; },
    get playing() { return state.playing; },
    get speed() { return state.speed; },
    get log() { return state.log; },
    get theme() { return shared.palette?.theme; },
    get live() { return sliders.live(); },
    get frames() { return counts.frames; },
    get drawnAt() { return counts.drawnAt; },
    get frameTimes() { return [...counts.frameTimes]; },
    get drawTimes() { return [...counts.drawTimes]; },
    get inputToDraw() { return [...counts.inputToDraw]; },
    get answers() { return counts.answers; },
    get sent() { return counts.sent; },
  };
  return Object.freeze(Object.defineProperties(all, Object.getOwnPropertyDescriptors(more)));
}
