/** The trainings of a race: a button each, which chooses whose picture and numbers are seen. */
import { h, say } from "./dom.js";
import { marker } from "./marks.js";
import { DASHES, SHAPES } from "./palette.js";

const [WIDE, HIGH] = [34, 16];

/** @param {(place: number) => void} choose */
export function createTrainingLegend(choose) {
  const root = h("div.legend.trainings", { role: "group", "aria-label": "Whose picture and numbers are seen" });
  return {
    root,
    /** @param {string[]} names  @param {number} chosen  its place */
    update(names, chosen, palette) {
      while (root.children.length > names.length) root.lastChild.remove();
      while (root.children.length < names.length) {
        const place = root.children.length;
        const sample = h("canvas", { width: 2 * WIDE, height: 2 * HIGH, "aria-hidden": "true" });
        root.append(h("button.run", { type: "button", onclick: () => choose(place) }, sample, h("span"), h("b")));
      }
      [...root.children].forEach((button, place) => {
        button.setAttribute("aria-pressed", String(place === chosen));
        say(button.children[1], names[place]);
        drawSample(button.firstChild, place, palette);
      });
    },
    /** @param {string[]} values  of each, in the epoch of the cursor */
    say: (values) => [...root.children].forEach((button, place) => say(button.lastChild, values[place] ?? "")),
  };
}

function drawSample(canvas, place, palette) {
  const g = canvas.getContext("2d");
  g.setTransform(2, 0, 0, 2, 0, 0);
  g.clearRect(0, 0, WIDE, HIGH);
  g.strokeStyle = palette.runs[place];
  g.lineWidth = 2.2;
  g.setLineDash(DASHES[place]);
  g.beginPath();
  g.moveTo(0, HIGH / 2);
  g.lineTo(WIDE, HIGH / 2);
  g.stroke();
  g.setLineDash([]);
  marker(g, SHAPES[place], WIDE / 2, HIGH / 2, 4, palette.runs[place], palette.paper);
}
