/** Play, pause, step, speed, loop, and the cursor's slider. */
import { capital, h, icon, say } from "./dom.js";

const ICONS = {
  first: "M6 5h2.4v14H6zM19 5v14l-9.5-7z",
  back: "M17 5v14L7.5 12z",
  play: "M7 4.5v15L20 12z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  forward: "M7 5v14l9.5-7z",
  last: "M5 5v14l9.5-7zM15.6 5H18v14h-2.4z",
  loop: "M7 7h9V4l5 4.5-5 4.5v-3H9v4H7zM17 17H8v3l-5-4.5L8 11v3h7v-3h2z",
};

/**
 * @param {object} player  toggle(), to(step), by(steps), setSpeed(v), setLoop(on)
 * @param {string} unit  what a step is called, as long as `show` says nothing else
 */
export function createTransport(player, unit = "step") {
  const button = (name, label, press) =>
    h("button.press", { type: "button", "aria-label": label, title: label, onclick: press }, icon(ICONS[name]));
  const play = button("play", "Play", () => player.toggle());
  const loop = button("loop", "Loop", () => player.setLoop(!player.state.loop));
  const speed = h("select.speed", { "aria-label": "Speed", onchange: () => player.setSpeed(Number(speed.value)) });
  const cursor = h("input.range.cursor", { type: "range", min: 0, step: 1 });
  const [back, forward] = [button("back", "", () => player.by(-1)), button("forward", "", () => player.by(1))];
  cursor.addEventListener("input", () => player.to(Number(cursor.value)));
  const root = h(
    "div.transport",
    { role: "group", "aria-label": "Player" },
    button("first", "To the start (Home)", () => player.to(0)),
    back,
    play,
    forward,
    button("last", "To the end (End)", () => player.to(Infinity)),
    speed,
    loop,
    cursor,
  );
  let shownPlaying = null;
  let shownUnit = null;
  const name = (element, label) => {
    element.setAttribute("aria-label", label);
    element.title = label;
  };
  function nameUnit(of) {
    if (shownUnit === of) return;
    shownUnit = of;
    name(back, `One ${of} back (left arrow)`);
    name(forward, `One ${of} forward (right arrow)`);
    cursor.setAttribute("aria-label", capital(of));
  }
  nameUnit(unit);
  return {
    root,
    /** Which speeds there are to choose from. */
    offer(speeds) {
      if (speed.length === speeds.length) return;
      speed.replaceChildren(...speeds.map((v) => h("option", { value: v }, `${v}×`)));
    },
    show({ state, n, unit: shown = unit }) {
      nameUnit(shown);
      if (shownPlaying !== state.playing) {
        shownPlaying = state.playing;
        play.replaceChildren(icon(state.playing ? ICONS.pause : ICONS.play));
        play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
        play.title = state.playing ? "Pause (space)" : "Play (space)";
      }
      loop.setAttribute("aria-pressed", String(state.loop));
      if (Number(speed.value) !== state.speed) speed.value = String(state.speed);
      if (Number(cursor.max) !== n) cursor.max = String(n);
      const step = Math.floor(state.cursor);
      if (Number(cursor.value) !== step) cursor.value = String(step);
      cursor.setAttribute("aria-valuetext", `${shown} ${step} of ${n}`);
      cursor.style.setProperty("--part", String(n ? state.cursor / n : 0));
    },
  };
}

/** A polite voice for what cannot be seen: state of play and step, at rest only. */
export function createAnnouncer() {
  const root = h("div.unseen", { role: "status", "aria-live": "polite" });
  let timer = null;
  return {
    root,
    announce(text, wait = 500) {
      clearTimeout(timer);
      timer = setTimeout(() => say(root, text), wait);
    },
    close: () => clearTimeout(timer),
  };
}
