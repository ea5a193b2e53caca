import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandle, noCounts, own } from "../../lrviz/stage/web/epoch_player.js";

test("a handle answers as things stand, with what all have and its own, and cannot be written", () => {
  const state = { cursor: 3.7, playing: false, speed: 30, log: true };
  const shared = { n: 40, palette: { theme: "dark" } };
  const [counts, sliders] = [noCounts(), { live: () => ({ alpha: { index: 1 } }) }];
  let epochs = 40;
  const handle = createHandle({ state, shared, counts, sliders }, { get epochs() { return epochs; } });
  assert.deepEqual([handle.step, handle.steps, handle.theme, handle.epochs], [3, 40, "dark", 40]);
  assert.deepEqual(handle.live, { alpha: { index: 1 } });
  Object.assign(state, { cursor: 9, playing: true });
  Object.assign(counts, { frames: 5, frameTimes: [16] });
  epochs = 41;
  assert.deepEqual([handle.step, handle.playing, handle.frames, handle.epochs], [9, true, 5, 41]);
  assert.notEqual(handle.frameTimes, counts.frameTimes);
  assert.throws(() => Object.defineProperty(handle, "step", { value: 0 }), TypeError);
});

test("what is own hides what is shared, and the rest follows it", () => {
  const shared = { n: 1, log: true };
  const scene = own(shared, { log: false });
  shared.n = 2;
  assert.deepEqual([scene.n, scene.log, shared.log], [2, false, true]);
});
