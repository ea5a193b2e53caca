/** Sliders of the page that were let go while there was no server. */

/** React marks the handle that is held. */
const HELD = "[data-dragging] input[type=range]:not(:disabled)";
/** The pointer that presses them: no real one. */
const POINTER = { bubbles: true, button: 0, pointerId: -1 };

/**
 * Streamlit's sliders are out of use while there is no server, and miss that they are let go then: they would keep the
 * new stop to themselves, and answer to no press any more. So they are pressed and let go where they stand, once they
 * are in use again; a moment later, as React hears nothing while it does that.
 * @param {Document} page
 */
export function letGoSliders(page) {
  let pressed = false;
  for (const way of ["pointerdown", "pointerup", "pointercancel"]) {
    page.addEventListener(way, () => (pressed = way === "pointerdown"), true);
  }
  function letGo() {
    const left = pressed ? [] : page.querySelectorAll(HELD);
    for (const slider of left) {
      for (const way of ["pointerdown", "pointerup"]) slider.dispatchEvent(new PointerEvent(way, POINTER));
    }
  }
  const inUse = new MutationObserver(() => setTimeout(letGo));
  inUse.observe(page.body, { subtree: true, attributeFilter: ["disabled"] });
}
