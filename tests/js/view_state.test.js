import assert from "node:assert/strict";
import { test } from "node:test";
import { look, viewOf } from "../../lrviz/stage/web/view_state.js";

const whole = { x0: -1, x1: 1, y0: -1, y1: 1 };
const there = { panels: ["2d", "3d"], speeds: [1, 2], slices: 4, n: 60, whole };
const wanted = { panel: "3d", slice: 2, step: 7, speed: 2, log: false, map: [0, 1, 0, 1] };

test("a view that a link asks for is taken as far as the message offers it", () => {
  const state = { panel: "2d", speed: 1, view: { ...whole }, playing: true };
  look(state, wanted, there);
  assert.deepEqual([state.panel, state.slice, state.cursor, state.speed, state.playing], ["3d", 2, 7, 2, false]);
  assert.deepEqual(state.view, { x0: 0, x1: 1, y0: 0, y1: 1 });
  look(state, { ...wanted, panel: "slice", slice: 9, speed: 4, step: 99, map: null }, there);
  assert.deepEqual([state.panel, state.slice, state.cursor, state.speed], ["3d", 3, 60, 2]);
  assert.deepEqual(state.view, whole);
  look(state, { ...wanted, rate_log: null }, { ...there, rateLog: false });
  assert.equal(state.rateLog, false, "as the page has it");
  look(state, { ...wanted, rate_log: true }, { ...there, rateLog: false });
  assert.equal(state.rateLog, true);
  const { rate_log: sent } = viewOf({ ...state, cursor: 60 }, 60, whole, false);
  assert.equal(sent, true);
  assert.equal(viewOf({ ...state, cursor: 60, rateLog: false }, 60, whole, false).rate_log, null);
});
