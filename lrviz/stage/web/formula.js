/** The update rule as the run's formula says it, with the numbers of one step in it. */
import { format, formatPair } from "./scale.js";
import { plainTex } from "./tex.js";

/** Characters that a wide readout has room for. */
export const ROOM = 150;
const GAP = "   ";
/** As long as a pair of numbers gets: what there is room for must not change from step to step. */
const LONG = "(−0.00123, −0.00123)";

/** `v <- a v - b g, x <- x + v` as its assignments. */
const assignments = (formula) =>
  formula.split(",\\quad").map((text) => {
    const [, letter, arrow, value] = /^\s*(.+?)\s*(\\leftarrow|=)\s*(.+)$/.exec(text);
    return { letter, arrow: plainTex(arrow), value };
  });

const pairAt = (data, t) => {
  const [a, b] = [data[2 * t], data[2 * t + 1]];
  return a === b ? format(a) : formatPair(a, b);
};

/** The letters' values before step t, and those of what the step computes after it. What is not here has none. */
function valuesAt(run, t, computed) {
  const before = { "\\alpha": format(run.rate[t]), k: String(t + 1), x: pairAt(run.x, t) };
  for (const [letter, value] of Object.values(run.knobs)) before[letter] = format(value);
  if (run.used) before.g = pairAt(run.used, t);
  const after = {};
  const points = Object.values(run.points ?? {});
  for (const [letter, name] of Object.entries(run.symbols)) {
    const data = run.terms.find((term) => term.name === name)?.data;
    if (!data) continue;
    after[letter] = pairAt(data, t);
    if (!computed.has(letter)) before[letter] = after[letter];
    else if (t > 0) before[letter] = pairAt(data, t - 1);
    else before[letter] = points.includes(name) ? pairAt(run.x, 0) : (before[`${letter}_0`] ?? "0");
  }
  return { before, after };
}

/** The assignments up to the step itself, each with the values that its letters have by then. */
function written(steps, before, after) {
  const values = { ...before };
  return steps.map(({ letter, arrow, value }) => {
    const line = `${plainTex(letter)} ${arrow} ${plainTex(value, values)}`;
    delete values[letter];
    if (letter in after) values[letter] = after[letter];
    return line;
  });
}

const longest = (values) =>
  Object.fromEntries(Object.entries(values).map(([letter, text]) => [letter, text.startsWith("(") ? LONG : text]));

/**
 * `v ← 0.9 · (1, 2) − 0.1 · (3, 4)   x ← (5, 6) + (0.6, 1.4)`; of what comes before the step, as much as there is room.
 * @param {import("./runs.js").StageRun} run
 * @param {number} t  the step from point t to the next
 * @param {number} [most]  so many characters there is room for
 */
export function numbersAt(run, t, most = ROOM) {
  if (!run.symbols || run.n === 0) return "";
  const all = assignments(run.formula);
  const steps = all.slice(0, all.findIndex(({ letter }) => letter === "x") + 1);
  const { before, after } = valuesAt(run, t, new Set(all.map(({ letter }) => letter)));
  const lengths = written(steps, longest(before), longest(after)).map((line) => line.length + GAP.length);
  let from = steps.length - 1;
  let room = most + GAP.length - lengths[from];
  for (; from > 0 && room >= lengths[from - 1]; from--) room -= lengths[from - 1];
  return written(steps, before, after).slice(from).join(GAP);
}
