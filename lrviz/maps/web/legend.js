/** Between title and map: the colours with their numbers, and what has a sign of its own. */
import { h } from "../../stage/web/dom.js";
import { format, logTicks, niceTicks } from "../../stage/web/scale.js";
import { css } from "../../stage/web/colour.js";
import { positions, ramp } from "./colours.js";

const MOST_KINDS = 9;

const gradient = (table, turned) => {
  const colours = ramp(table).filter((_, i) => i % 15 === 0);
  return `linear-gradient(90deg, ${(turned ? colours.reverse() : colours).map((c) => css(c.slice(0, 3))).join(", ")})`;
};

/** A number of what is shown, as it is read. */
export function numberText(show, value, digits = 3) {
  if (show.palette === "kinds") return `minimum ${value + 1}`;
  if (show.palette === "sides") return `${value < 0 ? "converged" : "diverged"}, ${format(Math.abs(value), digits)}`;
  if (show.unit === "%") return `${format(100 * value, digits)} %`;
  return format(value, digits) + (show.unit ? ` ${show.unit}` : "");
}

function bar(name, table, turned, { low, high }, show, ticks) {
  const position = positions(show, { low, high }, false);
  const text = (v) => (show.unit === "%" ? `${Math.round(100 * v)} %` : format(v));
  const numbers = ticks.map((v) => h("span.tick", { style: `left: ${100 * position(v)}%` }, text(v)));
  const colours = h("i.bar", { style: `background: ${gradient(table, turned)}` });
  return h("span.scale", { title: name }, colours, h("span.ticks", {}, ...numbers));
}

const ticksOf = (show, { low, high }) => (show.scale === "log" ? logTicks(low, high, 4) : niceTicks(low, high, 4));
const chip = (name, style, kind = "") => h(`span.chip${kind && `.${kind}`}`, {}, h("i", { style }), name);

/**
 * @param {HTMLElement} box
 * @param {{show: object, span: object, tables: object, gone: boolean, best: boolean, lines: object[]}} look  gone: is
 *   there a cell without a number
 */
export function showLegend(box, { show, span, tables, gone, best, lines }) {
  const parts = [h("strong", {}, show.name)];
  if (show.palette === "kinds") {
    const count = Math.min(span.high + 1, MOST_KINDS);
    const colour = (i) => `background: ${tables.kinds[i % tables.kinds.length]}`;
    for (let i = 0; i < count; i++) parts.push(chip(`${i + 1}`, colour(i)));
  } else if (show.palette === "sides") {
    const there = { low: span.lost[0], high: span.lost[1] };
    const side = (name, table, ends) =>
      h("span.side", {}, name, bar(name, table, true, ends, show, ticksOf(show, ends)));
    parts.push(side("converged", tables.scale, span), side("diverged", tables.other, there));
  } else {
    parts.push(bar(show.name, tables.scale, show.palette === "better", span, show, ticksOf(show, span)));
  }
  if (gone && show.lost) {
    const lines = `repeating-linear-gradient(135deg, ${tables.hatch} 0 1.5px, ${tables.lost} 1.5px 5px)`;
    parts.push(chip(show.never, `background: ${lines}`));
  } else if (gone) parts.push(chip(show.never, `background: ${tables.none}`));
  if (best) parts.push(chip("best", "", "ring"));
  if (lines.length) parts.push(chip(lines[0].name, "", "line"));
  box.replaceChildren(...parts);
}
