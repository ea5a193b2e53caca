/**
 * One mounted training: what the model has learnt on the left, its curves over epochs on the right, on one cursor that
 * plays; below them the numbers of the epoch and the sliders, whose trainings are here before a hand moves them.
 */
import { remember } from "./cache.js";
import { createCells } from "./cells.js";
import { h, say } from "./dom.js";
import { createEpochSliders, createHandle, createWish, noCounts, own } from "./epoch_player.js";
import { readTrainings, trainingAt } from "./epochs.js";
import { showTip } from "./frame.js";
import { watchAxis, watchKeys } from "./gestures.js";
import { createLayers } from "./layers.js";
import { classOf } from "./network.js";
import { createPainter } from "./painter.js";
import { INK, readPalette } from "./palette.js";
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
import { createTeller, viewOfEpochs } from "./view_state.js";

const BATCHES = 12;
const LATEST = 3;
/** A panel of curves: its key, what it is, and the numbers on it. */
const PANELS = [
  { key: "loss", title: "Loss", kind: "loss", lines: ["loss", "val_loss"] },
  { key: "accuracy", title: "Accuracy", kind: "loss", lines: ["accuracy", "val_accuracy"] },
  { key: "rate", title: "Learning rate α", kind: "rate", lines: ["rate"] },
  { key: "sharpness", title: "Sharpness", kind: "loss", lines: ["sharpness", "2/α"] },
];

/** An entry an epoch as the panels want it: of 0 epochs there is none. */
const padded = (row) => Float64Array.from([NaN, ...row]);

export function createTrained(parent) {
  const state = firstState();
  const counts = noCounts();
  const server = createServer(counts);
  const [batches, sets, presents] = [new Map(), new Map(), new Map()];
  let message = null;
  let now = null;
  let latest = 0;

  const shared = { state, n: 0, whole: 0, floor: 0, unit: "epoch", known: true, span: null, palette: null };
  shared.sketch = { on: false, curve: [] };
  shared.shown = () => true;

  const style = document.createElement("style");
  style.textContent = STYLE;
  const note = h("span.title");
  const signs = h("div.legend.signs-of-data");
  const pictureBox = h("div.canvas");
  const picture = h("section.panel.model", {}, h("header", {}, note), pictureBox, signs);
  const curves = h("div.curves");
  const tip = h("div.tip", { "aria-hidden": "true", hidden: true });
  const numbers = h("div.numbers");
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
  const transport = createTransport(player, "epoch");
  const announcer = createAnnouncer();
  const sliders = createEpochSliders({
    state, server, batches, display, request, meta: () => message?.meta, time: (stamp) => painter.time(stamp),
  });
  const part = h("i");
  const far = h("span");
  const press = h("button.toggle", { type: "button", onclick: () => server.press(press.dataset.what) });
  const progress = h("div.progress", { hidden: true }, h("span.part", { "aria-hidden": "true" }, part), far, press);
  const readout = h("div.readout", {}, numbers, progress);
  const bar = h("div.bar", {}, transport.root, readout, sliders.root, announcer.root);
  const root = h("div.lrviz-stage.training", { tabindex: "0", role: "group" }, picture, curves, bar, tip);
  parent.append(style, root);

  /** The training to be seen: as it arrived, or that of the stop that a slider has been moved to since. */
  const trainingNow = () => sliders.stop() ?? [presents.get(message.meta.present), 0];

  /** @returns {number} how much must be drawn again */
  function display() {
    const { meta } = message;
    const before = shared.n;
    now = trainingAt(...trainingNow());
    const n = now.n;
    const step = Int32Array.from({ length: n }, (_, e) => e + 1);
    now.cuts = meta.watched ? cutsOf(now.cut) : [];
    now.edge = now.learning_rate.map((rate) => 2 / rate);
    Object.assign(shared, { n, whole: Math.max(meta.epochs, n) });
    player.resize(before, n);
    const epochs = { step, best: now.best, threshold: now.threshold, wait: now.wait, cut: now.cut,
      cooldown: now.cooldown, monitored: null };
    const rule = meta.watched ? { limit: now.limit, cooldown: now.pause } : null;
    const rate = Float64Array.from(now.rate);
    for (const { key, lines, scene } of panels) {
      const rows = { ...now, "2/α": now.edge };
      const seen = lines.filter((name) => !name.startsWith("val_") || meta.validates);
      scene.runs = seen.map((name, i) => {
        const watched = name === meta.monitor;
        const cuts = watched || key === "rate" ? now.cuts : [];
        return { name, colour: key === "rate" ? INK : i, n, rate, loss: padded(rows[name]), cuts,
          marks: [{ cuts, colour: INK }],
          epochs: watched ? epochs : null, rule: watched ? rule : null };
      });
      scene.rising = meta.rising;
      scene.state.focus = Math.max(seen.indexOf(meta.monitor), 0);
      scene.lines = now.stopped !== null && key === "loss" ? [{ at: now.stopped, text: "EarlyStopping" }] : null;
    }
    choose();
    const at = performance.now();
    for (const { series, scene } of charts) series.measure(scene, at);
    root.toggleAttribute("data-preview", Boolean(state.preview));
    return PATHS;
  }

  const known = (row) => row.some(Number.isFinite);

  /** Is sharpness the subject, and here? It then has the large panel, and there is none of the accuracy. */
  const sharp = () => message.meta.lead === "sharpness" && known(now.sharpness);

  /** Which panels there are: no accuracy of numbers, and sharpness where it was computed. */
  function choose() {
    const classes = message.meta.picture.classes.length > 0;
    const wanted = { loss: true, accuracy: classes && !sharp(), rate: true, sharpness: known(now.sharpness) };
    const lead = sharp() ? "sharpness" : "loss";
    root.dataset.lead = lead;
    charts.length = 0;
    for (const panel of panels) {
      panel.section.hidden = !wanted[panel.key];
      if (!wanted[panel.key]) continue;
      if (panel.key === lead) charts.unshift(panel);
      else charts.push(panel);
    }
    if (curves.firstChild !== charts[0].section) curves.prepend(charts[0].section);
    charts.forEach((panel, i) => Object.assign(panel.scene, { bare: i + 1 < charts.length }));
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
        const value = (run) =>
          (key === "rate" ? `α ${format(run.rate[k - 1], 5)}` : `${run.name} ${format(run.loss[k], 4)}`);
        showTip(tip, root, box, [px ?? 0, py ?? 0], k ? `epoch ${k}  ${scene.runs.map(value).join("  ")}` : null);
      },
    });
    span.watch(layers.top, (px) => series.stepAt(px));
  }

  const teller = createTeller({
    current: () => (state.playing || sliders.held() || !message?.meta.done ? null : viewOfEpochs(state, shared.n)),
    tell: (view) => server.view(view),
  });

  function request(level) {
    painter.request(level);
    teller.stir();
  }

  function readTheme() {
    const styles = getComputedStyle(root);
    shared.palette = readPalette((name) => styles.getPropertyValue(name), message.meta.colours);
    root.dataset.theme = shared.palette.theme;
    showSigns();
  }

  /** What the signs in the picture mean, and which line is which. */
  function showSigns() {
    const { meta: { picture: { kind, classes }, validates } } = message;
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
    signs.replaceChildren(...shapes, ...wrong, ...colours);
    for (const { key, names, scene } of panels) {
      names.replaceChildren(...(key === "rate" ? [] : scene.runs.map((run, i) => {
        const line = h(`i.line${i}`);
        line.style.borderColor = shared.palette.runs[run.colour];
        return h("span.line-name", {}, line, run.name);
      })));
    }
  }

  const epochNow = () => Math.min(Math.max(Math.floor(state.cursor), 0), shared.n);

  function drawModel(level) {
    const { meta } = message;
    const { weights } = now.weightsAt(epochNow());
    const model = { sizes: meta.sizes, activation: meta.activation, loss: meta.loss };
    drawer.draw({ palette: shared.palette, picture: meta.picture, data: sets.get(meta.data), model, weights }, level);
  }

  function showNumbers() {
    transport.show(shared);
    const panel = panels.find(({ lines }) => lines.includes(message.meta.monitor));
    cells.show(panel.scene);
    const k = epochNow();
    const at = (row) => (k ? format(row[k - 1], 4) : "–");
    const part = (row) => (k && Number.isFinite(row[k - 1]) ? `${format(100 * row[k - 1])}%` : "–");
    const { meta } = message;
    const classes = meta.picture.classes.length;
    const told = [["epoch", `${k} of ${meta.epochs}`], ["loss", at(now.loss)],
      ...(meta.validates ? [["val_loss", at(now.val_loss)]] : []),
      ...(sharp() ? [["sharpness", at(now.sharpness)], ["2/α", at(now.edge)]] : []),
      ...(classes && !sharp() ? [["accuracy", part(now.accuracy)]] : []),
      ...(classes && !sharp() && meta.validates ? [["val_accuracy", part(now.val_accuracy)]] : []),
      ["α", k && now.cut[k - 1] ? `${at(now.rate)} → ${at(now.learning_rate)}` : at(now.rate)]];
    while (numbers.children.length > told.length) numbers.lastChild.remove();
    told.forEach(([name, value], i) => {
      if (!numbers.children[i]) numbers.append(h("span.cell", {}, h("span.name"), h("span.value")));
      say(numbers.children[i].firstChild, name);
      say(numbers.children[i].lastChild, value);
    });
  }

  /** How far a training is that takes a while; and what can be done about it. */
  function showProgress({ state: how, epochs }) {
    progress.hidden = how === "done";
    if (progress.hidden) return;
    const runs = how === "waiting" || how === "running";
    const words = { waiting: "Waiting", running: "Training", cancelled: "Cancelled", failed: "Failed" }[how];
    part.style.width = `${(100 * shared.n) / epochs}%`;
    say(far, `${words}: ${shared.n} of ${epochs} epochs`);
    say(press, runs ? "Cancel" : "Train");
    press.dataset.what = runs ? "cancel" : "train";
  }

  function showLabels() {
    const { meta } = message;
    showProgress(meta);
    say(note, meta.picture.note);
    log.setAttribute("aria-pressed", String(state.log));
    pictureLayers.top.setAttribute("aria-label", `${meta.picture.note || "The model"} in the epoch of the cursor`);
    root.setAttribute("aria-label", meta.label);
  }

  /** What a screen reader hears, at rest. */
  function tell() {
    if (!message) return;
    const words = () => [...numbers.children].map((cell) => [...cell.children].map((e) => e.textContent).join(" "));
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
    if (arrays["data.y"]) remember(sets, meta.data, readData(meta, arrays), LATEST);
    if (arrays.present) remember(presents, meta.present, readTrainings(await unzipped(arrays.present)), LATEST);
    if (mine < latest) return undefined; // newer data came meanwhile, and it says what is seen
    return take(next, component.data);
  }

  function take(next, raw) {
    const { meta, arrays } = next;
    const lacking = [];
    if (!sets.has(meta.data)) lacking.push(`data:${meta.data}`);
    if (!presents.has(meta.present)) lacking.push(`present:${meta.present}`);
    if (lacking.length) return server.missing(lacking);
    const first = !message;
    const unveiled = Boolean(message?.meta.veiled) && !meta.veiled;
    const jump = first || meta.jump[0] !== message.meta.jump[0];
    message = { ...next, raw };
    counts.answers++;
    transport.offer(meta.speeds);
    sliders.settle(meta);
    if (first) state.cursor = 0;
    wish.note(jump, meta.jump[1]);
    display();
    wish.follow(shared.n, meta.state === "done");
    root.toggleAttribute("data-veiled", meta.veiled);
    if (unveiled && !calm.matches) {
      state.cursor = 0;
      player.play();
    }
    if (first || jump) teller.known();
    sliders.update(meta, arrays);
    request(ALL);
    tell();
    return undefined;
  }

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const sizes = new ResizeObserver(() => request(ALL));
  for (const { box } of panels) sizes.observe(box);
  sizes.observe(pictureBox);
  watchKeys(root, player);

  root.stage = createHandle({ state, shared, counts, sliders }, {
    get state() { return message?.meta.state; },
    get done() { return Boolean(message?.meta.done); },
    get epochs() { return message?.meta.epochs ?? 0; },
    get panels() { return charts.map(({ key }) => key); },
    /** What is drawn, an entry an epoch. */
    get curve() {
      const lists = ["loss", "val_loss", "accuracy", "val_accuracy", "rate", "learning_rate", "best", "threshold",
        "wait", "cooldown", "sharpness", "cuts"];
      return now && Object.fromEntries(lists.map((name) => [name, [...now[name]]]));
    },
    get runs() { return now ? [{ name: message.meta.monitor, cuts: [...now.cuts] }] : []; },
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
      teller.close();
      root.remove();
      style.remove();
    },
  };
}

/** The data by name, with what follows from them once. */
function readData({ picture, loss }, arrays) {
  const data = Object.fromEntries(["x", "y", "train", "place", "basis", "mean", "spread"].map((name) => [name,
    arrays[`data.${name}`] ?? null]));
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
