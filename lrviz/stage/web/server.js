/** Everything that goes back to Python, as component state with sequence numbers (see lrviz/stage/__init__.py). */
import { createRequestQueue } from "./request_queue.js";

/** Milliseconds after which a family that did not come may be requested again: a compile may lie before it. */
const AGAIN = 15000;

/** @param {{sent: number}} counts */
export function createServer(counts) {
  let component = null;
  let seq = Date.now();
  const live = {};
  const want = {};
  const requestedAt = new Map();
  let switches = 0;
  const send = (name, value) => {
    counts.sent++;
    component.setStateValue(name, value);
  };
  const ask = (what) => {
    requestedAt.set(what, Date.now());
    return ++seq;
  };
  const waits = (what, question, answered = 0) => question.seq > answered && Date.now() - requestedAt.get(what) < AGAIN;
  const start = createRequestQueue(({ x, y, dragging }, number) => send("start", { seq: number, x, y, dragging }));
  return {
    start,
    attach(next) {
      component = next;
    },
    commit(knob, value, index) {
      live[knob] = { seq: ++seq, value, index };
      send("live", { ...live });
    },
    /** True until the server's answer knows of the last commit of this knob. */
    pending: (knob, echo) => Boolean(live[knob]) && (echo[`live.${knob}`] ?? 0) < live[knob].seq,
    /** Requests the family of a slider of the stage, whose pointer is at this stop; once until the answer comes. */
    want(knob, family, stop, echo) {
      if (want[knob]?.family === family && waits(knob, want[knob], echo[`want.${knob}`])) return;
      want[knob] = { seq: ask(knob), family, stop };
      send("want", { ...want });
    },
    missing(items) {
      send("missing", { items, at: Date.now() });
    },
    /** @returns {number} the number that the answer will have in its echo */
    draw(points) {
      send("drawn", { seq: ++seq, points });
      return seq;
    },
    visible(runs) {
      switches = ++seq;
      send("visible", { seq, runs: { ...runs } });
    },
    /** True until the server's answer knows of the last switch in the legend. */
    switching: (echo) => (echo.visible ?? 0) < switches,
    /** The picture is drawn: what waits for that may come. */
    idle() {
      send("idle", { seq: ++seq });
    },
    view(view) {
      send("view", { seq: ++seq, ...view });
    },
    /** A button: "cancel" or "train". */
    press(what) {
      send("press", { seq: ++seq, what });
    },
    /** Of a race of trainings, whose picture is seen. */
    choose(place) {
      send("chosen", { seq: ++seq, place });
    },
    close() {
      start.close();
    },
  };
}
