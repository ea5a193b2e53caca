/** The sliders of the page around the stage, which are Streamlit's: what is done there is seen on the stage. */
import { changesLandscape } from "./landscape.js";

/** The page gives the widget of a knob this key, and Streamlit makes it a class. */
const WIDGET = "[class*='st-key-knob_']";
const KNOB = /(?:^|\s)st-key-knob_(\w+)/;
const SLIDER = "input[type=range]:not(:disabled)";
/** Milliseconds that a pointer stays, where it does not only pass. */
const LINGER = 80;

/** Does the knob of the start move? */
export const movesStart = (knob) => knob === "x" || knob === "y";

/** Does this slider move the slice that is seen, and its family does not tell of it? A slice goes by its label. */
export const leavesOut = (slice, knob, family) =>
  Boolean(slice) && (movesStart(knob) || changesLandscape(family)) && family.slice !== slice;

/** The stop with this label; -1 for none. */
export const stopOf = (family, text) => family?.text.indexOf(text) ?? -1;

/**
 * @param {Document} page
 * @param {{prefetch: () => void, moved: () => void}} on  prefetch: the pointer or the focus stays on a
 *   slider; moved: it went on, or the slider has left the page, where another run than its came
 */
export function watchPageSliders(page, { prefetch, moved }) {
  let widget = null;
  /** A slider that left the page, where another run than its came, moves nothing any more. */
  const here = () => (widget?.isConnected ? widget : null);
  const value = new MutationObserver(moved);
  const left = new MutationObserver(() => {
    if (here()) return;
    left.disconnect();
    moved();
  });
  let timer = null;
  const come = ({ type, target }) => {
    clearTimeout(timer);
    const next = target.closest?.(WIDGET);
    if (!next?.querySelector(SLIDER)) return;
    if (next !== widget) {
      widget = next;
      value.disconnect();
      value.observe(widget, { subtree: true, attributeFilter: ["aria-valuetext"] });
      left.observe(page.body, { subtree: true, childList: true });
    }
    timer = setTimeout(hovered.prefetch, type === "pointerover" ? LINGER : 0);
  };
  // A key too: the pointer may have been brought over another slider, even by a page that moved under it.
  const ways = ["pointerover", "focusin", "keydown"];
  for (const way of ways) page.addEventListener(way, come);
  const hovered = {
    /** The knob whose slider the pointer came to last. */
    get knob() {
      return KNOB.exec(here()?.className)?.[1] ?? null;
    },
    /** The label over that slider. */
    get text() {
      return here()?.querySelector(SLIDER)?.getAttribute("aria-valuetext") ?? null;
    },
    /** Is the pointer still there? */
    get there() {
      return Boolean(widget?.matches(":hover, :focus-within"));
    },
    prefetch: () => hovered.text !== null && prefetch(),
    close() {
      clearTimeout(timer);
      value.disconnect();
      left.disconnect();
      for (const way of ways) page.removeEventListener(way, come);
    },
  };
  // The stage may come, or come anew, where the pointer is on a slider already.
  if (page.activeElement) come({ type: "focusin", target: page.activeElement });
  return hovered;
}
