import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecorder, filmsOf } from "../../lrviz/stage/web/recorder.js";

test("the films that there are", () => {
  assert.deepEqual(filmsOf(undefined), []);
  const only = (type) => ({ isTypeSupported: (other) => other === type });
  assert.deepEqual(filmsOf(only("video/webm;codecs=vp8")), [{ ending: "webm", type: "video/webm;codecs=vp8" }]);
  assert.deepEqual(filmsOf(only("video/mp4")).map((film) => film.ending), ["mp4"]);
});

/** A browser that records so many bytes, with a clock that the test sets. */
function studio({ steps = 4, bytes = 5000, refuses = false } = {}) {
  const seen = { parts: [], films: [], failures: 0 };
  const frames = [];
  const waits = [];
  class Recorder {
    state = "inactive";
    constructor() {
      if (refuses) throw new Error("NotSupportedError");
    }
    start() {
      this.state = "recording";
    }
    stop() {
      this.state = "inactive";
      this.ondataavailable({ data: new Blob(["f".repeat(bytes)]) });
      this.onstop();
    }
  }
  const state = { cursor: 4, playing: false, loop: true };
  const player = {
    state,
    to: (step) => Object.assign(state, { cursor: step, playing: false }),
    play: () => Object.assign(state, { playing: true }),
    setLoop: (on) => Object.assign(state, { loop: on }),
  };
  let drawn = 0;
  const stopped = [];
  const canvas = { captureStream: () => ({ getTracks: () => [{ stop: () => stopped.push(true) }] }) };
  const composite = { canvas, begin() {}, draw: () => drawn++ };
  const recorder = createRecorder(
    { composite, player, steps: () => steps },
    { progress: (part) => seen.parts.push(part), done: (blob) => seen.films.push(blob), failed: () => seen.failures++ },
    { Recorder, nextFrame: (f) => frames.push(f), later: (f) => waits.push(f) },
  );
  const tick = () => frames.splice(0).forEach((f) => f());
  return { seen, state, recorder, tick, waits, stopped, drawn: () => drawn };
}

test("a film is from the first step to the last, without the loop, which comes back", () => {
  const s = studio();
  s.recorder.start("video/webm;codecs=vp9");
  assert.deepEqual([s.state.cursor, s.state.playing, s.state.loop], [0, true, false]);
  for (s.state.cursor = 0; s.state.cursor < 4; s.state.cursor += 2) s.tick();
  s.state.playing = false;
  s.tick();
  s.tick();
  assert.equal(s.waits.length, 1);
  assert.deepEqual(s.seen.films, []);
  s.waits[0]();
  assert.deepEqual(s.seen.films.map((film) => [film.type, film.size]), [["video/webm", 5000]]);
  assert.deepEqual(s.seen.parts, [0, 0.5, 1, 1, null]);
  assert.ok(s.state.loop && s.stopped.length === 1 && !s.recorder.recording && s.drawn() >= 5);
});

test("a film that is cancelled is not handed over", () => {
  const s = studio();
  s.recorder.start("video/webm");
  s.tick();
  assert.ok(s.recorder.recording);
  s.recorder.cancel();
  s.tick();
  assert.deepEqual(s.seen.films, []);
  assert.ok(!s.recorder.recording && s.seen.parts.at(-1) === null && s.stopped.length === 1);
});

/** Plays to the end and lets the recorder finish. */
function play(s) {
  s.recorder.start("video/webm");
  s.state.cursor = 4;
  s.state.playing = false;
  s.tick();
  s.waits.forEach((f) => f());
}

test("a browser that gives nothing, or only the head of a file, is said to give no film", () => {
  for (const bytes of [0, 300]) {
    const s = studio({ bytes });
    play(s);
    assert.deepEqual([s.seen.films, s.seen.failures, s.recorder.recording], [[], 1, false]);
    s.recorder.cancel();
    assert.equal(s.seen.failures, 1);
  }
  const whole = studio();
  play(whole);
  assert.deepEqual([whole.seen.films.length, whole.seen.failures], [1, 0]);
});

test("a browser that refuses to record leaves the player where it was", () => {
  const s = studio({ refuses: true });
  s.recorder.start("video/webm");
  assert.deepEqual([s.seen.failures, s.recorder.recording, s.state.cursor, s.state.loop], [1, false, 4, true]);
});
