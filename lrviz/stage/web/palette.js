/** The colours of the moment, from Streamlit's theme. */
import { contrast, css, legible, luminance, mix, parseColour } from "./colour.js";

/** Dash patterns and marker shapes, by a run's colour number: a run is known without its colour. */
export const DASHES = [[], [7, 4], [2, 3.5], [11, 4, 2, 4], [4, 3], [14, 5], []];
export const SHAPES = ["circle", "square", "triangle", "diamond", "plus", "cross", "circle"];
/** The colour number of what is no run: recorded values. */
export const INK = 6;

/** Of the line of a run. */
export const strokeOf = (palette, run) => palette[run.pale ? "pale" : "runs"][run.colour];

/** Light: warm paper that darkens uphill. Dark: deep blue-grey that brightens uphill. */
const TINT = { light: [134, 104, 56], dark: [150, 182, 222] };

/**
 * @param {(name: string) => string} read  a CSS custom property's value
 * @param {{light: string[], dark: string[]}} runColours
 */
export function readPalette(read, runColours) {
  const colour = (name, otherwise) => parseColour(read(name) || otherwise);
  const paper = colour("--st-background-color", "#ffffff");
  const ink = colour("--st-text-color", "#222222");
  const theme = luminance(paper) < luminance(ink) ? "dark" : "light";
  const tint = TINT[theme];
  const low = mix(paper, tint, theme === "light" ? 0.05 : 0.03);
  const high = mix(paper, tint, theme === "light" ? 0.22 : 0.22);
  const backgrounds = [paper, low, high];
  const runs = runColours[theme].map((c) => legible(parseColour(c), backgrounds, 3));
  const accent = colour("--st-primary-color", "#7a4fd0");
  return {
    theme,
    paper: css(paper),
    ink: css(ink),
    soft: css(legible(mix(ink, paper, 0.36), backgrounds, 4.5)),
    grid: css(mix(paper, ink, 0.1)),
    axis: css(mix(paper, ink, 0.34)),
    veil: css(paper, 0.86),
    haze: css(paper, 0.55),
    band: css(mix(paper, ink, 0.5), 0.16),
    low,
    high,
    line: css(mix(high, tint, 0.16)),
    fifth: css(mix(high, tint, theme === "light" ? 0.5 : 0.42)),
    runs: [...runs, ink].map((c) => css(c)),
    pale: [...runs, ink].map((c) => css(c, 0.5)),
    faint: [...runs, ink].map((c) => css(c, 0.34)),
    accent: css(contrast(accent, paper) >= 3 ? accent : legible(accent, [paper], 3)),
    font: read("--st-font") || "sans-serif",
  };
}
