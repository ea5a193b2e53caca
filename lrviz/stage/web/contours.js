/** Contour lines of a small grid, while a slider changes it; the server sends sharper ones when it rests. */

/**
 * Marching squares: a line crosses a side of a cell where its level lies between the two corners, in proportion.
 * @param {Uint16Array} heights  side * side, rows along y
 * @param {number} levels  the lines are at 1 / levels, 2 / levels, ... of the whole range
 * @returns {{level: number, x: number[], y: number[]}[]}  one piece a cell and level, in the coordinates of the domain
 */
export function contours(heights, side, levels, [x0, x1, y0, y1]) {
  const lines = [];
  const [wide, high] = [(x1 - x0) / (side - 1), (y1 - y0) / (side - 1)];
  const z = Float64Array.from(heights);
  for (let i = 0; i < z.length; i++) z[i] *= levels / 65535;
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const at = row * side + column;
      const [a, b, c, d] = [z[at], z[at + 1], z[at + side + 1], z[at + side]]; // around the cell
      const last = Math.min(Math.ceil(Math.max(a, b, c, d)), levels) - 1;
      for (let level = Math.max(Math.floor(Math.min(a, b, c, d)) + 1, 1); level <= last; level++) {
        const ends = crossings(a, b, c, d, level);
        for (let i = 0; i < ends.length; i += 4) {
          lines.push({
            level,
            x: [x0 + wide * (column + ends[i]), x0 + wide * (column + ends[i + 2])],
            y: [y0 + high * (row + ends[i + 1]), y0 + high * (row + ends[i + 3])],
          });
        }
      }
    }
  }
  return lines;
}

/**
 * Where this level crosses the sides of a cell, as parts of it to the right and up: two points, or four where opposite
 * corners are on one side of it. Then each two are a piece, around the corners that differ from the middle.
 */
export function crossings(a, b, c, d, level) {
  const ends = [];
  const [p, q, r, s] = [a < level, b < level, c < level, d < level];
  if (p !== q) ends.push((level - a) / (b - a), 0);
  if (q !== r) ends.push(1, (level - b) / (c - b));
  if (r !== s) ends.push((level - d) / (c - d), 1);
  if (s !== p) ends.push(0, (level - a) / (d - a));
  const parted = ends.length === 8 && (a + b + c + d) / 4 < level !== p;
  return parted ? [...ends.slice(6), ...ends.slice(0, 6)] : ends;
}
