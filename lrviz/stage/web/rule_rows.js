/** What each rule decides in the epoch of the cursor: a row of numbers, and below it the reason. */
import { capital, h, say } from "./dom.js";
import { format } from "./scale.js";

const HEADS = ["Rule", "To beat", "Best", "Wait", "Cooldown", "Rate after"];

/** Epochs, from 1, after which the rate is cut. */
export function cutsOf(cut) {
  const cuts = [];
  cut.forEach((made, e) => made && cuts.push(e + 1));
  return cuts;
}

/** The numbers of a rule in epoch k, from 0, as they are read. */
export function numbersOf(rule, k) {
  const cut = rule.cut[k] === 1;
  return [
    format(rule.threshold[k], 5),
    format(rule.best[k], 5),
    cut ? `${rule.limit} of ${rule.limit}` : `${rule.wait[k]} of ${rule.limit}`,
    String(rule.cooldown[k]),
    cut ? `${format(rule.learning_rate[k])} (cut)` : format(rule.learning_rate[k]),
  ];
}

export function createRuleRows() {
  const caption = h("caption");
  const body = h("tbody");
  const head = h("thead", {}, h("tr", {}, ...HEADS.map((text) => h("th", { scope: "col" }, text))));
  const root = h("table.rule-rows", {}, caption, head, body);
  let rows = [];

  function build(rules) {
    rows = rules.map(({ name }) => {
      const cells = HEADS.slice(1).map(() => h("td"));
      const numbers = h("tr", {}, h("th", { scope: "row" }, name), ...cells);
      const why = h("td.why", { colspan: HEADS.length });
      return { name, cells, numbers, why, line: h("tr", {}, why) };
    });
    body.replaceChildren(...rows.flatMap(({ numbers, line }) => [numbers, line]));
  }

  return {
    root,
    /** why: the sentence of each rule; null where it is not here, or is of other settings. */
    show({ k, unit, value, monitor, rules, why }) {
      if (rows.map(({ name }) => name).join() !== rules.map(({ name }) => name).join()) build(rules);
      say(caption, `${capital(unit)} ${k + 1}: ${monitor} ${format(value, 5)}`);
      rules.forEach((rule, i) => {
        const row = rows[i];
        numbersOf(rule, k).forEach((text, j) => say(row.cells[j], text));
        row.numbers.classList.toggle("cut", rule.cut[k] === 1);
        row.why.classList.toggle("unknown", why === null);
        if (why) say(row.why, why[i]);
      });
    },
  };
}
