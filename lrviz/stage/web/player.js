/** What the player's buttons and keys do to the state. */
import { advance } from "./clock.js";

/** @returns the state with which a stage begins */
export const firstState = () => ({
  cursor: 0,
  playing: false,
  speed: 1,
  loop: false,
  hold: 0,
  panel: "2d",
  slice: 0,
  log: true,
  rateLog: true,
  focus: 0,
  switched: {},
  preview: null,
  grabbed: false,
  view: null,
  camera: null,
});

/**
 * @param {object} state
 * @param {{steps: () => number, cuts: () => number[], changed: () => void}} host
 */
export function createPlayer(state, { steps, cuts, changed }) {
  const player = {
    state,
    to(step) {
      state.cursor = Math.min(Math.max(Math.round(Math.min(step, steps())), 0), steps());
      state.playing = false;
      changed();
    },
    by(count) {
      player.to((count < 0 ? Math.ceil(state.cursor) : Math.floor(state.cursor)) + count);
    },
    play() {
      if (state.cursor >= steps()) state.cursor = 0;
      state.playing = steps() > 0;
      state.hold = 0;
      changed();
    },
    toggle() {
      if (state.playing) player.to(Math.floor(state.cursor));
      else player.play();
    },
    setSpeed(speed) {
      state.speed = speed;
      changed();
    },
    setLoop(on) {
      state.loop = on;
      changed();
    },
    /** One frame, `ms` after the last one. */
    advance(ms) {
      if (state.playing) Object.assign(state, advance(state, ms, steps(), cuts()));
    },
    /** The longest run has `next` steps now, it had `before`: who stood at the end stays at the end. */
    resize(before, next) {
      if (state.cursor >= before || state.cursor > next) state.cursor = next;
    },
  };
  return player;
}
