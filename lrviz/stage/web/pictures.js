/**
 * What the model has learnt by an epoch, drawn from its weights: a line through data of one feature, a surface below
 * data of two (or below the plane of their first two components), the weights and the worst mistakes of digits.
 * Rows that train are full circles, rows that validate hollow squares.
 */
import { css, mix, parseColour } from "./colour.js";
import { contours } from "./contours.js";
import { plotBox, withinBox } from "./layers.js";
import { label } from "./marks.js";
import { classOf, outputs, readings, verdict } from "./network.js";
import { FRAME } from "./redraw.js";
import { format, linear, niceTicks } from "./scale.js";
import { numberBelow, numberBeside } from "./ticks.js";

/** A class -> its place in the palette's runs. The first two are those of loss and val_loss. */
const CLASSES = [2, 3, 4, 5, 0, 1];
export const classColour = (palette, k) => palette.runs[CLASSES[k % CLASSES.length]];

const MARGIN = { left: 52, right: 14, top: 10, bottom: 40 };
/** Of a surface: multiplications in one picture, about, and points a side. */
const WORK = 1.5e6;
const [COARSE, FINE] = [20, 56];
/** Rows whose mistakes are marked: multiplications at most. */
const MARKED = 2e6;
/** How strong the colour of a sure model is below its points. */
const SURE = 0.34;
const LINE = 160;
const MANY = 700;
const MOST_TILES = 16;
/** From this size on a tile has room for the word before its number. */
const NAMED = 48;
const MISTAKES = 5;
const PIXELS = 8;

const multiplications = ({ sizes }) => sizes.slice(1).reduce((sum, units, i) => sum + units * sizes[i], 0);

/** Where the data lie, with a margin. @returns {number[]} [x0, x1, y0, y1] */
export function domainOf(place) {
  const ends = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < place.length; i += 2) {
    ends[0] = Math.min(ends[0], place[i]);
    ends[1] = Math.max(ends[1], place[i]);
    ends[2] = Math.min(ends[2], place[i + 1]);
    ends[3] = Math.max(ends[3], place[i + 1]);
  }
  const [wide, high] = [ends[1] - ends[0] || 1, ends[3] - ends[2] || 1].map((size) => 0.08 * size);
  return [ends[0] - wide, ends[1] + wide, ends[2] - high, ends[3] + high];
}

/** A square grid of side x side points of the plane, as rows of features. */
function gridOf({ basis, features }, side, [x0, x1, y0, y1]) {
  const rows = new Float32Array(side * side * features);
  for (let i = 0; i < side * side; i++) {
    const u = x0 + ((x1 - x0) * (i % side)) / (side - 1);
    const v = y0 + ((y1 - y0) * Math.floor(i / side)) / (side - 1);
    for (let k = 0; k < features; k++) rows[i * features + k] = u * basis[k] + v * basis[features + k];
  }
  return rows;
}

/** @param {ReturnType<import("./layers.js").createLayers>} layers */
export function createPicture(layers) {
  const tile = document.createElement("canvas");
  let drawn = {};
  let grid = null;
  let axes = null;
  let box = null;
  let mistakes = null;

  const widthOf = ({ model }) => model.sizes[model.sizes.length - 1];
  const count = ({ picture }) => picture.classes.length;

  function plot(scene) {
    box = plotBox(layers, MARGIN);
    const [x0, x1, y0, y1] = scene.data.domain;
    axes = { x: linear(x0, x1, box.left, box.right), y: linear(y0, y1, box.bottom, box.top) };
  }

  /** Numbers in the features' own units, and their names. */
  function drawAxes(g, { palette, picture, data }) {
    g.font = `12px ${palette.font}`;
    g.fillStyle = palette.soft;
    g.strokeStyle = palette.axis;
    g.lineWidth = 1;
    g.setLineDash([]);
    g.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
    const [across, up] = picture.axes;
    const ends = (axis, from, to) => [from * axis.spread + axis.mean, to * axis.spread + axis.mean];
    const [x0, x1, y0, y1] = data.domain;
    for (const v of niceTicks(...ends(across, x0, x1), 5)) {
      numberBelow(g, format(v), axes.x.to((v - across.mean) / across.spread), box.bottom, 5);
    }
    for (const v of niceTicks(...ends(up, y0, y1), 6)) {
      numberBeside(g, format(v), box.left, axes.y.to((v - up.mean) / up.spread));
    }
    numberBelow(g, across.name, (box.left + box.right) / 2, box.bottom, 22);
    g.save();
    g.translate(11, (box.top + box.bottom) / 2);
    g.rotate(-Math.PI / 2);
    g.textAlign = "center";
    g.fillText(up.name, 0, 0);
    g.restore();
  }

  /** The colour of a class, or of a number between the lowest and the highest. */
  function pointColour(scene, i) {
    const { palette, data, model } = scene;
    if (count(scene)) return classColour(palette, classOf(data.y[i], model.loss));
    if (scene.picture.kind === "line") return palette.runs[1];
    return css(shade(scene, data.y[i], 1));
  }

  /** Below the middle one hue, above it another. */
  function shade({ palette, data: { low, high } }, v, most) {
    const t = Math.min(Math.max((v - low) / (high - low || 1), 0), 1);
    const hue = parseColour(classColour(palette, t < 0.5 ? 0 : 1));
    return mix(parseColour(palette.paper), hue, most * Math.abs(2 * t - 1));
  }

  function drawPoints(g, scene) {
    const { palette, data } = scene;
    const r = data.y.length > MANY ? 2.4 : 4;
    const outlined = !count(scene) && scene.picture.kind === "plane";
    for (const trains of [1, 0]) {
      for (let i = 0; i < data.y.length; i++) {
        if (data.train[i] !== trains) continue;
        const [x, y] = [axes.x.to(data.place[2 * i]), axes.y.to(data.place[2 * i + 1])];
        const colour = pointColour(scene, i);
        g.beginPath();
        if (trains) g.arc(x, y, r, 0, 2 * Math.PI);
        else g.rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1);
        g.fillStyle = trains || outlined ? colour : palette.paper;
        g.strokeStyle = outlined ? palette.ink : trains ? palette.paper : colour;
        g.lineWidth = trains ? 1 : 2;
        g.fill();
        g.stroke();
      }
    }
  }

  function drawSurface(g, scene) {
    const { palette, data, model, weights } = scene;
    const [width, classes] = [widthOf(scene), count(scene)];
    const side = Math.round(Math.min(Math.max(Math.sqrt(WORK / multiplications(model)), COARSE), FINE));
    if (grid?.of !== data || grid.side !== side) {
      grid = { of: data, side, rows: gridOf(data, side, data.domain) };
      tile.width = tile.height = side;
    }
    const read = readings(outputs(model, weights, grid.rows, side * side), model, classes);
    const image = new ImageData(side, side);
    const paper = parseColour(palette.paper);
    const hues = Array.from({ length: Math.max(classes, 2) }, (_, k) => parseColour(classColour(palette, k)));
    for (let i = 0; i < side * side; i++) {
      const to = 4 * ((side - 1 - Math.floor(i / side)) * side + (i % side));
      const colour = classes ? classShade(read, i, width, classes, paper, hues) : shade(scene, read[i], 0.6);
      for (let c = 0; c < 3; c++) image.data[to + c] = colour[c];
      image.data[to + 3] = 255;
    }
    const t = tile.getContext("2d");
    t.putImageData(image, 0, 0);
    // The middle of a pixel is a point of the grid: the picture reaches half a pixel beyond the plot.
    const [w, h] = [box.right - box.left, box.bottom - box.top].map((size) => size / (side - 1));
    withinBox(g, box, () => {
      g.imageSmoothingEnabled = true;
      g.drawImage(tile, box.left - w / 2, box.top - h / 2, w * side, h * side);
    });
    if (classes === 2) drawBoundary(g, scene, read, side, width);
  }

  /** Where both classes are as likely. */
  function drawBoundary(g, { palette, data }, read, side, width) {
    const heights = Float64Array.from({ length: side * side }, (_, i) => 65535 * read[i * width + width - 1]);
    g.strokeStyle = palette.ink;
    g.lineWidth = 2;
    g.setLineDash([]);
    g.beginPath();
    for (const { x, y } of contours(heights, side, 2, data.domain)) {
      g.moveTo(axes.x.to(x[0]), axes.y.to(y[0]));
      g.lineTo(axes.x.to(x[1]), axes.y.to(y[1]));
    }
    g.stroke();
  }

  /** A ring round each row that is read as another class. */
  function drawWrong(g, scene) {
    const { palette, data, model, weights } = scene;
    if (!count(scene) || !data.x || data.y.length * multiplications(model) > MARKED) return;
    const width = widthOf(scene);
    const read = readings(outputs(model, weights, data.x, data.y.length), model, count(scene));
    g.strokeStyle = palette.ink;
    g.lineWidth = 1.2;
    g.beginPath();
    for (let i = 0; i < data.y.length; i++) {
      const own = classOf(data.y[i], model.loss);
      if (verdict(read, i, width, own)[0] === own) continue;
      const [x, y] = [axes.x.to(data.place[2 * i]), axes.y.to(data.place[2 * i + 1])];
      g.moveTo(x + 7.5, y);
      g.arc(x, y, 7.5, 0, 2 * Math.PI);
    }
    g.stroke();
  }

  function drawLine(g, scene) {
    const { palette, data, model, weights } = scene;
    const [x0, x1] = data.domain;
    const width = widthOf(scene);
    const x = Float64Array.from({ length: LINE }, (_, i) => x0 + ((x1 - x0) * i) / (LINE - 1));
    const read = readings(outputs(model, weights, x, LINE), model, count(scene));
    withinBox(g, box, () => {
      g.lineWidth = 3;
      g.setLineDash([]);
      for (let j = 0; j < width; j++) {
        g.strokeStyle = width > 1 ? classColour(palette, j) : palette.runs[0];
        g.beginPath();
        for (let i = 0; i < LINE; i++) g.lineTo(axes.x.to(x[i]), axes.y.to(read[i * width + j]));
        g.stroke();
      }
    });
  }

  /** The picture of 64 numbers between -1 and 1, or 0 and 1, one hue for each side. */
  function drawTile(g, { palette }, values, x, y, size) {
    const paper = parseColour(palette.paper);
    const [below, above] = [0, 1].map((k) => parseColour(classColour(palette, k)));
    const image = new ImageData(PIXELS, PIXELS);
    values.forEach((v, i) => {
      const colour = mix(paper, v < 0 ? below : above, Math.min(Math.abs(v), 1));
      image.data.set([...colour, 255], 4 * i);
    });
    tile.width = tile.height = PIXELS;
    tile.getContext("2d").putImageData(image, 0, 0);
    g.imageSmoothingEnabled = false;
    g.drawImage(tile, x, y, size, size);
    g.strokeStyle = palette.axis;
    g.lineWidth = 1;
    g.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  }

  function words(g, { palette }, text, x, y, { bold = false, align = "left" } = {}) {
    g.font = `${bold ? "600 " : ""}12px ${palette.font}`;
    g.fillStyle = bold ? palette.ink : palette.soft;
    g.textAlign = align;
    g.textBaseline = "alphabetic";
    g.fillText(text, x, y);
  }

  function drawDigits(g, scene) {
    const { model, weights, picture } = scene;
    const units = model.sizes[1];
    const direct = model.sizes.length === 2;
    const tiles = Math.min(units, MOST_TILES);
    const columns = Math.ceil(tiles / 2);
    const { width, height } = layers;
    const size = Math.floor(Math.min((width - 10 * columns) / columns, (height - 130) / 2.6, 78));
    const most = weights.subarray(0, PIXELS * PIXELS * units).reduce((top, v) => Math.max(top, Math.abs(v)), 1e-12);
    words(g, scene, direct ? "The weights of each class" : `The weights of ${tiles} units of the first layer`, 4, 14,
      { bold: true });
    for (let j = 0; j < tiles; j++) {
      const [x, y] = [4 + (j % columns) * (size + 8), 22 + Math.floor(j / columns) * (size + 20)];
      const values = Array.from({ length: PIXELS * PIXELS }, (_, k) => weights[k * units + j] / most);
      drawTile(g, scene, values, x, y, size);
      const name = size < NAMED ? `${j + 1}` : `unit ${j + 1}`;
      words(g, scene, direct ? picture.classes[j] : name, x + size / 2, y + size + 13, { align: "center" });
    }
    const top = 22 + Math.ceil(tiles / columns) * (size + 20) + 20;
    drawMistakes(g, scene, top, Math.min(size, (width - 8 * MISTAKES) / MISTAKES, height - top - 26));
  }

  /** The rows held back (of all rows, if none is) that are read as another class, the least likely first. */
  function findMistakes(scene) {
    const { data, model, weights, picture } = scene;
    const width = widthOf(scene);
    const read = readings(outputs(model, weights, data.checked.x, data.checked.rows.length), model, width);
    const found = data.checked.rows.flatMap((row, i) => {
      const own = classOf(data.y[row], model.loss);
      const [taken, likely] = verdict(read, i, width, own);
      return taken === own ? [] : [{ row, likely, text: `${picture.classes[own]} read as ${picture.classes[taken]}` }];
    });
    return found.sort((a, b) => a.likely - b.likely);
  }

  function drawMistakes(g, scene, top, size) {
    const { data } = scene;
    mistakes = findMistakes(scene);
    const of = `${data.checked.rows.length} rows${data.checked.held ? " held back" : ""}`;
    words(g, scene, `The worst of ${mistakes.length} mistakes on ${of}`, 4, top - 6,
      { bold: true });
    if (size < 12) return;
    const slot = Math.max(size, 74) + 8;
    const fitting = Math.min(MISTAKES, Math.floor((layers.width + 4) / slot));
    mistakes.slice(0, fitting).forEach(({ row, text }, j) => {
      const values = Array.from({ length: PIXELS * PIXELS }, (_, k) =>
        (data.x[row * PIXELS * PIXELS + k] * data.spread[k] + data.mean[k]) / 16);
      const x = 4 + j * slot;
      drawTile(g, scene, values, x, top, size);
      words(g, scene, text, x, top + size + 14);
    });
  }

  /** Weights that are no numbers say so, over the data, in place of a picture. */
  function drawLost(g, { palette: { ink, veil, font } }) {
    const box = { left: 0, right: layers.width, top: 0, bottom: layers.height };
    const style = { ink, veil, font: `600 12px ${font}` };
    label(g, "The weights are too large.", layers.width / 2, layers.height / 2, box, style);
  }

  /** Draws what has changed since. @param {object} scene  palette, picture, data, model, weights */
  function draw(scene, level) {
    const resized = layers.fit();
    const all = resized || level > FRAME || drawn.palette !== scene.palette || drawn.data !== scene.data;
    if (!all && drawn.weights === scene.weights) return;
    const { kind } = scene.picture;
    const [g, top] = [layers.background, layers.head];
    const fine = scene.weights.every(Number.isFinite);
    const over = all || fine !== drawn.fine;
    drawn = { palette: scene.palette, data: scene.data, weights: scene.weights, fine };
    if (kind === "digits") {
      layers.clear("background");
      if (fine) drawDigits(g, scene);
      else drawLost(g, scene);
      if (all) layers.clear("head");
      return;
    }
    plot(scene);
    if (kind === "line") {
      if (all) {
        layers.clear("background");
        drawAxes(g, scene);
        drawPoints(g, scene);
      }
      layers.clear("head");
      if (fine) drawLine(top, scene);
      else drawLost(top, scene);
      return;
    }
    layers.clear("background");
    if (fine) {
      drawSurface(g, scene);
      drawWrong(g, scene);
    }
    drawAxes(g, scene);
    if (!over) return;
    layers.clear("head");
    drawPoints(top, scene);
    if (!fine) drawLost(top, scene);
  }

  return { draw, get mistakes() { return mistakes?.map(({ row }) => row) ?? null; } };
}

function classShade(read, i, width, classes, paper, hues) {
  if (width === 1) {
    const p = read[i];
    return mix(paper, hues[p > 0.5 ? 1 : 0], SURE * Math.abs(2 * p - 1));
  }
  let best = 0;
  for (let j = 1; j < width; j++) if (read[i * width + j] > read[i * width + best]) best = j;
  const sure = (read[i * width + best] - 1 / classes) / (1 - 1 / classes);
  return mix(paper, hues[best], SURE * (0.25 + 0.75 * sure));
}
