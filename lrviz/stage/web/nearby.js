/** The sliders of the page around the stage, which are Streamlit's: what the hand does there is seen on the stage. */

/** The page gives the widget of a knob this key, and Streamlit makes it a class. */
const WIDGET = "[class*='st-key-knob_']";
const KNOB = /(?:^|\s)st-key-knob_(\w+)/;
const SLIDER = "input[type=range]:not(:disabled)";
/** Milliseconds that a pointer stays, where it does not only pass. */
const LINGER = 80;

/** Is what the server knows of this knob's slider here? It may know that there is nothing to send. */
export const known = (row, knob, families) => row?.knob === knob && (!row.family || families.has(row.family));

/** The notch that the slider stands at, where the runs that came, when `stands` was its row, are others; else null. */
export function ahead(row, stands, { knob, text }, families) {
  const family = row && row.knob === knob && families.get(row.family);
  const index = family ? family.text.indexOf(text) : -1;
  const here = stands?.family === row?.family && stands?.index === index;
  return index < 0 || here ? null : { knob, value: family.arrays.values[index], family: row.family };
}

/**
 * @param {Document} page
 * @param {{near: (knob: string) => void, moved: () => void}} hands  near: the hand is near the slider of this knob
 */
export function watchNearby(page, { near, moved }) {
  let widget = null;
  const told = new MutationObserver(moved);
  let timer = null;
  const come = ({ type, target }) => {
    clearTimeout(timer);
    const next = target.closest?.(WIDGET);
    if (!next?.querySelector(SLIDER)) return;
    if (next !== widget) {
      widget = next;
      told.disconnect();
      told.observe(widget, { subtree: true, attributeFilter: ["aria-valuetext"] });
    }
    timer = setTimeout(nearby.ask, type === "pointerover" ? LINGER : 0);
  };
  // A key too: the pointer may have been brought over another slider, even by a page that moved under it.
  const ways = ["pointerover", "focusin", "keydown"];
  for (const way of ways) page.addEventListener(way, come);
  const nearby = {
    /** The knob whose slider the hand came to last. */
    get knob() {
      return (widget && KNOB.exec(widget.className)?.[1]) ?? null;
    },
    /** What stands over that slider. */
    get text() {
      return widget?.querySelector(SLIDER)?.getAttribute("aria-valuetext") ?? null;
    },
    /** Is the hand still there? */
    get there() {
      return Boolean(widget?.matches(":hover, :focus-within"));
    },
    ask: () => nearby.knob && near(nearby.knob),
    close() {
      clearTimeout(timer);
      told.disconnect();
      for (const way of ways) page.removeEventListener(way, come);
    },
  };
  return nearby;
}
