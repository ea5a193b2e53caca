/** Long lines drawn piece by piece: what is drawn stays, a frame adds only what is new. */
import { clipSegment, inside } from "./view.js";

/** Pixels that a line goes before it is worth a stroke: a long run rests in less, or has many steps in each. */
const UNSEEN = 0.5;

/**
 * Strokes points[from..to] (pixels, x and y in turn), each segment clipped to the box in float64.
 * touching: leave out what only crosses the box, both ends outside (a diverging run would fill it).
 * @returns {number} the dash pattern's offset for the next piece
 */
export function strokePiece(g, points, from, to, box, { dash = [], offset = 0, touching = false } = {}) {
  let length = 0;
  const seenBox = [Infinity, Infinity, -Infinity, -Infinity];
  let penX = NaN;
  let penY = NaN;
  g.setLineDash(dash);
  g.lineDashOffset = offset;
  g.beginPath();
  let ax = points[2 * from];
  let ay = points[2 * from + 1];
  for (let k = from + 1; k <= to; k++) {
    const bx = points[2 * k];
    const by = points[2 * k + 1];
    if (k < to && Math.abs(bx - ax) + Math.abs(by - ay) < UNSEEN) continue;
    const [cx, cy] = [ax, ay];
    ax = bx;
    ay = by;
    if (touching && !inside(cx, cy, box) && !inside(bx, by, box)) continue;
    const seen = clipSegment(cx, cy, bx, by, box);
    if (!seen) continue;
    if (seen[0] !== penX || seen[1] !== penY) g.moveTo(seen[0], seen[1]);
    g.lineTo(seen[2], seen[3]);
    grow(seenBox, seen);
    [, , penX, penY] = seen;
    if (dash.length) length += Math.hypot(seen[2] - seen[0], seen[3] - seen[1]);
  }
  g.stroke();
  g.setLineDash([]);
  if (seenBox[0] <= seenBox[2]) g.touched?.(seenBox[0] - 3, seenBox[1] - 3, seenBox[2] + 3, seenBox[3] + 3);
  return offset + length;
}

function grow(bounds, [ax, ay, bx, by]) {
  bounds[0] = Math.min(bounds[0], ax, bx);
  bounds[1] = Math.min(bounds[1], ay, by);
  bounds[2] = Math.max(bounds[2], ax, bx);
  bounds[3] = Math.max(bounds[3], ay, by);
}

/** Remembers up to which point each line is drawn. */
export function createTrail({ touching = false } = {}) {
  let drawn = [];
  return {
    reset() {
      drawn = [];
    },
    /** True where the cursor went back behind what is drawn: the layer must be cleared first. */
    behind: (i, to) => (drawn[i]?.to ?? 0) > to,
    advance(g, i, points, to, box, dash) {
      const at = drawn[i] ?? { to: 0, offset: 0 };
      if (to <= at.to) return;
      drawn[i] = { to, offset: strokePiece(g, points, at.to, to, box, { dash, offset: at.offset, touching }) };
    },
  };
}
