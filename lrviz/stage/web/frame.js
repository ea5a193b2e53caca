/** The stage's furniture: panels, legend, switch. What is drawn inside comes from the panels. */
import { h, say } from "./dom.js";
import { SHAPES } from "./palette.js";
import { marker } from "./marks.js";

const PANEL_NAMES = { "2d": "2D", slice: "slice", "3d": "3D" };

/** @returns the elements by name; `root` holds them all */
export function createFrame() {
  const f = {};
  f.legend = h("div.legend", { role: "group", "aria-label": "Runs" });
  f.switcher = h("div.switch", { role: "group", "aria-label": "View" });
  f.slices = h("select.slices", { "aria-label": "Slice along" });
  f.start = h("button.start", { type: "button", hidden: true });
  f.markerLegend = h("div.marker-legend", { "aria-hidden": "true" });
  f.tip = h("div.tip", { "aria-hidden": "true", hidden: true });
  f.reset = h("button.reset", { type: "button", hidden: true }, "Reset view");
  f.landBox = h("div.canvas", {}, f.markerLegend, f.start, f.reset);
  f.lossBox = h("div.canvas");
  f.rateBox = h("div.canvas");
  f.best = h("span.best");
  f.log = h("button.toggle", { type: "button" }, "log");
  f.lossTitle = h("span.title", {}, "Loss");
  f.land = h("section.panel.land", {}, h("header", {}, f.legend, f.slices, f.switcher), f.landBox);
  f.loss = h("section.panel.loss", {}, h("header", {}, f.lossTitle, f.log, f.best), f.lossBox);
  f.draw = h("button.toggle.draw", { type: "button", "aria-pressed": "false", hidden: true }, "Draw a curve");
  const rateTitle = h("span.title", {}, "Learning rate α");
  f.rateLog = h("button.toggle", { type: "button", "aria-label": "log scale of the rate" }, "log");
  f.rate = h("section.panel.rate", {}, h("header", {}, rateTitle, f.rateLog, f.draw), f.rateBox);
  f.bar = h("div.bar");
  f.whole = h("a.whole", { target: "_blank", rel: "noopener", hidden: true }, "Open in the lab ↗");
  f.root = h("div.lrviz-stage", { tabindex: "0", role: "group" }, f.land, f.loss, f.rate, f.bar, f.tip);
  return f;
}

/** One switch a run: marker, name; pressed while the run is shown. */
export function showLegend(box, scene, toggle) {
  const { runs, palette } = scene;
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  box.classList.toggle("many", runs.length > 2);
  while (box.children.length > runs.length) box.lastChild.remove();
  runs.forEach((run, i) => {
    let item = box.children[i];
    if (!item) {
      const icon = h("canvas", { width: 18 * ratio, height: 18 * ratio, "aria-hidden": "true" });
      item = h("button.run", { type: "button" }, icon, h("span"));
      item.addEventListener("click", () => toggle(i));
      box.append(item);
    }
    const shown = scene.shown(run);
    say(item.lastChild, run.name);
    item.setAttribute("aria-pressed", String(shown));
    item.title = shown ? `Hide ${run.name}` : `Show ${run.name}`;
    const g = item.firstChild.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, 18, 18);
    marker(g, SHAPES[run.colour], 9, 9, 5, palette.runs[run.colour], palette.paper);
  });
}

export function showSwitch(box, panels, current, choose) {
  if (box.dataset.panels !== panels.join()) {
    box.dataset.panels = panels.join();
    box.replaceChildren(
      ...panels.map((panel) =>
        h("button", { type: "button", "data-panel": panel, onclick: () => choose(panel) }, PANEL_NAMES[panel]),
      ),
    );
    box.hidden = panels.length < 2;
  }
  for (const button of box.children) button.setAttribute("aria-pressed", String(button.dataset.panel === current));
}

/** What the arrows and markers on the map mean. */
export function showMarkerLegend(box, { run, panel, tangent }) {
  const wanted = [];
  if (panel === "2d") {
    if (run?.grad) wanted.push(["dashed", "downhill (−gradient)"]);
    if (run?.terms.some((term) => term.name === "carried")) wanted.push(["dotted", "carried"]);
    if (run?.n) wanted.push(["solid", "step taken"]);
    for (const [letter, name] of Object.entries(run?.points ?? {})) wanted.push(["point", `${letter} ${name}`]);
  } else if (panel === "slice" && tangent) wanted.push(["tangent", "tangent"]);
  if (run?.cuts.length) wanted.push(["cut", "rate cut"]);
  box.dataset.panel = panel;
  const key = JSON.stringify(wanted);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(...wanted.map(([kind, text]) => h("span", { class: `entry ${kind}` }, h("i"), text)));
}

/** Words next to the pointer. `at` in pixels of `box`. */
export function showTip(tip, root, box, at, text) {
  tip.hidden = !text;
  if (!text) return;
  say(tip, text);
  const outer = root.getBoundingClientRect();
  const inner = box.getBoundingClientRect();
  const x = inner.left - outer.left + at[0];
  const y = inner.top - outer.top + at[1] - 30;
  const right = x > outer.width - 190;
  tip.style.transform = `translate(${right ? x - 12 : x + 12}px, ${y}px) translateX(${right ? "-100%" : "0"})`;
}
