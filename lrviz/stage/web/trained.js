/**
 * One mounted training: what the model has learnt on the left, its curves over epochs on the right, on one cursor that
 * plays; below them the sliders, whose trainings are here before they are moved. Of a race of several the picture
 * and the numbers are those of the chosen one.
 */
import { createCells } from "./cells.js";
import { createDataLegend } from "./data_legend.js";
import { h, namePicture, say } from "./dom.js";
import { createEpochSliders, createEpochTestApi, createWish, noCounts, own } from "./epoch_player.js";
import { trainingAt } from "./epochs.js";
import { above, linkToWholePage } from "./fit.js";
import { showTip } from "./frame.js";
import { watchAxis, watchKeys } from "./gestures.js";
import { createLayers } from "./layers.js";
import { createPainter } from "./painter.js";
import { DASHES, readPalette, strokeOf } from "./palette.js";
import { createPicture } from "./pictures.js";
import { createPlayer, firstState } from "./player.js";
import { createProgress } from "./progress.js";
import { ALL, FRAME, PATHS } from "./redraw.js";
import { format } from "./scale.js";
import { createSeries } from "./series.js";
import { createServer } from "./server.js";
import { createSpan } from "./span.js";
import { STYLE } from "./style.js";
import { createTrainingCache, rowsOf } from "./training_cache.js";
import { createTrainingLegend } from "./training_legend.js";
import { PANELS, epochsOf, linesOf, withCuts } from "./training_lines.js";
import { createAnnouncer, createTransport } from "./transport.js";
import { unpack } from "./unpack.js";
import { createViewSync, viewOfEpochs } from "./view_state.js";

export function createTrained(parent) {
  const state = firstState();
  const counts = noCounts();
  const server = createServer(counts);
  const cache = createTrainingCache();
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
  const dataLegend = createDataLegend();
  const pictureBox = h("div.canvas");
  const picture = h("section.panel.model", {}, h("header", {}, note), pictureBox, dataLegend.root);
  const legend = createTrainingLegend(choose);
  const curves = h("div.curves", {}, legend.root);
  const tip = h("div.tip", { "aria-hidden": "true", hidden: true });
  const numbers = h("span.epoch");
  const cells = createCells();
  const log = h("button.toggle", { type: "button" }, "log");
  const whole = h("button.toggle.whole-span", { type: "button", hidden: true }, "All epochs");

  const pictureLayers = createLayers(pictureBox);
  const drawer = createPicture(pictureLayers);

  const panels = PANELS.map(({ key, title, kind, lines }) => {
    const box = h("div.canvas");
    const names = h("span.lines");
    const more = key === "loss" ? [log, whole, cells.root] : [];
    const header = h("header", {}, h("span.title", {}, title), names, ...more);
    const section = h(`section.panel.${key}`, {}, header, box);
    const layers = createLayers(box);
    namePicture(layers.top, `${title} over epochs`);
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
  const transport = createTransport(player, shared.unit);
  const announcer = createAnnouncer();
  const sliders = createEpochSliders({
    state, server, batches: cache.batches, display, request, meta: () => message?.meta,
    time: (stamp) => painter.time(stamp),
  });
  const progress = createProgress((what) => server.press(what));
  const wholePage = h("a.whole", { target: "_blank", rel: "noopener", hidden: true }, "Open in the lab ↗");
  const readout = h("div.readout", {}, numbers, progress.root, wholePage);
  linkToWholePage(wholePage);
  const bar = h("div.bar", {}, transport.root, readout, sliders.root, announcer.root);
  const root = h("div.lrviz-stage.training", { tabindex: "0", role: "group" }, picture, curves, bar, tip);
  parent.append(style, root);

  /** The training to be seen at a place: as it arrived, or at the stop that a slider has been moved to since. */
  function trainingNow({ present }, place) {
    const stop = sliders.stop();
    const moved = stop && (place ? stop[0].others[place] : stop[0]);
    return moved ? [moved, stop[1]] : [cache.present.get(present), 0];
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
    all = rows.map((row, place) => withCuts(row, trainingAt(...trainingNow(row, place))));
    now = all[chosen];
    const meta = rows[chosen];
    const n = Math.max(...all.map((one) => one.n));
    Object.assign(shared, { n, whole: Math.max(message.meta.epochs, n) });
    player.resize(before, n);
    const rule = meta.watched ? { limit: now.limit, cooldown: now.pause } : null;
    for (const { key, lines, scene } of panels) {
      const seen = lines.filter((name) => !name.startsWith("val_") || message.meta.validates);
      if (key === "sharpness" && !message.meta.veiled) seen.push(meta.edge[0]);
      scene.runs = linesOf(key, seen, rows, all, chosen);
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
  function showLegends() {
    const row = rowsOf(message)[chosen];
    const { picture: { kind, classes }, validates, watched, best } = row;
    const lines = panels.map(({ scene }) => scene.runs.map(({ name, place }) => [name, place]));
    const trainings = rowsOf(message).map(({ name }) => name);
    const { ink } = shared.palette;
    const key = JSON.stringify([ink, chosen, kind, classes, validates, lines, watched && best, trainings]);
    if (key === legendKey) return;
    legendKey = key;
    dataLegend.update(row, shared.palette);
    for (const { key, names, scene } of panels) {
      names.replaceChildren(...scene.runs.filter(({ place }) => place === chosen).map((run) => {
        const line = h("i", { class: run.dash || !DASHES[run.colour].length ? "" : "dashed" });
        if (key !== "rate") line.style.borderColor = strokeOf(shared.palette, run);
        return h("span.line-name", {}, ...(key === "rate" ? [] : [line, run.name]), h("b"));
      }));
    }
    legend.update(trainings, chosen, shared.palette);
  }

  const epochNow = () => Math.min(Math.max(Math.floor(state.cursor), 0), shared.n);

  function drawModel(level) {
    const { data, picture, sizes, activation, loss } = rowsOf(message)[chosen];
    const { weights } = now.weightsAt(epochNow());
    const model = { sizes, activation, loss };
    drawer.draw({ palette: shared.palette, picture, data: cache.data.get(data), model, weights }, level);
  }

  function showNumbers() {
    showLegends();
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

  function showProgress() {
    const sum = (list) => list.reduce((total, more) => total + more, 0);
    progress.show(message.meta.state, sum(all.map(({ n }) => n)), sum(rowsOf(message).map(({ epochs }) => epochs)));
  }

  function showLabels() {
    showProgress();
    const { name, picture: { note: what } } = rowsOf(message)[chosen];
    say(note, all.length > 1 ? `${what}: ${name}` : what);
    log.setAttribute("aria-pressed", String(state.log));
    namePicture(pictureLayers.top, `${what || "The model"} in the epoch of the cursor`);
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
    await cache.take(next);
    if (mine < latest) return undefined; // newer data came meanwhile, and it says what is seen
    return take(next, component.data);
  }

  function take(next, raw) {
    const { meta } = next;
    const lacking = cache.lacking(next);
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
