/** The numbers along the axes, set by their baseline: "top" of a font is another height in each browser. */

/** Of a digit, in pixels, at the 12 pixels of an axis' font. */
const DIGIT = 8;

/** Below a plot, with this many pixels between. */
export function numberBelow(g, text, x, bottom, gap = 8) {
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(text, x, bottom + gap + DIGIT);
}

/** Beside a plot, at the height y. */
export function numberBeside(g, text, left, y, gap = 7) {
  g.textAlign = "right";
  g.textBaseline = "alphabetic";
  g.fillText(text, left - gap, y + DIGIT / 2);
}
