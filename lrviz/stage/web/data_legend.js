/** What the markers in the picture of the data mean. */
import { h } from "./dom.js";
import { classColour } from "./pictures.js";

export function createDataLegend() {
  const root = h("div.legend.data-legend");
  const meaning = (kind, ...parts) => h(`span.mean.${kind}`, {}, ...parts);
  return {
    root,
    /** row: what is said of the training that is seen */
    update({ picture: { kind, classes }, validates, watched, best }, palette) {
      const hues = { digits: ["speaks against it", "speaks for it"], plane: ["low", "high"], line: [] }[kind];
      const named = kind !== "digits" && classes.length ? classes.slice(0, 8) : hues;
      const colours = named.map((name, k) => {
        const swatch = h("i");
        swatch.style.background = classColour(palette, k);
        return meaning("class", swatch, name);
      });
      const shapes = kind === "digits" ? [] : [meaning("trains", h("i"), "training"),
        ...(validates ? [meaning("validates", h("i"), "validation")] : [])];
      const wrong = kind === "plane" && classes.length ? [meaning("wrong", h("i"), "read wrongly")] : [];
      const line = watched ? [meaning("so-far", h("i"), best)] : [];
      root.replaceChildren(...shapes, ...wrong, ...colours, ...line);
    },
  };
}
