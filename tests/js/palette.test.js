import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, parseColour } from "../../lrviz/stage/web/colour.js";
import { readPalette } from "../../lrviz/stage/web/palette.js";

test("every run colour has 3:1 on every background, in both themes", () => {
  const runs = {
    light: ["#e69f00", "#56b4e9", "#009e73", "#d55e00", "#0072b2", "#cc79a7"],
    dark: ["#e69f00", "#56b4e9", "#009e73", "#d55e00", "#0072b2", "#cc79a7"],
  };
  for (const [paper, ink, theme] of [
    ["#fdfbf7", "#222222", "light"],
    ["#161c26", "#e6e9ef", "dark"],
    ["#ffffff", "#31333f", "light"],
  ]) {
    const styles = { "--st-background-color": paper, "--st-text-color": ink, "--st-primary-color": "#7048b6" };
    const palette = readPalette((name) => styles[name] ?? "", runs);
    assert.equal(palette.theme, theme);
    for (const run of palette.runs.map((text) => parseColour(text))) {
      for (const background of [palette.low, palette.high]) assert.ok(contrast(run, background) >= 2.95);
    }
  }
});
