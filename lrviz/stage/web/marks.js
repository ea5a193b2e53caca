/** The markers, the same on every panel: a run's marker, the notch of a cut, arrows, the exit, the minimum. */

const TAU = 2 * Math.PI;

function shapePath(g, shape, x, y, r) {
  g.beginPath();
  if (shape === "circle") g.arc(x, y, r, 0, TAU);
  else if (shape === "square") g.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (shape === "triangle") {
    const [side, base] = [r * 1.1, y + r * 0.85];
    polygon(g, [[x, y - r * 1.15], [x + side, base], [x - side, base]]);
  } else if (shape === "diamond") {
    const half = r * 1.25;
    polygon(g, [[x, y - half], [x + half, y], [x, y + half], [x - half, y]]);
  } else crossPath(g, x, y, r, shape === "plus" ? 0 : Math.PI / 4);
}

function polygon(g, points) {
  points.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
  g.closePath();
}

function crossPath(g, x, y, r, turn) {
  const [a, b] = [r * 0.42, r * 1.2];
  const corners = [
    [a, b], [a, a], [b, a], [b, -a], [a, -a], [a, -b],
    [-a, -b], [-a, -a], [-b, -a], [-b, a], [-a, a], [-a, b],
  ];
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  polygon(g, corners.map(([u, v]) => [x + u * c - v * s, y + u * s + v * c]));
}

/** A run's marker with a ring of paper around it. */
export function marker(g, shape, x, y, r, fill, ring) {
  g.touched?.(x - 1.3 * r - 3, y - 1.3 * r - 3, x + 1.3 * r + 3, y + 1.3 * r + 3);
  shapePath(g, shape, x, y, r);
  g.lineJoin = "round";
  g.lineWidth = 4;
  g.strokeStyle = ring;
  g.stroke();
  g.fillStyle = fill;
  g.fill();
}

/** Where a plateau cut fell: a notch, pointing at the curve from above. */
function notch(g, x, y, fill, ring) {
  g.touched?.(x - 8, y - 15, x + 8, y + 2);
  g.beginPath();
  polygon(g, [[x, y - 2], [x + 5.5, y - 12], [x - 5.5, y - 12]]);
  g.lineWidth = 2.5;
  g.lineJoin = "round";
  g.strokeStyle = ring;
  g.stroke();
  g.fillStyle = fill;
  g.fill();
}

/**
 * The notches of a run, at most one in 9 pixels: between those, a fine tick tells that there are more.
 * @param {[number, number][]} places  pixels, in the order of the steps
 */
export function notches(g, places, fill, ring, last = null) {
  let before = last;
  for (const [x, y] of places) {
    if (!Number.isFinite(x + y)) continue;
    if (before && Math.hypot(x - before[0], y - before[1]) < 9) {
      g.fillStyle = fill;
      g.fillRect(x - 0.5, y - 8, 1, 6);
      g.touched?.(x - 1, y - 9, x + 1, y);
      continue;
    }
    notch(g, x, y, fill, ring);
    before = [x, y];
  }
  return before;
}

/** Notches that stay: each is drawn once, when the cursor has passed it. */
export function createNotches() {
  let drawn = [];
  return {
    reset() {
      drawn = [];
    },
    /** @param {(cut: number) => [number, number]|null} place */
    advance(g, i, cuts, cursor, place, fill, ring) {
      drawn[i] ??= { count: 0, last: null };
      const own = drawn[i];
      for (; own.count < cuts.length && cuts[own.count] <= cursor; own.count++) {
        const at = place(cuts[own.count]);
        if (at) own.last = notches(g, [at], fill, ring, own.last);
      }
    },
  };
}

/** An arrow from (x, y) by (dx, dy) pixels. style: solid, dashed or dotted. */
export function arrow(g, x, y, dx, dy, colour, ring, { width = 2.5, dash = [] } = {}) {
  const length = Math.hypot(dx, dy);
  if (!(length > 3) || !Number.isFinite(length)) return;
  g.touched?.(Math.min(x, x + dx) - 10, Math.min(y, y + dy) - 10, Math.max(x, x + dx) + 10, Math.max(y, y + dy) + 10);
  const [ux, uy] = [dx / length, dy / length];
  const barb = Math.min(5 + width * 1.6, length * 0.7);
  const [bx, by] = [x + dx - ux * barb, y + dy - uy * barb];
  for (const [stroke, extra] of [[ring, 2.6], [colour, 0]]) {
    g.strokeStyle = stroke;
    g.fillStyle = stroke;
    g.lineWidth = width + extra;
    g.lineCap = "butt";
    g.setLineDash(extra ? [] : dash);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(bx, by);
    g.stroke();
    g.setLineDash([]);
    g.beginPath();
    polygon(g, [
      [x + dx, y + dy],
      [bx - uy * barb * 0.52, by + ux * barb * 0.52],
      [bx + uy * barb * 0.52, by - ux * barb * 0.52],
    ]);
    if (extra) {
      g.lineWidth = extra;
      g.lineJoin = "round";
      g.stroke();
    }
    g.fill();
  }
}

/** A known minimum: a small plus in a ring, which is dashed where a search found it. */
export function minimum(g, x, y, colour, ring, found) {
  for (const [stroke, width] of [[ring, 4], [colour, 1.6]]) {
    g.strokeStyle = stroke;
    g.lineWidth = width;
    g.beginPath();
    g.moveTo(x - 9, y);
    g.lineTo(x + 9, y);
    g.moveTo(x, y - 9);
    g.lineTo(x, y + 9);
    g.stroke();
    g.beginPath();
    g.setLineDash(found ? DASHED : []);
    g.arc(x, y, found ? 7 : 6, 0, TAU);
    g.stroke();
    g.setLineDash([]);
  }
}
const DASHED = [3.2, 2.3];

/** Where the ring of a start at these pixels leaves no room for words; none where there is no ring. */
export const ringPlace = (at) => (at ? [{ left: at[0] - 12, top: at[1] - 10, width: 24, height: 20 }] : []);

/** The start: a ring that can be taken hold of. */
export function startRing(g, x, y, colour, ring, grabbed) {
  g.touched?.(x - 16, y - 16, x + 16, y + 16);
  for (const [stroke, width] of [[ring, 5], [colour, 2.2]]) {
    g.strokeStyle = stroke;
    g.lineWidth = width;
    g.setLineDash([]);
    g.beginPath();
    g.arc(x, y, grabbed ? 12 : 9, 0, TAU);
    g.stroke();
  }
}

const widths = new Map();

/** Measuring text is slow, and an exit says the same in every frame. */
export function widthOf(g, text) {
  const key = `${g.font}|${text}`;
  if (!widths.has(key)) {
    if (widths.size > 200) widths.clear();
    widths.set(key, g.measureText(text).width);
  }
  return widths.get(key);
}

/** Words on a patch of their own, kept inside the box; returns the patch so that the next one can avoid it. */
export function label(g, text, x, y, box, { ink, veil, font, edge = null, taken = [] }) {
  g.font = font;
  const width = widthOf(g, text) + 12;
  const height = 20;
  const left = Math.min(Math.max(x - width / 2, box.left + 2), box.right - width - 2);
  let top = Math.min(Math.max(y - height / 2, box.top + 2), box.bottom - height - 2);
  for (const other of taken) {
    if (left < other.left + other.width && other.left < left + width && Math.abs(top - other.top) < height + 1) {
      top = other.top + (other.top + 2 * height + 4 < box.bottom ? height + 2 : -height - 2);
    }
  }
  g.touched?.(left, top, left + width, top + height);
  g.fillStyle = veil;
  g.fillRect(left, top, width, height);
  if (edge) {
    g.fillStyle = edge;
    g.fillRect(left, top, 3, height);
  }
  g.fillStyle = ink;
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillText(text, left + 7, top + height / 2 + 0.5);
  return { left, top, width, height };
}
