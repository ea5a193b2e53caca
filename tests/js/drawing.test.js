import assert from "node:assert/strict";
import { test } from "node:test";
import { depthOf, firstCamera, orbited, projector } from "../../lrviz/stage/web/camera.js";
import { contrast, legible, luminance, parseColour } from "../../lrviz/stage/web/colour.js";
import { changesGround, decodeLines, groundAtStop, heightAt, readGround } from "../../lrviz/stage/web/ground.js";
import { headAt, nearestPoint } from "../../lrviz/stage/web/trails.js";
import { gradientLength } from "../../lrviz/stage/web/landscape.js";
import { readPalette } from "../../lrviz/stage/web/palette.js";
import { alongSlice, slopeAt } from "../../lrviz/stage/web/profile.js";
import {
  namesThatFit,
  nearest,
  placeOf,
  readTyped,
  regimeAt,
  typedText,
  valueText,
} from "../../lrviz/stage/web/sliders.js";
import { plainTex } from "../../lrviz/stage/web/tex.js";

test("a value keeps its place among other stops, or goes to the nearest", () => {
  assert.equal(nearest([0.1, 0.15, 0.2], 0.15), 1);
  assert.equal(nearest([0.1, 0.2, 0.3], 0.29), 2);
  assert.equal(nearest([0.1], 7), 0);
});

test("contour lines come back in the landscape's coordinates", () => {
  const xy = Uint16Array.of(0, 0, 65535, 65535, 0, 65535);
  const lines = decodeLines([-2, 2, 0, 10], xy, Uint16Array.of(2, 1), Uint8Array.of(5, 6));
  assert.deepEqual([...lines[0].x], [-2, 2]);
  assert.deepEqual([...lines[0].y], [0, 10]);
  assert.deepEqual([lines[1].level, lines[1].x[0], lines[1].y[0]], [6, -2, 10]);
});

test("heights are read between the grid's points and agree with the formula at both ends", () => {
  const scale = { floor: 0, soft: 1, low: 0, high: Math.log(11) };
  const meta = { key: "k", domain: [0, 1, 0, 1], minima: [], levels: 24, scale };
  const ground = readGround(meta, {
    "ground.heights": Uint16Array.of(0, 65535, 0, 65535),
    "ground.line_xy": [],
    "ground.line_size": [],
    "ground.line_level": [],
  });
  assert.ok(Math.abs(heightAt(ground, 0.25, 0.7) - 0.25) < 1e-5);
  assert.ok(Math.abs(ground.height(0)) < 1e-12);
  assert.ok(Math.abs(ground.height(10) - 1) < 1e-12);
});

test("the ground of a stop is the sum of its shares of the pictures", () => {
  const ground = { key: "k", domain: [0, 1, 0, 1], levels: 24, minima: [[9, 9]] };
  const arrays = {
    values: Float64Array.of(1, 2),
    "ground.weight": Float64Array.of(1, 0, 2, 10),
    "ground.basis": Float32Array.of(0, 1, 2, 3, 0, 0, 0, 1),
    "ground.scale": Float64Array.of(0, 1, 0, Math.log(4), 0, 1, 0, Math.log(17)),
    "ground.minima": Float64Array.of(0, 0, 0.5, 1),
    "ground.high": Uint8Array.of(0),
  };
  const second = groundAtStop(ground, { arrays }, 1, "f 1");
  assert.deepEqual([second.key, second.side, second.minima], ["f 1", 2, [[0.5, 1]]]);
  const heights = [0, 2, 4, 16].map((loss) => Math.round((65535 * Math.log(loss + 1)) / Math.log(17)));
  assert.deepEqual([...second.heights], heights);
  assert.ok(Math.abs(second.height(16) - 1) < 1e-12);
  assert.ok(second.lines.length > 20 && second.lines.every(({ level }) => level > 0 && level < 24));
  assert.ok(changesGround({ arrays }) && !changesGround({ arrays: { values: arrays.values } }));
});

test("where the sums are heights they are drawn as they are, and a minimum that is not there is left out", () => {
  const arrays = {
    values: Float64Array.of(1, 2),
    "ground.weight": Float64Array.of(1, 0.5),
    "ground.basis": Float32Array.of(0, 0.25, 1.5, 2),
    "ground.scale": Float64Array.of(0, 1, 0, 9, -3, 1, 0, 9),
    "ground.minima": Float64Array.of(0, 0, NaN, NaN),
    "ground.high": Uint8Array.of(1),
  };
  const ground = { key: "k", domain: [0, 1, 0, 1], levels: 24, minima: [[9, 9]], found: true };
  const second = groundAtStop(ground, { arrays }, 1, "f 1");
  assert.deepEqual([...second.heights], [0, 0.125, 0.75, 1].map((height) => Math.round(65535 * height)));
  assert.deepEqual([second.minima, second.found, second.scale.floor], [[], true, -3]);
});

test("seen from above, the surface is a map", () => {
  const project = projector({ turn: 0, tilt: Math.PI / 2, zoom: 1 }, 300, 200);
  assert.deepEqual(project(0, 0, 0).map(Math.round), [150, 100]);
  assert.ok(project(0.5, 0, 0)[0] > 150 && project(0, 0.5, 0)[1] < 100);
  assert.ok(Math.abs(project(0, 0, 0)[1] - project(0, 0, 1)[1]) < 1e-9);
});

test("the painter begins with what is farther away, which is higher in the picture", () => {
  const camera = firstCamera();
  const project = projector(camera, 300, 200);
  const corners = [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]];
  const far = corners.reduce((a, b) => (depthOf(camera, ...a) > depthOf(camera, ...b) ? a : b));
  const top = corners.reduce((a, b) => (project(...a, 0)[1] < project(...b, 0)[1] ? a : b));
  assert.deepEqual(far, top);
  assert.ok(orbited(camera, 0, 1e6).tilt <= 1.5);
});

test("every run colour has 3:1 on every ground, in both themes", () => {
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
      for (const ground of [palette.low, palette.high]) assert.ok(contrast(run, ground) >= 2.95);
    }
  }
});

test("colours are read in the forms a browser gives", () => {
  assert.deepEqual(parseColour("#fff"), [255, 255, 255]);
  assert.deepEqual(parseColour("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.ok(luminance([255, 255, 255]) > 0.999);
  assert.ok(contrast(legible([200, 200, 200], [[255, 255, 255]], 4.5), [255, 255, 255]) >= 4.5);
});

test("the head lies between two points, and on the last at the end", () => {
  const points = Float64Array.of(0, 0, 10, 20);
  assert.deepEqual(headAt(points, 0.5, 1), [5, 10]);
  assert.deepEqual(headAt(points, 7, 1), [10, 20]);
});

test("the gradient's arrow grows with the logarithm", () => {
  assert.equal(gradientLength(10, 10), 56);
  assert.equal(gradientLength(1e-9, 10), 16);
  assert.equal(gradientLength(0, 10), 0);
});

test("the nearest point within reach, of the runs that are shown", () => {
  const runs = [{ n: 1, name: "a" }, { n: 1, name: "b" }];
  const points = [Float64Array.of(0, 0, 10, 0), Float64Array.of(0, 3, 50, 50)];
  assert.equal(nearestPoint(runs, points, 9, 0, 5).step, 1);
  assert.equal(nearestPoint(runs, points, 0, 2, 5).run.name, "b");
  assert.equal(nearestPoint(runs, points, 0, 2, 5, (run) => run.name === "a").run.name, "a");
  assert.equal(nearestPoint(runs, points, 100, 100, 5), null);
});

test("a run on a slice, with the tangent from its gradient or from the curve", () => {
  const slice = { base: [1, 0], direction: [0, 1], s: [-1, 0, 1], loss: [1, 0, 1] };
  assert.deepEqual([...alongSlice({ n: 1, x: [1, 2, 1, -3] }, slice)], [2, -3]);
  assert.equal(slopeAt({ grad: [7, 4] }, 0, 2, slice), 4);
  assert.equal(slopeAt({ grad: null }, 0, 0.5, slice), 1);
});

test("regimes lie where their values are among the stops", () => {
  assert.equal(placeOf(10, [1, 10, 100], "log"), 0.5);
  assert.ok(Math.abs(placeOf(Math.sqrt(10), [1, 10, 100], "log") - 0.25) < 1e-12);
  assert.equal(placeOf(-5, [1, 2], "linear"), 0);
  assert.equal(placeOf(9, [1, 2], "linear"), 1);
  assert.equal(valueText({ unit: "epochs", text: null }, [5], 0), "5 epochs");
});

test("a value lies in a regime", () => {
  const regimes = [[null, 0.1, "swings", "swings, 1/L to 2/L"], [0.1, null, "flies off", "flies off, past 2/L"]];
  assert.equal(regimeAt(regimes, 0.05), "swings, 1/L to 2/L");
  assert.equal(regimeAt(regimes, 0.1), "on the edge");
  assert.equal(regimeAt([[1, 2, "here", "only here"]], 3), null);
});

test("the name of the narrowest part is written, those that would run into it are not", () => {
  const part = (middle, room, width = 40) => ({ middle, room, width });
  const shown = (parts) => namesThatFit(parts, 300).map(({ i }) => i).sort();
  assert.deepEqual(shown([part(60, 120), part(150, 60), part(240, 120)]), [0, 1, 2]);
  assert.deepEqual(shown([part(110, 44), part(145, 26), part(230, 140)]), [1, 2]);
  assert.ok(namesThatFit([part(295, 10)], 300)[0].right <= 300);
});

test("formulas in plain text", () => {
  assert.equal(plainTex(String.raw`x \leftarrow x - \alpha g`), "x ← x − α g");
  assert.equal(
    plainTex(String.raw`x_{t+1} = x_t - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon}`).normalize(),
    "xₜ₊₁ = xₜ − α m\u0302 / (√v\u0302 + ε)".normalize(),
  );
  assert.equal(plainTex(String.raw`\beta_1^t`), "β₁ᵗ");
  assert.equal(plainTex(String.raw`\tfrac12 0.96^k \mathrm{sign}(m)`), "1 / 2 0.96ᵏ sign(m)");
});

test("a typed number is taken exactly, and what may not be is told in a sentence", () => {
  const alpha = [0, 1000, true, false, "a number above 0, up to 1000"];
  for (const [text, value] of [["0.19", 0.19], [" 1e-3 ", 0.001], ["2.", 2], [".5", 0.5], ["1000", 1000]]) {
    assert.deepEqual(readTyped(text, "Learning rate", alpha), { value });
  }
  for (const text of ["0", "-1", "1001", "", "abc", "0x10", "Infinity", "1 2", "NaN"]) {
    assert.deepEqual(readTyped(text, "Learning rate", alpha), {
      wrong: "Learning rate must be a number above 0, up to 1000.",
    });
  }
  assert.match(readTyped("0,19", "Learning rate", alpha).wrong, / Write 0\.19\.$/);
  const patience = [0, 50, false, true, "a whole number from 0 to 50"];
  assert.deepEqual(readTyped("0", "Patience", patience), { value: 0 });
  assert.match(readTyped("2.5", "Patience", patience).wrong, /^Patience must be a whole number/);
  assert.deepEqual(readTyped("−3", "x", [null, null, false, false, "a number"]), { value: -3 });
});

test("a number is shown as it can be typed again", () => {
  for (const value of [0.19, 0.1234567, 1e-7, 3, -2.5, 123456.75]) {
    assert.deepEqual(readTyped(typedText(value), "x", [null, null, false, false, "a number"]), { value });
  }
  assert.equal(typedText(0.19), "0.19");
});
