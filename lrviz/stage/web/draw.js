/** A learning-rate curve drawn by hand on the rate panel: one rate a step, few points when it is let go. */
import { tidy } from "./scale.js";

/** So many points go to the server at most. */
export const MOST_POINTS = 24;

/** In powers of ten: what the simplified curve may be off. */
const CLOSE = 0.01;

/** While drawing, the axis reaches so far below and above what is there. */
const BELOW = 1e3;
const ABOVE = 3;
const WIDER = 1.4;

/** [step, rate] under a pixel, held inside the panel and above 0; a rate has three digits. */
export function rateAt(px, py, axes, box, n) {
  const x = Math.min(Math.max(px, box.left), box.right);
  const y = Math.min(Math.max(py, box.top), box.bottom);
  const step = Math.min(Math.max(Math.round(axes.x.from(x)), 0), Math.max(n - 1, 0));
  const rate = axes.y.from(y); // 0 at the end of a linear axis
  return [step, tidy(Number((rate > 0 ? rate : axes.y.from(box.top) / BELOW).toPrecision(3)))];
}

/** The curve (rates by step, holes where nothing is drawn) with a stroke from one point to the next; new over old. */
export function stroked(curve, [fromStep, fromRate], [toStep, toRate]) {
  const next = curve.slice();
  const way = Math.abs(toStep - fromStep);
  for (let i = 0; i <= way; i++) {
    const part = way ? i / way : 1;
    next[fromStep + Math.sign(toStep - fromStep) * i] = fromRate * (toRate / fromRate) ** part;
  }
  return next;
}

/** At most `most` points [step, rate], straight on a log scale between them; always where the curve is furthest off. */
export function simplify(curve, most = MOST_POINTS, close = CLOSE) {
  const steps = Object.keys(curve).map(Number);
  if (steps.length < 2) return steps.map((step) => [step, curve[step]]);
  const log = (step) => Math.log10(curve[step]);
  const chosen = [steps[0], steps.at(-1)];
  while (chosen.length < most) {
    let worst = close;
    let at = null;
    for (let i = 0; i + 1 < chosen.length; i++) {
      const [a, b] = [chosen[i], chosen[i + 1]];
      for (const step of steps) {
        if (step <= a || step >= b) continue;
        const off = Math.abs(log(step) - log(a) - ((log(b) - log(a)) * (step - a)) / (b - a));
        if (off > worst) [worst, at] = [off, step];
      }
    }
    if (at === null) break;
    chosen.push(at);
    chosen.sort((a, b) => a - b);
  }
  return chosen.map((step) => [step, tidy(Number(curve[step].toPrecision(3)))]);
}

/** A range with room to draw in. */
export const roomy = ([low, high], log) => (log ? [Math.min(low, high / BELOW), high * ABOVE] : [low, high * WIDER]);

/** What is being drawn. on: the pointer draws; curve: what it has drawn; seq: of the answer that it waits for. */
export const firstSketch = () => ({ on: false, curve: [], last: null, seq: null });

/** The curve that is being drawn. */
export function strokeSketch(g, { sketch, palette }, axes, box) {
  if (!sketch.curve.length) return;
  g.touched?.(box.left, box.top, box.right, box.bottom);
  g.strokeStyle = palette.accent;
  g.lineWidth = 3;
  g.setLineDash([]);
  g.beginPath();
  for (const [step, rate] of Object.entries(sketch.curve)) g.lineTo(axes.x.to(Number(step)), axes.y.to(rate));
  g.stroke();
}
