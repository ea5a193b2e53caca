/** Patience as cells: they fill while nothing improves and empty when it does; full, the rate is cut, then it rests. */
import { h, say } from "./dom.js";
import { epochsDone } from "./runs.js";

const MOST_CELLS = 12;
/** The word of the glossary that explains them. */
const CELLS = "patience cells";

/**
 * What the cells say of a run after k steps; null where nothing is watched, or where it is not known.
 * @returns {{limit: number, waited: number, cut: boolean, cooling: number, cooldown: number, words: string}|null}
 */
export function cellsAt(run, k) {
  const { rule, epochs } = run;
  if (!rule || !epochs?.wait) return null;
  const { limit, cooldown } = rule;
  const e = epochsDone(epochs, Math.min(k, run.n)) - 1;
  const cut = e >= 0 && epochs.cut[e] === 1;
  const cooling = e >= 0 && epochs.cooldown ? epochs.cooldown[e] : 0;
  const waited = cut ? limit : e < 0 ? 0 : epochs.wait[e];
  let words = `waited ${waited} of ${limit}`;
  if (cut) words = "rate cut";
  else if (cooling) words = `cooldown ${cooling} of ${cooldown}`;
  else if (waited > limit) words = "at the lowest rate";
  else if (e >= 0 && waited === 0) words = `improved, 0 of ${limit}`;
  return { limit, waited, cut, cooling, cooldown, words };
}

export function createCells() {
  const patience = h("span.row");
  const cooldown = h("span.row.cooldown");
  const words = h("span.words");
  const root = h("span.cells", { hidden: true, title: "Epochs without improvement. When all cells are full, the rate " +
    "is cut; an improvement empties them." }, patience, cooldown, words);
  const link = h("a");
  let last = "";
  let address = null;

  /** They lead to their entry of the glossary where the page has one (lrviz/ui/terms.py). */
  function explain(to) {
    if (to === address) return;
    address = to;
    link.href = to ?? "";
    (to ? link : root).replaceChildren(patience, cooldown, words);
    if (to) root.replaceChildren(link);
  }

  return {
    root,
    show({ runs, state, explains }) {
      explain(explains?.[CELLS] ?? null);
      const run = runs[state.focus];
      const now = run ? cellsAt(run, Math.floor(state.cursor)) : null;
      root.hidden = !run?.rule; // while a slider is held its place stays
      root.classList.toggle("unknown", now === null);
      const key = JSON.stringify(now);
      if (now === null || key === last) return;
      last = key;
      fill(patience, now.limit, now.waited);
      fill(cooldown, now.cooldown, now.cooling);
      cooldown.hidden = now.cooldown === 0;
      root.classList.toggle("cut", now.cut);
      say(words, now.words);
      link.ariaLabel = `${CELLS}: ${now.words}`; // on a small stage the words are left out
    },
  };
}

/** So many cells, or a bar where there would be too many. */
function fill(row, count, filled) {
  const bar = count > MOST_CELLS;
  const wanted = bar ? 1 : count;
  row.classList.toggle("long", bar);
  while (row.children.length > wanted) row.lastChild.remove();
  while (row.children.length < wanted) row.append(h("i"));
  [...row.children].forEach((cell, i) => {
    cell.classList.toggle("full", !bar && i < filled);
    cell.style.setProperty("--part", bar ? `${Math.min(filled / count, 1) * 100}%` : "");
  });
}
