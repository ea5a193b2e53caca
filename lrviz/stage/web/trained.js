/**
 * One mounted training: what the model has learnt on the left, its curves over epochs on the right, on one cursor that
 * plays; below them the sliders, whose trainings are here before they are moved. Of a race of several the picture
 * and the numbers are those of the chosen one.
 */
import { remember } from "./cache.js";
import { createCells } from "./cells.js";
import { h, say } from "./dom.js";
import { createEpochSliders, createEpochTestApi, createWish, noCounts, own } from "./epoch_player.js";
import { readTrainings, trainingAt } from "./epochs.js";
import { above, linkToWholePage } from "./fit.js";
import { showTip } from "./frame.js";
import { watchAxis, watchKeys } from "./gestures.js";
import { createLayers } from "./layers.js";
import { classOf } from "./network.js";
import { createPainter } from "./painter.js";
import { DASHES, INK, readPalette, strokeOf } from "./palette.js";
import { classColour, createPicture, domainOf } from "./pictures.js";
import { createPlayer, firstState } from "./player.js";
import { ALL, FRAME, PATHS } from "./redraw.js";
import { cutsOf } from "./rule_rows.js";
import { format } from "./scale.js";
import { createSeries } from "./series.js";
import { createServer } from "./server.js";
import { createSpan } from "./span.js";
import { unzipped } from "./stops.js";
import { STYLE } from "./style.js";
import { createAnnouncer, createTransport } from "./transport.js";
import { unpack } from "./unpack.js";
import { createTrainingLegend } from "./training_legend.js";
import { createViewSync, viewOfEpochs } from "./view_state.js";

const BATCHES = 12;
const LATEST = 8;
/** A panel of curves: its key, what it is, and the numbers on it. */
const PANELS = [
  { key: "loss", title: "Loss", kind: "loss", lines: ["loss", "val_loss"] },
  { key: "accuracy", title: "Accuracy", kind: "loss", lines: ["accuracy", "val_accuracy"] },
  { key: "rate", title: "Learning rate α", kind: "rate", lines: ["rate"] },
  { key: "sharpness", title: "Sharpness", kind: "loss", lines: ["sharpness"] },
];

/** An entry an epoch as the panels want it: of 0 epochs there is none. */
const padded = (row) => Float64Array.from([NaN, ...row]);

export function createTrained(parent) {
  const state = firstState();
  const counts = noCounts();
  const server = createServer(counts);
  const [batches, sets, presents] = [new Map(), new Map(), new Map()];
  let message = null;
  /** The trainings that are shown, and which of them is chosen. */
  let all = [];
  let chosen = 0;
  let now = null;
  let latest = 0;
  let legendKey = "";

  const shared = { state, n: 0, whole: 0, floor: 0, unit: "epoch", known: true, span: null, palette: null };
  shared.sketch = { on: false, curve: [] };
  shared.shown = () => true;

  const style = document.createElement("style");
  style.textContent = STYLE;
  const note = h("span.title");
  const dataLegend = h("div.legend.data-legend");
  const pictureBox = h("div.canvas");
  const picture = h("section.panel.model", {}, h("header", {}, note), pictureBox, dataLegend);
  const legend = createTrainingLegend(choose);
  const curves = h("div.curves", {}, legend.root);
  const tip = h("div.tip", { "aria-hidden": "true", hidden: true });
  const numbers = h("span.epoch");
  const cells = createCells();
  const log = h("button.toggle", { type: "button" }, "log");
  const whole = h("button.toggle.whole-span", { type: "button", hidden: true }, "All epochs");

  const pictureLayers = createLayers(pictureBox);
  const drawer = createPicture(pictureLayers);
  pictureLayers.top.setAttribute("role", "img");

  const panels = PANELS.map(({ key, title, kind, lines }) => {
    const box = h("div.canvas");
    const names = h("span.lines");
    const more = key === "loss" ? [log, whole, cells.root] : [];
    const header = h("header", {}, h("span.title", {}, title), names, ...more);
    const section = h(`section.panel.${key}`, {}, header, box);
    const layers = createLayers(box);
    layers.top.setAttribute("role", "img");
    layers.top.setAttribute("aria-label", `${title} over epochs`);
    const series = createSeries(layers, kind);
    const scene = own(shared, { runs: [], tight: key !== "sharpness", state: own(state, { focus: 0 }) });
    if (key === "accuracy") scene.state.log = false;
    curves.append(section);
    return { key, lines, names, section, box, layers, series, scene };
  });
  /** Those that are shown. */
  const charts = [];

  const player = createPlayer(state, {
    steps: () => shared.n,
    cuts: () => now?.cuts ?? [],
    changed() {
      request(FRAME);
      tell();
    },
  });
  const wish = createWish(state, player);
  const transport = createTransport(player);
  const announcer = createAnnouncer();
  const sliders = createEpochSliders({
    state, server, batches, display, request, meta: () => message?.meta, time: (stamp) => painter.time(stamp),
  });
  const part = h("i");
  const far = h("span");
  const press = h("button.toggle", { type: "button", onclick: () => server.press(press.dataset.what) });
  const progress = h("div.progress", { hidden: true }, h("span.part", { "aria-hidden": "true" }, part), far, press);
  const wholePage = h("a.whole", { target: "_blank", rel: "noopener", hidden: true }, "Open in the lab ↗");
  const readout = h("div.readout", {}, numbers, progress, wholePage);
  linkToWholePage(wholePage);
  const bar = h("div.bar", {}, transport.root, readout, sliders.root, announcer.root);
  const root = h("div.lrviz-stage.training", { tabindex: "0", role: "group" }, picture, curves, bar, tip);
  parent.append(style, root);

  /** What is said of each training of the message, the first one first. */
  const rowsOf = ({ meta }) => [meta, ...meta.others];

  /** The training to be seen at a place: as it arrived, or at the stop that a slider has been moved to since. */
  function trainingNow({ present }, place) {
    const stop = sliders.stop();
    const moved = stop && (place ? stop[0].others[place] : stop[0]);
    return moved ? [moved, stop[1]] : [presents.get(present), 0];
  }

  /** Whose picture and numbers are seen. */
  function choose(place) {
    chosen = place;
    server.choose(place);
    display();
    request(ALL);
    tell();
  }

  /** @returns {number} how much must be drawn again */
  function display() {
    const rows = rowsOf(message);
    chosen = Math.min(chosen, rows.length - 1);
    const before = shared.n;
    all = rows.map((row, place) => {
      const one = trainingAt(...trainingNow(row, place));
      const [edge, bound] = row.edge;
      const edges = one.learning_rate.map((rate) => bound / rate);
      const cuts = row.watched ? cutsOf(one.cut) : [];
      return { ...one, [edge]: edges, cuts, rateSteps: Float64Array.from(one.rate) };
    });
    now = all[chosen];
    const meta = rows[chosen];
    const n = Math.max(...all.map((one) => one.n));
    Object.assign(shared, { n, whole: Math.max(message.meta.epochs, n) });
    player.resize(before, n);
    const rule = meta.watched ? { limit: now.limit, cooldown: now.pause } : null;
    for (const { key, lines, scene } of panels) {
      const beside = key === "sharpness" && !message.meta.veiled ? [meta.edge[0]] : [];
      scene.runs = linesOf(key, [...lines, ...beside], rows);
      const watched = scene.runs.find(({ name, place }) => place === chosen && name === meta.monitor);
      if (watched) Object.assign(watched, { epochs: epochsOf(now), rule });
      scene.rising = meta.rising;
      scene.state.focus = Math.max(scene.runs.indexOf(watched), 0);
      scene.lines = now.stopped !== null && key === "loss" ? [{ at: now.stopped, text: "EarlyStopping" }] : null;
    }
    arrange();
    const at = performance.now();
    for (const { series, scene } of charts) series.measure(scene, at);
    root.toggleAttribute("data-preview", Boolean(state.preview));
    return PATHS;
  }

  /** The lines of a panel: of one training all that there are, of a race one each and the others of the chosen. */
  function linesOf(key, names, rows) {
    const seen = names.filter((name) => !name.startsWith("val_") || message.meta.validates);
    const main = key === "loss" || key === "accuracy" ? seen[seen.length - 1] : seen[0];
    const line = (place, name, more) => {
      const one = all[place];
      const cuts = key === "rate" || name === rows[place].monitor ? one.cuts : [];
      return { name, place, n: one.n, rate: one.rateSteps, loss: padded(one[name]), cuts, ...more };
    };
    const marked = (run, colour) => ({ ...run, colour, marks: [{ cuts: run.cuts, colour }] });
    if (rows.length === 1) {
      return seen.map((name, i) => ({ ...marked(line(0, name), INK), colour: key === "rate" ? INK : i }));
    }
    const each = rows.map((_, place) => marked(line(place, main), place));
    const more = seen.filter((name) => name !== main).map((name) => line(chosen, name, { pale: true, dash: [] }));
    return [...each, ...more.map((run) => marked(run, chosen))];
  }

  /** What the plateau rule decided, as a panel draws it. */
  function epochsOf({ n, best, threshold, wait, cut, cooldown }) {
    const step = Int32Array.from({ length: n }, (_, e) => e + 1);
    return { step, best, threshold, wait, cut, cooldown, monitored: null };
  }

  const known = (row) => row.some(Number.isFinite);

  /** Is sharpness the subject, and here or still to come? It then has the large panel, and there is none of the
   * accuracy. */
  const sharp = () => message.meta.lead === "sharpness" && (message.meta.veiled || known(now.sharpness));

  /** Which panels there are: no accuracy of numbers, and sharpness where it was computed. */
  function arrange() {
    const classes = message.meta.picture.classes.length > 0;
    const sharpness = sharp() || all.some((one) => known(one.sharpness));
    const wanted = { loss: true, accuracy: classes && !sharp(), rate: true, sharpness };
    const lead = sharp() ? "sharpness" : "loss";
    root.dataset.lead = lead;
    charts.length = 0;
    for (const panel of panels) {
      panel.section.hidden = !wanted[panel.key];
      if (!wanted[panel.key]) continue;
      if (panel.key === lead) charts.unshift(panel);
      else charts.push(panel);
    }
    if (legend.root.nextSibling !== charts[0].section) legend.root.after(charts[0].section);
    charts.forEach(({ scene, section }, i) => {
      scene.bare = i + 1 < charts.length;
      section.toggleAttribute("data-last", !scene.bare);
    });
    legend.root.hidden = all.length === 1;
  }

  const span = createSpan({ shared, changed() {
    whole.hidden = !shared.span;
    const at = performance.now();
    for (const { series, scene } of charts) series.measure(scene, at);
    request(ALL);
  } });
  whole.addEventListener("click", () => span.reset());
  log.addEventListener("click", () => {
    state.log = !state.log;
    for (const { series, scene } of charts) series.measure(scene, performance.now());
    request(ALL);
  });

  /** Pointer and wheel on one panel. */
  for (const { layers, series, scene, box, key } of panels) {
    watchAxis(layers.top, {
      scrub: (px) => player.to(series.stepAt(px)),
      hover(px, py) {
        const k = px === null || !now ? 0 : Math.round(Math.min(Math.max(series.stepAt(px), 0), shared.n));
        const named = ({ name, place }) => (all.length > 1 ? `${rowsOf(message)[place].name} ${name}` : name);
        const value = (run) =>
          (key === "rate" ? `α ${format(run.rate[k - 1], 5)}` : `${named(run)} ${format(run.loss[k], 4)}`);
        showTip(tip, root, box, [px ?? 0, py ?? 0], k ? `epoch ${k}  ${scene.runs.map(value).join("  ")}` : null);
      },
    });
    span.watch(layers.top, (px) => series.stepAt(px));
  }

  const viewSync = createViewSync({
    current: () => (state.playing || sliders.held() || !message?.meta.done ? null : viewOfEpochs(state, shared.n)),
    send: (view) => server.view(view),
  });

  function request(level) {
    painter.request(level);
    viewSync.stir();
  }

  function readTheme() {
    const styles = getComputedStyle(root);
    shared.palette = readPalette((name) => styles.getPropertyValue(name), message.meta.colours);
    root.dataset.theme = shared.palette.theme;
  }

  /** What the markers in the picture mean, and which line is which; made anew where that is something else. */
  function showDataLegend() {
    const { picture: { kind, classes }, validates, watched, best } = rowsOf(message)[chosen];
    const lines = panels.map(({ scene }) => scene.runs.map(({ name, place }) => [name, place]));
    const { palette: { ink } } = shared;
    const key = JSON.stringify([ink, chosen, kind, classes, lines, watched && best,
      rowsOf(message).map(({ name }) => name)]);
    if (key === legendKey) return;
    legendKey = key;
    const hues = { digits: ["speaks against it", "speaks for it"], plane: ["low", "high"], line: [] }[kind];
    const named = kind !== "digits" && classes.length ? classes.slice(0, 8) : hues;
    const colours = named.map((name, k) => {
      const swatch = h("i");
      swatch.style.background = classColour(shared.palette, k);
      return h("span.mean.class", {}, swatch, name);
    });
    const shapes = kind === "digits" ? [] : [h("span.mean.trains", {}, h("i"), "training"),
      ...(validates ? [h("span.mean.validates", {}, h("i"), "validation")] : [])];
    const wrong = kind === "plane" && classes.length ? [h("span.mean.wrong", {}, h("i"), "read wrongly")] : [];
    const line = watched ? [h("span.mean.so-far", {}, h("i"), best)] : [];
    dataLegend.replaceChildren(...shapes, ...wrong, ...colours, ...line);
    const own = ({ place }) => place === chosen;
    for (const { key, names, scene } of panels) {
      names.replaceChildren(...scene.runs.filter(own).map((run) => {
        const line = h("i", { class: run.dash || !DASHES[run.colour].length ? "" : "dashed" });
        if (key !== "rate") line.style.borderColor = strokeOf(shared.palette, run);
        return h("span.line-name", {}, ...(key === "rate" ? [] : [line, run.name]), h("b"));
      }));
    }
    legend.update(rowsOf(message).map(({ name }) => name), chosen, shared.palette);
  }

  const epochNow = () => Math.min(Math.max(Math.floor(state.cursor), 0), shared.n);

  function drawModel(level) {
    const { data, picture, sizes, activation, loss } = rowsOf(message)[chosen];
    const { weights } = now.weightsAt(epochNow());
    const model = { sizes, activation, loss };
    drawer.draw({ palette: shared.palette, picture, data: sets.get(data), model, weights }, level);
  }

  function showNumbers() {
    showDataLegend();
    transport.show(shared);
    const { monitor } = rowsOf(message)[chosen];
    cells.show(panels.find(({ lines }) => lines.includes(monitor)).scene);
    const k = Math.min(epochNow(), now.n);
    say(numbers, `epoch ${epochNow()} of ${message.meta.epochs}`);
    for (const { key, names, scene } of charts) {
      const own = scene.runs.filter(({ place }) => place === chosen);
      own.forEach((run, i) => say(names.children[i].lastChild, k ? valueAt(key, now[run.name], k - 1) : "–"));
    }
    const name = message.meta.validates ? "val_loss" : "loss";
    legend.say(all.map((one) => (epochNow() ? valueAt("loss", one[name], Math.min(epochNow(), one.n) - 1) : "–")));
  }

  /** What a panel says of one of its lines in this epoch, from 0. */
  function valueAt(key, row, e) {
    if (key === "accuracy") return Number.isFinite(row[e]) ? `${format(100 * row[e])}%` : "–";
    if (key === "rate") return format(row[e]) + (now.cut[e] ? ` → ${format(now.learning_rate[e])}` : "");
    return format(row[e], 4);
  }

  /** How far a training is that takes a while; and what can be done about it. */
  function showProgress({ state: how }) {
    progress.hidden = how === "done";
    if (progress.hidden) return;
    const runs = how === "waiting" || how === "running";
    const words = { waiting: "Waiting", running: "Training", cancelled: "Cancelled", failed: "Failed" }[how];
    const sum = (list) => list.reduce((total, more) => total + more, 0);
    const [done, epochs] = [sum(all.map((one) => one.n)), sum(rowsOf(message).map((row) => row.epochs))];
    part.style.width = `${(100 * done) / epochs}%`;
    const compiles = how === "running" && !done;
    say(far, compiles ? "Preparing, once for each size of model" : `${words}: ${done} of ${epochs} epochs`);
    say(press, runs ? "Cancel" : "Train");
    press.dataset.what = runs ? "cancel" : "train";
  }

  function showLabels() {
    showProgress(message.meta);
    const { name, picture: { note: what } } = rowsOf(message)[chosen];
    say(note, all.length > 1 ? `${what}: ${name}` : what);
    log.setAttribute("aria-pressed", String(state.log));
    pictureLayers.top.setAttribute("aria-label", `${what || "The model"} in the epoch of the cursor`);
    root.setAttribute("aria-label", message.meta.label);
  }

  /** What a screen reader hears, at rest. */
  function tell() {
    if (!message) return;
    const words = () => [numbers.textContent, ...charts.flatMap(({ key, names }) => [...names.children].map((line) =>
      `${key === "rate" ? "learning rate" : line.childNodes[1].textContent} ${line.lastChild.textContent}`))];
    announcer.announce(state.playing ? "Playing" : words().join(", "));
  }

  const painter = createPainter({
    f: { root },
    scene: shared,
    counts,
    player,
    charts,
    ready: () => message !== null,
    readTheme,
    drawLandscape: drawModel,
    showNumbers,
    showLabels,
  });

  async function update(component) {
    server.attach(component);
    if (component.data === message?.raw) return request(ALL);
    const next = unpack(component.data);
    const mine = ++latest;
    const { meta, arrays } = next;
    for (const row of meta.live) {
      const bytes = arrays[`family.${row.knob}`];
      if (bytes) remember(batches, row.family, readTrainings(await unzipped(bytes)), BATCHES);
    }
    for (const [place, row] of rowsOf(next).entries()) {
      const own = place ? `${place}.` : "";
      const { [`${own}data.y`]: data, [`${own}present`]: present } = arrays;
      if (data) remember(sets, row.data, readData(row, arrays, own), LATEST);
      if (present) remember(presents, row.present, readTrainings(await unzipped(present)), LATEST);
    }
    if (mine < latest) return undefined; // newer data came meanwhile, and it says what is seen
    return take(next, component.data);
  }

  function take(next, raw) {
    const { meta } = next;
    const lacking = rowsOf(next).flatMap(({ data, present }) =>
      [...(sets.has(data) ? [] : [`data:${data}`]), ...(presents.has(present) ? [] : [`present:${present}`])]);
    if (lacking.length) return server.missing(lacking);
    const first = !message;
    const unveiled = Boolean(message?.meta.veiled) && !meta.veiled;
    const jump = first || meta.jump[0] !== message.meta.jump[0];
    if (jump) ({ chosen } = meta);
    message = { ...next, raw };
    shared.explains = message.meta.explains;
    counts.answers++;
    transport.offer(meta.speeds);
    wholePage.hidden = !meta.fit;
    root.toggleAttribute("data-fit", meta.fit);
    if (meta.fit) root.style.setProperty("--above", `${above(root)}px`);
    sliders.settle(meta);
    if (first) state.cursor = 0;
    wish.note(jump, meta.jump[1]);
    display();
    wish.follow(shared.n, meta.state === "done");
    root.toggleAttribute("data-veiled", meta.veiled);
    if ((unveiled || (first && meta.autoplay)) && !calm.matches) {
      state.cursor = 0;
      player.play();
    }
    if (first || jump) viewSync.known();
    sliders.update(meta);
    request(ALL);
    tell();
    return undefined;
  }

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const sizes = new ResizeObserver(() => request(ALL));
  for (const { box } of panels) sizes.observe(box);
  sizes.observe(pictureBox);
  watchKeys(root, player);

  root.stage = createEpochTestApi({ state, shared, counts, sliders }, {
    get state() { return message?.meta.state; },
    get done() { return Boolean(message?.meta.done); },
    get epochs() { return message?.meta.epochs ?? 0; },
    get panels() { return charts.map(({ key }) => key); },
    /** What is drawn, an entry an epoch. */
    get curve() { return now && curveOf(now); },
    /** The same of each training of a race. */
    get curves() { return all.map(curveOf); },
    get runs() { return now ? all.map(({ cuts }, i) => ({ name: rowsOf(message)[i].name, cuts: [...cuts] })) : []; },
    get chosen() { return chosen; },
    /** The weights from which the picture is drawn, and the epoch that they are of. */
    get weights() {
      const { epoch, weights } = now.weightsAt(epochNow());
      return { epoch, weights: [...weights] };
    },
    get mistakes() { return drawer.mistakes; },
    get boxes() { return Object.fromEntries(charts.map(({ key, series }) => [key, { ...series.box }])); },
  });

  return {
    root,
    update,
    destroy() {
      painter.close();
      sizes.disconnect();
      for (const { layers } of panels) layers.close();
      pictureLayers.close();
      sliders.close();
      server.close();
      announcer.close();
      viewSync.close();
      root.remove();
      style.remove();
    },
  };
}

/** What is drawn of a training, a list an epoch, for tests. */
function curveOf(one) {
  const lists = ["loss", "val_loss", "accuracy", "val_accuracy", "rate", "learning_rate", "best", "threshold", "wait",
    "cooldown", "sharpness", "cuts"];
  return Object.fromEntries(lists.map((name) => [name, [...one[name]]]));
}

/** The data by name, with what follows from them once. own: how the names of their arrays begin */
function readData({ picture, loss }, arrays, own) {
  const data = Object.fromEntries(["x", "y", "train", "place", "basis", "mean", "spread"].map((name) => [name,
    arrays[`${own}data.${name}`] ?? null]));
  const features = data.basis.length / 2;
  const held = data.train.some((trains) => !trains);
  const rows = [...data.y.keys()].filter((i) => !held || !data.train[i]);
  if (picture.kind !== "digits") rows.length = 0;
  const checked = { held, rows, x: Float32Array.from(rows.flatMap((i) =>
    [...data.x.subarray(i * features, (i + 1) * features)])) };
  const values = picture.classes.length ? [...data.y].map((y) => classOf(y, loss)) : data.y;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { ...data, features, checked, domain: domainOf(data.place), low, high };
}
