/** The place of each line's name on a panel: near the line, as far from all others as there is room. */

const HIGH = 20;
/** Pixels between a name and its own line. */
const GAP = 4;
const COLUMNS = 48;
const ROWS = 16;
/** Further from the others than so many pixels is as good. */
const FAR = 40;
/** What a name on another name or line costs, in pixels. */
const COVERS = 1000;

/** The lowest and highest pixel of a line (x and y in turn, x grows) between each column and the next. */
function spans(points, columns) {
  const at = [];
  let k = 0;
  for (const x of columns) {
    while (2 * k + 2 < points.length && points[2 * k + 2] <= x) k++;
    at.push(points[2 * k + 1]);
  }
  return at.map((y, m) => [Math.min(y, at[m + 1] ?? y), Math.max(y, at[m + 1] ?? y)]);
}

const apart = (lowA, highA, lowB, highB) => Math.max(lowA - highB, lowB - highA, 0);

/**
 * @param {{points: Float64Array, width: number}[]} lines
 * @param {import("./view.js").Box} box
 * @returns {[number, number][]}  the middle of each name
 */
export function placeNames(lines, box) {
  const wide = (box.right - box.left) / COLUMNS;
  const columns = Array.from({ length: COLUMNS }, (_, m) => box.left + (m + 0.5) * wide);
  const rows = lines.map(({ points }) => spans(points, columns));
  const taken = [];
  return lines.map(({ width }, i) => {
    let best = { worth: -Infinity, at: [box.left, box.top] };
    for (const x of columns) {
      const [left, right] = [x - width / 2, x + width / 2];
      if (left < box.left + 2 || right > box.right - 2) continue;
      const [from, to] = [left, right].map((px) => Math.floor((px - box.left) / wide));
      for (let r = 0; r < ROWS; r++) {
        const top = box.top + (r / (ROWS - 1)) * (box.bottom - box.top - HIGH);
        const bottom = top + HIGH;
        const away = rows.map((row) => {
          let nearest = Infinity;
          for (let m = from; m <= to; m++) nearest = Math.min(nearest, apart(top, bottom, ...row[m]));
          return nearest;
        });
        const own = away[i];
        const others = Math.min(FAR, ...away.filter((_, j) => j !== i));
        const onName = taken.some((t) => t.right > left && t.left < right && t.bottom > top && t.top < bottom);
        const covers = (own < GAP) + (others < 1) + onName;
        const worth = others - 1.5 * own - COVERS * covers;
        if (worth > best.worth) best = { worth, at: [x, top + HIGH / 2], left, right, top, bottom };
      }
    }
    taken.push(best);
    return best.at;
  });
}
