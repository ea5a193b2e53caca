/** The points that an optimizer moves beside the one that its gradient is taken at. */

const APART = 16;

/**
 * Where they are at this cursor, in the units of the map; like the run they begin at its start.
 * @returns {{letter: string, at: [number, number]}[]}
 */
export function pointsAt(run, cursor) {
  const k = Math.min(Math.floor(cursor), run.n);
  const t = k < run.n ? cursor - k : 0;
  return Object.entries(run.points ?? {}).flatMap(([letter, name]) => {
    const data = run.terms.find((term) => term.name === name)?.data;
    if (!data) return [];
    const after = (step, axis) => (step > 0 ? data[2 * step - 2 + axis] : run.x[axis]);
    const at = [0, 1].map((axis) => {
      const here = after(k, axis);
      return t ? here + (after(k + 1, axis) - here) * t : here;
    });
    return at.every(Number.isFinite) ? [{ letter, at }] : [];
  });
}

/**
 * The places of the letters of these points and of the head, in pixels: none on another, however near the points are.
 * @param {[number, number]} head
 * @param {{letter: string, at: [number, number]}[]} places
 */
export function lettersOf(head, places) {
  const away = places.map(({ at }) => [at[0] - head[0], at[1] - head[1]]);
  const far = away.reduce((a, b) => (Math.hypot(...b) > Math.hypot(...a) ? b : a));
  const size = Math.hypot(...far);
  const [ux, uy] = size ? [far[0] / size, far[1] / size] : [1, 0];
  const letters = places.map(({ letter, at }, i) => {
    const side = away[i] === far || away[i][0] * ux + away[i][1] * uy > 0 ? APART : -APART;
    return { letter, at: [at[0] + side * ux, at[1] + side * uy] };
  });
  const up = ux > 0 ? APART : -APART;
  return [...letters, { letter: "x", at: [head[0] + up * uy, head[1] - up * ux] }];
}
