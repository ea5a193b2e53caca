/** How the stage is looked at: sent to the page when it comes to rest, and set by the page once for each link. */
import { roundedTo } from "./scale.js";

/** Milliseconds without a change after which the view is sent. */
const SILENCE = 400;

/** To four digits of the window's size: what a link needs. */
export function rounded(view) {
  const digits = (v, size) => roundedTo(v, size / 1000);
  const [wide, high] = [view.x1 - view.x0, view.y1 - view.y0];
  return [digits(view.x0, wide), digits(view.x1, wide), digits(view.y0, high), digits(view.y1, high)];
}

/** @returns the view as the page knows it: {panel, slice, step, speed, log, rate_log, map}; null: as the page has it */
export function viewOf(state, n, whole, rateLog = true) {
  const same = !state.view || ["x0", "x1", "y0", "y1"].every((side) => state.view[side] === whole[side]);
  return {
    panel: state.panel,
    slice: state.slice,
    step: state.cursor >= n ? null : Math.floor(state.cursor),
    speed: state.speed,
    log: state.log,
    rate_log: state.rateLog === rateLog ? null : state.rateLog,
    map: same ? null : rounded(state.view),
  };
}

/** The same of a player of epochs, which has one panel and no map. @returns as `viewOf` */
export function viewOfEpochs(state, n) {
  const step = state.cursor >= n ? null : Math.floor(state.cursor);
  return { panel: "2d", slice: 0, step, speed: state.speed, log: state.log, rate_log: null, map: null };
}

/** Takes over a view that a link asks for. */
export function look(state, view, { panels, speeds, slices, n, whole, rateLog }) {
  if (panels.includes(view.panel)) state.panel = view.panel;
  state.slice = Math.min(view.slice, Math.max(slices - 1, 0));
  if (speeds.includes(view.speed)) state.speed = view.speed;
  state.log = view.log;
  state.rateLog = view.rate_log ?? rateLog;
  if (view.map) [state.view.x0, state.view.x1, state.view.y0, state.view.y1] = view.map;
  else state.view = { ...whole };
  if (view.step !== null) {
    state.cursor = Math.min(view.step, n);
    state.playing = false;
  }
}

/**
 * @param {{current: () => object|null, send: (view: object) => void}} host  current: the view, null while it moves
 */
export function createViewSync({ current, send }) {
  let sent = null;
  let timer = null;
  const check = () => {
    timer = null;
    const view = current();
    if (!view) {
      timer = setTimeout(check, SILENCE); // what was changed while it moves is sent when it rests
      return;
    }
    const text = JSON.stringify(view);
    if (text === sent) return;
    sent = text;
    send(view);
  };
  return {
    /** Something may have changed. */
    stir() {
      if (sent === null) return;
      clearTimeout(timer);
      timer = setTimeout(check, SILENCE);
    },
    /** What is seen now is known to the page. */
    known() {
      sent = JSON.stringify(current());
    },
    close: () => clearTimeout(timer),
  };
}
