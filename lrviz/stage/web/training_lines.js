/** What the panels of curves show of trainings: a line for each number of one, a line for each training of a race. */
import { INK } from "./palette.js";
import { cutsOf } from "./rule_rows.js";

/** A panel of curves: its key, what it is, and the numbers on it. */
export const PANELS = [
  { key: "loss", title: "Loss", kind: "loss", lines: ["loss", "val_loss"] },
  { key: "accuracy", title: "Accuracy", kind: "loss", lines: ["accuracy", "val_accuracy"] },
  { key: "rate", title: "Learning rate α", kind: "rate", lines: ["rate"] },
  { key: "sharpness", title: "Sharpness", kind: "loss", lines: ["sharpness"] },
];

/** An entry an epoch as the panels want it: of 0 epochs there is none. */
const padded = (row) => Float64Array.from([NaN, ...row]);

/** A training with its cuts and the edge that its rate sets. row: what is said of it; one: as `trainingAt` gives it */
export function withCuts(row, one) {
  const [edge, bound] = row.edge;
  const edges = one.learning_rate.map((rate) => bound / rate);
  return { ...one, [edge]: edges, cuts: row.watched ? cutsOf(one.cut) : [], rateSteps: Float64Array.from(one.rate) };
}

/**
 * The lines of a panel: of one training all that there are, of a race one each and the others of the chosen.
 *
 * @param {string} key  of the panel
 * @param {string[]} names  of its numbers, those of the validation where there is one
 * @param {object[]} rows  what is said of each training
 * @param {object[]} all  these trainings
 * @param {number} chosen  the place of one
 */
export function linesOf(key, names, rows, all, chosen) {
  const main = key === "loss" || key === "accuracy" ? names[names.length - 1] : names[0];
  const line = (place, name, more) => {
    const one = all[place];
    const cuts = key === "rate" || name === rows[place].monitor ? one.cuts : [];
    return { name, place, n: one.n, rate: one.rateSteps, loss: padded(one[name]), cuts, ...more };
  };
  const marked = (run, colour) => ({ ...run, colour, marks: [{ cuts: run.cuts, colour }] });
  if (rows.length === 1) {
    return names.map((name, i) => ({ ...marked(line(0, name), INK), colour: key === "rate" ? INK : i }));
  }
  const each = rows.map((_, place) => marked(line(place, main), place));
  const more = names.filter((name) => name !== main).map((name) => line(chosen, name, { pale: true, dash: [] }));
  return [...each, ...more.map((run) => marked(run, chosen))];
}

/** What the plateau rule decided, as a panel draws it. */
export function epochsOf({ n, best, threshold, wait, cut, cooldown }) {
  const step = Int32Array.from({ length: n }, (_, e) => e + 1);
  return { step, best, threshold, wait, cut, cooldown, monitored: null };
}
