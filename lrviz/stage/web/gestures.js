/** Gestures on the panels: pointer, wheel, pinch. What they mean is the caller's matter. */

const CLICK = 4;
const DOUBLE = 260;

const placed = (canvas, event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

/**
 * @param {HTMLCanvasElement} canvas
 * @param {object} on  grab(x, y, touch) -> true where the start is taken; dragStart(x, y, done); pan(dx, dy);
 *   zoom(x, y, factor); click(x, y); reset(); hover(x, y)|hover(null)
 */
export function watchMap(canvas, on) {
  const fingers = new Map();
  let mode = null;
  let from = null;
  let spread = 0;
  let middle = null;
  let clickTimer = null;

  const down = (event) => {
    if (event.button) return;
    const [x, y] = placed(canvas, event);
    fingers.set(event.pointerId, [x, y]);
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 2) {
      mode = "pinch";
      spread = distance(fingers);
      middle = between(fingers);
      return;
    }
    from = [x, y];
    mode = on.grab(x, y, event.pointerType === "touch") ? "start" : "press";
    if (mode === "start") on.dragStart(x, y, false, event);
  };
  const move = (event) => {
    const [x, y] = placed(canvas, event);
    if (!fingers.has(event.pointerId)) {
      on.hover(x, y);
      return;
    }
    const [ox, oy] = fingers.get(event.pointerId);
    fingers.set(event.pointerId, [x, y]);
    if (mode === "pinch" && fingers.size === 2) {
      const [now, at] = [distance(fingers), between(fingers)];
      on.pan(at[0] - middle[0], at[1] - middle[1]);
      if (spread > 0 && now > 0) on.zoom(...at, spread / now);
      [spread, middle] = [now, at];
    } else if (mode === "start") {
      on.dragStart(x, y, false, event);
    } else if (mode === "press" && Math.hypot(x - from[0], y - from[1]) > CLICK) {
      mode = event.pointerType === "touch" ? "scroll" : "pan"; // one finger is the page's
      if (mode === "pan") on.pan(x - from[0], y - from[1]);
    } else if (mode === "pan") {
      on.pan(x - ox, y - oy);
    }
  };
  const up = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    const [x, y] = placed(canvas, event);
    if (mode === "start") on.dragStart(x, y, true, event);
    else if (mode === "press" && event.type === "pointerup") {
      clearTimeout(clickTimer);
      clickTimer = setTimeout(() => on.click(x, y), DOUBLE);
    }
    if (fingers.size === 0) mode = null;
    else if (mode === "pinch") mode = "scroll";
  };
  const touch = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = event.touches[0];
    if (event.touches.length > 1 || on.grab(at.clientX - box.left, at.clientY - box.top, true)) event.preventDefault();
  };
  /** The wheel is the page's; with Ctrl or Command, as a pinch on a touchpad arrives too, it is the map's. */
  const wheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 30 : 1;
    const [x, y] = placed(canvas, event);
    on.zoom(x, y, Math.exp(Math.min(Math.max(event.deltaY * unit, -240), 240) * 0.0016));
  };
  const double = () => {
    clearTimeout(clickTimer);
    on.reset();
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => on.hover(null));
  canvas.addEventListener("touchstart", touch, { passive: false });
  canvas.addEventListener("wheel", wheel, { passive: false });
  canvas.addEventListener("dblclick", double);
  return () => clearTimeout(clickTimer);
}

const between = (fingers) => {
  const [a, b] = [...fingers.values()];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
};

const distance = (fingers) => {
  const [a, b] = [...fingers.values()];
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
};

/**
 * Scrubbing on an axis of steps.
 * @param {{scrub: (px: number) => void, hover: (x: number|null, y?: number) => void,
 *   draw?: (phase: "begin"|"move"|"end", px: number, py: number) => boolean}} on  draw: true where it takes the stroke
 */
export function watchAxis(canvas, on) {
  let held = false;
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const [x, y] = placed(canvas, event);
    canvas.setPointerCapture(event.pointerId);
    drawing = on.draw?.("begin", x, y) ?? false;
    held = !drawing;
    if (held) on.scrub(x);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = placed(canvas, event);
    if (drawing) on.draw("move", x, y);
    else if (held) on.scrub(x);
    on.hover(x, y);
  });
  const end = (event) => {
    if (drawing) on.draw("end", ...placed(canvas, event));
    held = false;
    drawing = false;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", () => on.hover(null));
}

/** Keys of the player, where no input wants them. */
export function watchKeys(root, player) {
  root.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.matches("input, select, textarea, .start")) return;
    const act = {
      " ": target.matches("button") ? null : () => player.toggle(),
      ArrowLeft: () => player.by(event.shiftKey ? -10 : -1),
      ArrowRight: () => player.by(event.shiftKey ? 10 : 1),
      Home: () => player.to(0),
      End: () => player.to(Infinity),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
