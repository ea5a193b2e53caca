/** Everything that goes back to Python, as component state with sequence numbers (see lrviz/stage/__init__.py). */
import { createGate } from "./gate.js";

/** @param {{sent: number}} counts */
export function createServer(counts) {
  let component = null;
  let seq = Date.now();
  const live = {};
  const want = {};
  const send = (name, value) => {
    counts.sent++;
    component.setStateValue(name, value);
  };
  const start = createGate(({ x, y, dragging }, number) => send("start", { seq: number, x, y, dragging }));
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
    want(knob, family) {
      if (want[knob]?.family === family) return;
      want[knob] = { seq: ++seq, family };
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
    visible(switched) {
      send("visible", { ...switched });
    },
    close: () => start.close(),
  };
}
