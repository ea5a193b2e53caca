/** The numbers of the step under the cursor. Cells have fixed widths: nothing moves when a digit comes or goes. */
import { h, say } from "./dom.js";
import { ROOM, numbersAt } from "./formula.js";
import { epochsDone, stepFrom } from "./runs.js";
import { format, formatPair } from "./scale.js";
import { plainTex } from "./tex.js";

/** What the readout says of a run at step k, in words and numbers. */
export function wordsAt(run, k, n, room) {
  const at = Math.min(k, run.n);
  const t = Math.min(at, run.n - 1);
  const gradient = run.grad ? Math.hypot(run.grad[2 * at], run.grad[2 * at + 1]) : null;
  const rate = run.n && run.rated ? format(run.rate[t]) : "–";
  const cut = run.rated && t + 1 < run.n && at === t && run.rate[t + 1] < run.rate[t] && run.cuts.includes(t + 1);
  const next = cut ? ` → ${format(run.rate[t + 1])}` : "";
  return {
    step: `${at} / ${n}`,
    x: formatPair(run.x[2 * at], run.x[2 * at + 1]),
    loss: format(run.loss[at]),
    gradient: format(gradient),
    rate: rate + next,
    wait: run.epochs?.wait ? waitedAt(run.epochs, at) : null,
    numbers: numbersAt(run, t, room),
    rule: ruleAt(run, t),
  };
}

const PARTS = "carried: on from earlier steps; pushed: by the gradient of this step";

const waitedAt = (epochs, k) => `${epochs.wait[epochsDone(epochs, k) - 1] ?? 0}`;

/** The update's terms with this step's numbers: [["step", "(−0.2, 0.2)"], ["carried", "(0.1, 0)"], ...]. */
export function ruleAt(run, t) {
  if (run.n === 0) return [];
  // What makes up the step comes first: there may be more terms than room.
  const parts = ["carried", "pushed", "decayed"];
  const terms = [...run.terms].sort((a, b) => ((parts.indexOf(a.name) + 9) % 9) - ((parts.indexOf(b.name) + 9) % 9));
  const pair = (data) => formatPair(data[2 * t], data[2 * t + 1]);
  const [dx, dy] = stepFrom(run, t);
  return [["step", formatPair(dx, dy)], ...terms.map(({ name, data }) => [name.replaceAll("_", " "), pair(data)])];
}

/** A letter of the code font is so wide, in parts of its height. */
const WIDE = 0.6;
/** Lines where they wrap, and characters that one of them loses by that. */
const WRAPPED = { lines: 3, lost: 8 };

/** How many characters fit into this element of the code font. */
function roomIn(element) {
  const { fontSize, letterSpacing, whiteSpace } = getComputedStyle(element);
  const letter = WIDE * Number.parseFloat(fontSize) + (Number.parseFloat(letterSpacing) || 0);
  const line = Math.floor(element.clientWidth / letter);
  return whiteSpace === "pre-wrap" ? WRAPPED.lines * (line - WRAPPED.lost) : line;
}

/** Between two terms: the step first, then what makes it up. */
const between = (i) => (i === 0 ? "" : i === 1 ? "   ·   " : "   ");

/**
 * The line of the terms: only its numbers change from step to step. A name is a link to its entry of the glossary where
 * the page has one (lrviz/ui/terms.py). A term is on it whole or, where the line is full, only in the tooltip.
 */
function createRule() {
  const root = h("span.rule");
  let built = "";
  let numbers = [];

  function build(names, explains) {
    const words = names.map((name) => (explains?.[name] ? h("a", { href: explains[name] }, name) : name));
    numbers = names.map(() => h("span.pair"));
    root.replaceChildren(...words.flatMap((word, i) => [between(i), h("span.term", {}, word, " ", numbers[i])]));
  }

  return {
    root,
    show(rule, explains) {
      const names = rule.map(([name]) => name);
      const key = JSON.stringify([names, explains]);
      if (key !== built) build(names, explains);
      built = key;
      rule.forEach(([, pair], i) => say(numbers[i], pair));
      root.title = `${root.textContent}\n${PARTS}`;
    },
  };
}

export function createReadout(choose) {
  const cells = {};
  const cell = (name, label, width) => {
    cells[name] = h("span.value", { style: `min-width:${width}ch` }, "–");
    return h("span.cell", { class: `cell ${name}` }, h("span.name", {}, label), cells[name]);
  };
  const select = h("select.which", {
    "aria-label": "Run in the readout",
    onchange: () => choose(Number(select.value)),
  });
  const swatch = h("span.swatch", { "aria-hidden": "true" });
  const formula = h("span.formula");
  const numbers = h("div.formula.with-numbers");
  const rule = createRule();
  const wait = cell("wait", "waited", 4);
  const root = h(
    "div.readout",
    {},
    h(
      "div.numbers",
      {},
      h("span.who", {}, swatch, select),
      cell("step", "step", 9),
      cell("x", "x", 19),
      cell("loss", "loss", 9),
      cell("gradient", "‖∇‖", 8),
      cell("rate", "α", 17),
      wait,
    ),
    h("div.rules", {}, formula, numbers, rule.root),
  );
  let names = "";
  let last = [];
  let room = ROOM;
  new ResizeObserver(() => {
    room = Math.min(roomIn(numbers), ROOM);
  }).observe(numbers);
  return {
    root,
    show({ runs, state, n, palette, explains }) {
      const run = runs[state.focus];
      if (!run) return;
      const all = runs.map((r) => r.name).join("\n");
      if (all !== names) {
        names = all;
        select.replaceChildren(...runs.map((r, i) => h("option", { value: i }, r.name)));
      }
      if (Number(select.value) !== state.focus) select.value = String(state.focus);
      swatch.style.background = palette.runs[run.colour];
      const now = [run, Math.floor(state.cursor), n, room];
      if (now.every((part, i) => part === last[i])) return;
      last = now;
      const words = wordsAt(...now);
      for (const name of ["step", "x", "loss", "gradient", "rate"]) say(cells[name], words[name]);
      wait.hidden = words.wait === null;
      if (words.wait !== null) say(cells.wait, words.wait);
      say(formula, run.formula ? plainTex(run.formula) : "");
      say(numbers, words.numbers);
      rule.show(words.rule, explains);
      numbers.title = words.numbers;
      formula.title = formula.textContent;
    },
  };
}
