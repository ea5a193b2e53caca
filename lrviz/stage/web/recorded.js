/**
 * One mounted replay: recorded values above, below them the rate of each rule, on one cursor that plays; the sliders,
 * whose stops are here before they are moved; and what each rule decides in the epoch of the cursor.
 */
import { remember } from "./cache.js";
import { createCells } from "./cells.js";
import { capital, h, namePicture, say } from "./dom.js";
import { createEpochSliders, createEpochTestApi, noCounts, own } from "./epoch_player.js";
import { showTip } from "./frame.js";
import { watchAxis, watchKeys } from "./gestures.js";
import { createLayers } from "./layers.js";
import { createPainter } from "./painter.js";
import { INK, readPalette } from "./palette.js";
import { createPlayer, firstState } from "./player.js";
import { ALL, FRAME, PATHS } from "./redraw.js";
import { createRuleRows, cutsOf } from "./rule_rows.js";
import { format } from "./scale.js";
import { createSeries } from "./series.js";
import { createServer } from "./server.js";
import { createSpan } from "./span.js";
import { decidedAt, readStops, unzipped } from "./stops.js";
import { STYLE } from "./style.js";
import { createAnnouncer, createTransport } from "./transport.js";
import { unpack } from "./unpack.js";
import { createViewSync, viewOfEpochs } from "./view_state.js";

/** So many of the latest are kept: batches of stops; histories, decisions and their sentences. */
const BATCHES = 12;
const LATEST = 3;
/** Sentences are requested when the cursor is so many epochs from those that are here. */
const AHEAD = 30;

export function createRecorded(parent) {
  const state = Object.assign(firstState(), { rule: 0 });
  const counts = noCounts();
  const server = createServer(counts);
  const batches = new Map();
  const histories = new Map();
  const presents = new Map();
  const whys = new Map();
  let message = null;
  let values = new Float64Array(0);
  let rules = [];
  let latest = 0;

  const shared = { state, n: 0, floor: 0, unit: "epoch", known: true, span: null, palette: null };
  shared.sketch = { on: false, curve: [] };
  shared.shown = () => true;
  const loss = own(shared, { runs: [], tight: true });

  const style = document.createElement("style");
  style.textContent = STYLE;
  const title = h("span.title");
  const log = h("button.toggle", { type: "button" }, "log");
  const whole = h("button.toggle.whole-span", { type: "button", hidden: true });
  const best = h("span.best");
  const lossBox = h("div.canvas");
  const panels = h("div.panels", {}, h("section.panel.loss", {}, h("header", {}, title, log, whole, best), lossBox));
  const side = h("div.side");
  const tip = h("div.tip", { "aria-hidden": "true", hidden: true });
  const root = h("div.lrviz-stage.replay", { tabindex: "0", role: "group" }, panels, side, tip);
  parent.append(style, root);

  const lossLayers = createLayers(lossBox);
  const lossSeries = createSeries(lossLayers, "loss");
  const charts = [{ series: lossSeries, layers: lossLayers, scene: loss }];
  /** A panel of its own for each rule: {scene, series, layers, cells, head, count, section}. */
  let rows = [];

  const player = createPlayer(state, {
    steps: () => shared.n,
    cuts: () => rules[state.rule]?.cuts ?? [],
    changed() {
      request(FRAME);
      tell();
      askWhy();
    },
  });
  const transport = createTransport(player, shared.unit);
  const announcer = createAnnouncer();
  const ruleRows = createRuleRows();
  panels.append(transport.root);

  const sliders = createEpochSliders({
    state, server, batches, display, request, meta: () => message?.meta, time: (stamp) => painter.time(stamp),
  });
  side.append(sliders.root, ruleRows.root, announcer.root);

  /** The decisions to be seen: as they arrived, or those of the stop that a slider has been moved to since. */
  const stopsNow = () => sliders.stop() ?? [presents.get(message.meta.present), 0];

  /** @returns {number} how much must be drawn again */
  function display() {
    const { meta } = message;
    const n = meta.epochs;
    const step = loss.runs.length && loss.n === n ? loss.step : Int32Array.from({ length: n }, (_, e) => e + 1);
    const [stops, k] = stopsNow();
    rules = meta.rules.map((rule, r) => {
      const made = decidedAt(stops, k, r);
      const rate = new Float64Array(n);
      rate[0] = meta.first;
      rate.set(made.learning_rate.subarray(0, n - 1), 1);
      const epochs = { ...made, step, monitored: null };
      const cells = { limit: made.limit, cooldown: made.pause };
      return { ...rule, ...made, n, rate, epochs, cuts: cutsOf(made.cut), rule: cells };
    });
    state.rule = Math.min(state.rule, rules.length - 1);
    const focus = rules[state.rule];
    const padded = loss.of === values ? loss.runs[0].loss : Float64Array.from([NaN, ...values]);
    const marks = rules.map(({ cuts, colour }) => ({ cuts, colour }));
    shared.n = n;
    Object.assign(loss, { step, of: values, rising: meta.rising, until: focus.until });
    loss.runs = [{ name: meta.monitor, colour: INK, n, loss: padded, cuts: [], marks, epochs: focus.epochs }];
    rows.forEach((row, i) => Object.assign(row.scene, { runs: [rules[i]], until: rules[i].until }));
    const now = performance.now();
    for (const { series, scene } of charts) series.measure(scene, now);
    root.toggleAttribute("data-preview", Boolean(state.preview));
    return PATHS;
  }

  /** The panels of the rules, as many as there are. */
  function furnish(list) {
    if (rows.map(({ key }) => key).join() === list.map(({ key }) => key).join()) return;
    for (const row of rows) row.layers.close();
    panels.querySelectorAll(".panel.rate").forEach((section) => section.remove());
    charts.length = 1;
    rows = list.map(({ key, name, colour }, i) => {
      const cells = createCells();
      const count = h("span.note");
      const head = h("button.run", { type: "button", title: `What ${name} has to beat, in the panel above`,
        onclick: () => focusOn(i) }, h("span.swatch"), h("span", {}, name));
      const box = h("div.canvas");
      const section = h("section.panel.rate", {}, h("header", {}, head, cells.root, count), box);
      transport.root.before(section);
      const layers = createLayers(box);
      const series = createSeries(layers, "rate");
      const scene = own(shared, { runs: [], bare: i + 1 < list.length });
      const row = { key, name, colour, cells, count, head, layers, series, scene, box, section };
      charts.push({ series, layers, scene });
      watch(row, box);
      sizes.observe(box);
      return row;
    });
    root.style.setProperty("--rules", String(list.length));
  }

  function focusOn(i) {
    state.rule = i;
    request(display());
  }

  const span = createSpan({ shared, changed() {
    whole.hidden = !shared.span;
    const now = performance.now();
    for (const { series, scene } of charts) series.measure(scene, now);
    request(ALL);
  } });
  whole.addEventListener("click", () => span.reset());
  log.addEventListener("click", () => {
    state.log = !state.log;
    lossSeries.measure(loss, performance.now());
    request(ALL);
  });

  /** Pointer and wheel on one panel. */
  function watch({ layers, series, scene }, box) {
    watchAxis(layers.top, {
      scrub: (px) => player.to(series.stepAt(px)),
      hover(px, py) {
        const run = scene.runs[0];
        const k = px === null || !run ? null : Math.round(Math.min(Math.max(series.stepAt(px), 0), shared.n));
        const words = () => (run.loss ? `${run.name} ${format(run.loss[k], 5)}` : `α ${format(run.rate[k - 1], 5)}`);
        showTip(tip, root, box, [px ?? 0, py ?? 0], k ? `${shared.unit} ${k}  ${words()}` : null);
      },
    });
    span.watch(layers.top, (px) => series.stepAt(px));
  }

  const viewSync = createViewSync({
    current: () => (state.playing || sliders.held() ? null : viewOfEpochs(state, shared.n)),
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
    rows.forEach(({ head, colour }) => {
      head.firstChild.style.background = shared.palette.runs[colour];
    });
  }

  const epochNow = () => Math.min(Math.max(Math.floor(state.cursor), 1), shared.n) - 1;
  /** By epoch the sentences that are here for the present decisions. */
  const whysNow = () => whys.get(message.meta.present);
  const whyNow = () => (state.preview ? null : (whysNow()?.get(epochNow()) ?? null));

  /** Sentences are here for the epochs around the cursor; the next are requested before it gets there. */
  function askWhy() {
    if (!message) return;
    const k = epochNow();
    const [current, ahead] = [k, Math.min(k + (state.playing ? AHEAD : 0), shared.n - 1)];
    if (whysNow()?.has(current) && whysNow().has(ahead)) return;
    server.want("why", message.meta.present, ahead, message.meta.echo);
  }

  function showNumbers() {
    transport.show(shared);
    rows.forEach(({ cells, count, head }, i) => {
      const rule = rules[i];
      cells.show({ runs: [rule], state });
      say(count, countOf(rule.cuts, shared.unit));
      head.setAttribute("aria-pressed", String(i === state.rule));
    });
    const k = epochNow();
    ruleRows.show({ k, unit: shared.unit, value: values[k], monitor: message.meta.monitor, rules, why: whyNow() });
    if (state.playing) askWhy();
  }

  function showLabels() {
    say(title, message.meta.monitor);
    say(whole, `All ${shared.unit}s`);
    for (const { name, layers } of rows) {
      namePicture(layers.top, `Learning rate by ${name} over ${shared.unit}s`);
    }
    log.hidden = !message.meta.positive;
    log.setAttribute("aria-pressed", String(state.log));
    const rule = rules[state.rule];
    say(best, `best and what to beat: ${rule.name}`);
    namePicture(lossLayers.top, message.meta.label);
    root.setAttribute("aria-label", message.meta.label);
  }

  /** What a screen reader hears, at rest. */
  function tell() {
    if (!message) return;
    const k = epochNow();
    const words = () =>
      `${capital(shared.unit)} ${k + 1} of ${shared.n}: ${message.meta.monitor} ${format(values[k], 4)}. ` +
      (whyNow() ?? []).map((sentence, i) => `${rules[i]?.name}: ${sentence}`).join(" ");
    announcer.announce(state.playing ? "Playing" : words());
  }

  const painter = createPainter({
    f: { root },
    scene: shared,
    counts,
    player,
    charts,
    ready: () => message !== null,
    readTheme,
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
      if (!bytes) continue;
      remember(batches, row.family, readStops(await unzipped(bytes)), BATCHES);
    }
    if (arrays.history) remember(histories, meta.history, arrays.history, LATEST);
    if (arrays.present) remember(presents, meta.present, readStops(await unzipped(arrays.present)), LATEST);
    if (arrays.why) {
      const sentences = JSON.parse(new TextDecoder().decode(await unzipped(arrays.why)));
      const own = whys.get(meta.present) ?? new Map();
      sentences[0].forEach((_, e) => own.set(meta.whyFrom + e, sentences.map((list) => list[e])));
      remember(whys, meta.present, own, LATEST);
    }
    if (mine < latest) return undefined; // newer data came meanwhile, and it says what is seen
    return take(next, component.data);
  }

  function take(next, raw) {
    const { meta } = next;
    const lacking = [];
    if (!histories.has(meta.history)) lacking.push(`history:${meta.history}`);
    if (!presents.has(meta.present)) lacking.push(`present:${meta.present}`);
    if (lacking.length) return server.missing(lacking);
    const first = !message;
    const jump = first || meta.jump[0] !== message.meta.jump[0];
    const other = !first && meta.history !== message.meta.history;
    message = { ...next, raw };
    values = histories.get(meta.history);
    counts.answers++;
    shared.unit = meta.unit;
    furnish(meta.rules);
    transport.offer(meta.speeds);
    sliders.settle(meta);
    loss.lines = meta.lines;
    if (first || other) {
      loss.lost = [...values.keys()].filter((e) => !Number.isFinite(values[e])).map((e) => e + 1);
      state.log = meta.log;
      span.reset();
    }
    display();
    if (jump) {
      player.to(meta.jump[1]);
      span.show(state.cursor);
      if (!first) comeIntoSight();
    }
    state.cursor = Math.min(state.cursor, shared.n);
    if (first || jump) viewSync.known();
    sliders.update(meta);
    request(ALL);
    askWhy();
    tell();
    return undefined;
  }

  /** The page has set the cursor, as by a click on a sentence far below: what it shows is to be seen. */
  function comeIntoSight() {
    if (root.getBoundingClientRect().top >= 0) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    root.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  const sizes = new ResizeObserver(() => request(ALL));
  sizes.observe(lossBox);
  watch({ layers: lossLayers, series: lossSeries, scene: loss }, lossBox);
  watchKeys(root, player);

  root.stage = createEpochTestApi({ state, shared, counts, sliders }, {
    get span() { return shared.span && [...shared.span]; },
    get focus() { return state.rule; },
    get values() { return [...values]; },
    /** What is drawn of each rule, an entry an epoch. */
    get rules() {
      return rules.map((rule) => {
        const lists = ["learning_rate", "best", "threshold", "wait", "cooldown", "cut", "cuts", "rate"];
        const { key, name, limit, pause, until } = rule;
        return { key, name, limit, pause, until, ...Object.fromEntries(lists.map((list) => [list, [...rule[list]]])) };
      });
    },
    get runs() { return rules.map(({ name, cuts }) => ({ name, cuts: [...cuts] })); },
    get why() { return message && whyNow(); },
    get boxes() { return { loss: { ...lossSeries.box } }; },
  });

  return {
    root,
    update,
    destroy() {
      painter.close();
      sizes.disconnect();
      for (const { layers } of charts) layers.close();
      sliders.close();
      server.close();
      announcer.close();
      viewSync.close();
      root.remove();
      style.remove();
    },
  };
}

/** How often a rule cuts, and when first. */
function countOf(cuts, unit) {
  if (!cuts.length) return "no cut";
  const when = `after ${unit} ${cuts[0]}`;
  return cuts.length === 1 ? `1 cut, ${when}` : `${cuts.length} cuts, the first ${when}`;
}
