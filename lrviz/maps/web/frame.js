/** The elements of a map: legend, buttons, canvases, the line of numbers. */
import { h } from "../../stage/web/dom.js";

export function createFrame() {
  const f = {};
  const button = (name, title) => h("button", { type: "button", title }, name);
  f.legend = h("div.legend");
  f.back = button("← Back", "The part that was seen before (Backspace)");
  f.whole = button("Whole map", "Where it began (Home)");
  f.fine = button("Sharpen", "1,024 points a side: a million runs");
  f.tools = h("div.tools", {}, f.back, f.whole, f.fine);
  f.background = h("canvas", { "aria-hidden": "true" });
  f.foreground = h("canvas", { "aria-hidden": "true" });
  const look = { tabindex: "0", role: "application", "aria-roledescription": "map" };
  f.plane = h("div.plane", look, f.background, f.foreground);
  f.numbers = h("p.numbers", { role: "status" });
  f.hint = h("p.hint");
  f.root = h("div.lrviz-map", { role: "group" }, f.legend, f.plane, h("div.below", {}, f.numbers, f.tools), f.hint);
  return f;
}
