import assert from "node:assert/strict";
import { test } from "node:test";
import { CUT_PAUSE, advance, stepsPerSecond } from "../../lrviz/stage/web/clock.js";
import { createPlayer, firstState } from "../../lrviz/stage/web/player.js";

const now = (cursor, more = {}) => ({ cursor, speed: 1, loop: false, hold: 0, ...more });

test("a run of 300 steps takes six to ten seconds at 1x", () => {
  const seconds = 300 / stepsPerSecond(300);
  assert.ok(seconds >= 6 && seconds <= 10);
});

test("the cursor moves with time and speed, and stops at the end", () => {
  const slow = advance(now(10), 100, 300).cursor - 10;
  const fast = advance(now(10, { speed: 4 }), 100, 300).cursor - 10;
  assert.ok(Math.abs(fast - 4 * slow) < 1e-9);
  assert.deepEqual(advance(now(299.9), 1000, 300), { cursor: 300, playing: false, hold: 0 });
});

test("a loop begins again", () => {
  assert.deepEqual(advance(now(299.9, { loop: true }), 1000, 300), { cursor: 0, playing: true, hold: 0 });
});

test("a cut holds the player at 1x, not faster", () => {
  const held = advance(now(9.9), 100, 300, [10]);
  assert.deepEqual(held, { cursor: 10, playing: true, hold: CUT_PAUSE });
  assert.equal(advance({ ...now(10), ...held }, 100, 300, [10]).cursor, 10);
  assert.ok(advance({ ...now(10), ...held }, CUT_PAUSE + 100, 300, [10]).cursor > 10);
  assert.ok(advance(now(9.9, { speed: 2 }), 100, 300, [10]).cursor > 10);
});

test("cuts close behind each other hold it once", () => {
  assert.ok(advance(now(11.9), 100, 300, [10, 12]).cursor > 12);
});

test("buttons move by whole steps and stay inside the run", () => {
  const state = firstState();
  const player = createPlayer(state, { steps: () => 20, cuts: () => [], changed() {} });
  player.to(Infinity);
  assert.equal(state.cursor, 20);
  player.by(1);
  assert.equal(state.cursor, 20);
  state.cursor = 7.4;
  player.by(1);
  assert.equal(state.cursor, 8);
  state.cursor = 7.4;
  player.by(-1);
  assert.equal(state.cursor, 7);
  player.to(-3);
  assert.equal(state.cursor, 0);
});

test("play at the end begins anew; pause stands on a whole step", () => {
  const state = { ...firstState(), cursor: 20 };
  const player = createPlayer(state, { steps: () => 20, cuts: () => [], changed() {} });
  player.toggle();
  assert.deepEqual([state.cursor, state.playing], [0, true]);
  player.advance(500);
  player.toggle();
  assert.equal(state.playing, false);
  assert.equal(state.cursor % 1, 0);
});

test("who stood at the end stays at the end when the run's length changes", () => {
  const state = { ...firstState(), cursor: 20 };
  const player = createPlayer(state, { steps: () => 20, cuts: () => [], changed() {} });
  player.resize(20, 300);
  assert.equal(state.cursor, 300);
  state.cursor = 50;
  player.resize(300, 100);
  assert.equal(state.cursor, 50);
  player.resize(300, 40);
  assert.equal(state.cursor, 40);
});
