import assert from "node:assert/strict";
import { test } from "node:test";
import { createEpochTestApi, createWish, noCounts, own } from "../../lrviz/stage/web/epoch_player.js";
import { createPlayer, firstState } from "../../lrviz/stage/web/player.js";

test("a test API answers with the present state, with what all have and its own, and cannot be written", () => {
  const state = { cursor: 3.7, playing: false, speed: 30, log: true };
  const shared = { n: 40, palette: { theme: "dark" } };
  const [counts, sliders] = [noCounts(), { live: () => ({ alpha: { index: 1 } }) }];
  let epochs = 40;
  const api = createEpochTestApi({ state, shared, counts, sliders }, { get epochs() { return epochs; } });
  assert.deepEqual([api.step, api.steps, api.theme, api.epochs], [3, 40, "dark", 40]);
  assert.deepEqual(api.live, { alpha: { index: 1 } });
  Object.assign(state, { cursor: 9, playing: true });
  Object.assign(counts, { frames: 5, frameTimes: [16] });
  epochs = 41;
  assert.deepEqual([api.step, api.playing, api.frames, api.epochs], [9, true, 5, 41]);
  assert.notEqual(api.frameTimes, counts.frameTimes);
  assert.throws(() => Object.defineProperty(api, "step", { value: 0 }), TypeError);
});

test("what is own hides what is shared, and the rest follows it", () => {
  const shared = { n: 1, log: true };
  const scene = own(shared, { log: false });
  shared.n = 2;
  assert.deepEqual([scene.n, scene.log, shared.log], [2, false, true]);
});

/** Messages of a training that grows; -> where the cursor stands after each. move: what the visitor does before it. */
function grown(messages) {
  const state = Object.assign(firstState(), { playing: false, cursor: 0 });
  let n = 0;
  const player = createPlayer(state, { steps: () => n, cuts: () => [], changed() {} });
  const wish = createWish(state, player);
  return messages.map(({ epochs, jump = null, move = null, ends = false }) => {
    if (move !== null) player.to(move);
    wish.note(jump !== null, jump);
    const before = n;
    n = epochs;
    player.resize(before, n);
    wish.follow(n, ends);
    return state.cursor;
  });
}

test("a link's epoch is kept until it is here, also where all epochs come at once after none", () => {
  assert.deepEqual(grown([{ epochs: 0, jump: 5 }, { epochs: 12, ends: true }]), [0, 5]);
  assert.deepEqual(grown([{ epochs: 0, jump: 5 }, { epochs: 3 }, { epochs: 9 }, { epochs: 12 }]), [0, 3, 5, 5]);
});

test("without an epoch the cursor goes with the training, and stays where the visitor moves it", () => {
  assert.deepEqual(grown([{ epochs: 2, jump: Infinity }, { epochs: 6 }, { epochs: 9, ends: true }]), [2, 6, 9]);
  assert.deepEqual(grown([{ epochs: 0, jump: 8 }, { epochs: 4 }, { epochs: 12, move: 1 }]), [0, 4, 1]);
});
