/** Pointer, wheel, pinch and keys on the map. What they mean is the caller's matter. */

const CLICK = 5;
const FAR = 8;

const placed = (element, event) => {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

/**
 * @param {HTMLElement} plane
 * @param {object} on  hover(x, y)|hover(null); click(x, y); box(x0, y0, x1, y1, done); drop(): no box after all;
 *   zoom(x, y, factor)
 */
export function watchPlane(plane, on) {
  const fingers = new Map();
  let from = null;
  let mode = null;
  let spread = 0;

  plane.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const at = placed(plane, event);
    fingers.set(event.pointerId, at);
    if (fingers.size === 2) {
      mode = "pinch";
      spread = distance(fingers);
      on.drop();
      return;
    }
    [from, mode] = [at, "press"];
    if (event.pointerType !== "touch") plane.setPointerCapture(event.pointerId);
  });
  plane.addEventListener("pointermove", (event) => {
    const [x, y] = placed(plane, event);
    if (!fingers.has(event.pointerId)) {
      on.hover(x, y);
      return;
    }
    fingers.set(event.pointerId, [x, y]);
    if (mode === "pinch" && fingers.size === 2) {
      const now = distance(fingers);
      const [a, b] = [...fingers.values()];
      if (spread > 0 && now > 0) on.zoom((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, spread / now);
      spread = now;
    } else if (event.pointerType !== "touch" && mode !== "pinch") {
      if (mode === "press" && Math.hypot(x - from[0], y - from[1]) > CLICK) mode = "box";
      if (mode === "box") on.box(...from, x, y, false);
    }
  });
  const up = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    const [x, y] = placed(plane, event);
    if (event.type === "pointerup" && mode === "press") on.click(x, y);
    else if (mode === "box" && event.type === "pointerup" && far(from, [x, y])) on.box(...from, x, y, true);
    else on.drop();
    if (!fingers.size) mode = null;
  };
  plane.addEventListener("pointerup", up);
  plane.addEventListener("pointercancel", up);
  plane.addEventListener("pointerleave", () => on.hover(null));
  plane.addEventListener(
    "touchstart",
    (event) => {
      if (event.touches.length > 1) event.preventDefault();
    },
    { passive: false },
  );
  plane.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 30 : 1;
      on.zoom(...placed(plane, event), Math.exp(Math.min(Math.max(event.deltaY * unit, -240), 240) * 0.004));
    },
    { passive: false },
  );
}

/** A box is as wide and as high as a finger at least. */
const far = (a, b) => Math.abs(a[0] - b[0]) >= FAR && Math.abs(a[1] - b[1]) >= FAR;

const distance = (fingers) => {
  const [a, b] = [...fingers.values()];
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
};

/** @param {object} on  move(dx, dy) in cells; play(); zoom(factor); back(); whole() */
export function watchKeys(plane, on) {
  plane.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const act = {
      ArrowLeft: () => on.move(-far, 0),
      ArrowRight: () => on.move(far, 0),
      ArrowDown: () => on.move(0, -far),
      ArrowUp: () => on.move(0, far),
      Enter: on.play,
      " ": on.play,
      "+": () => on.zoom(0.5),
      "=": () => on.zoom(0.5),
      "-": () => on.zoom(2),
      Backspace: on.back,
      Home: on.whole,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}
