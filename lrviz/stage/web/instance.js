/** One mounted stage: its parts, what each hears of the others, and what a message and a visitor set going. */
import { createCache } from "./cache.js";
import { firstCamera } from "./camera.js";
import { createCells } from "./cells.js";
import { createDisplay } from "./display.js";
import { namePicture } from "./dom.js";
import { firstSketch } from "./draw.js";
import { covers } from "./family.js";
import { above, linkToWholePage } from "./fit.js";
import { createFrame } from "./frame.js";
import { createIntake } from "./intake.js";
import { createInteractions } from "./interactions.js";
import { placeStart, showLabels, tell, updateMarkerLegend } from "./labels.js";
import { createContourPlot } from "./contour_plot.js";
import { createLayers } from "./layers.js";
import { createPainter } from "./painter.js";
import { readPalette } from "./palette.js";
import { createPlayer, firstState } from "./player.js";
import { createPreviews } from "./previews.js";
import { createProfile } from "./profile.js";
import { createReadout } from "./readout.js";
import { ALL, FRAME, BACKGROUND, PATHS } from "./redraw.js";
import { createSaveMenu } from "./save_menu.js";
import { createSeries } from "./series.js";
import { createServer } from "./server.js";
import { createSliders } from "./sliders.js";
import { createSlices } from "./slices.js";
import { STYLE } from "./style.js";
import { createSurfacePlot } from "./surface3d.js";
import { createTestApi } from "./test_api.js";
import { createAnnouncer, createTransport } from "./transport.js";
import { createViewSync, look, viewOf } from "./view_state.js";

/** Milliseconds without another picture after which a slider of the page counts as idle. */
const IDLE = 120;
/** Milliseconds after which the first picture is on the screen; a timer runs on a page in the background too. */
const DRAWN = 40;

const noCounts = () => ({
  frames: 0,
  drawnAt: 0,
  frameTimes: [],
  drawTimes: [],
  inputToDraw: [],
  landscapes: 0,
  families: 0,
  stops: 0,
  answers: 0,
  dropped: 0,
  sent: 0,
});

const emptyScene = (state) => ({
  state,
  runs: [],
  n: 0,
  landscape: null,
  palette: null,
  start: [0, 0],
  floor: 0,
  draggable: false,
  explains: {},
  slices: [],
  slice: null,
  sketch: firstSketch(),
  shown: (run) => state.switched[run.name] ?? run.visible,
});

/** The canvases, and what is drawn on each. */
function createPanels(f, state) {
  const land = createLayers(f.landBox);
  const loss = createLayers(f.lossBox);
  const rate = createLayers(f.rateBox);
  namePicture(loss.top, "Loss over steps");
  namePicture(rate.top, "Learning rate over steps");
  const views = { "2d": createContourPlot(land), slice: createProfile(land), "3d": createSurfacePlot(land) };
  const series = [createSeries(loss, "loss"), createSeries(rate, "rate")];
  return {
    layers: { land, loss, rate },
    views,
    series,
    panels: { land: () => views[state.panel], loss: series[0], rate: series[1] },
  };
}

/** In a frame of another page: as high as that is, whatever else comes above. */
function fitFrame(f, on) {
  f.whole.hidden = !on;
  f.root.toggleAttribute("data-fit", on);
  if (on) f.root.style.setProperty("--above", `${above(f.root)}px`);
}

export function createInstance(parent) {
  const state = firstState();
  const counts = noCounts();
  const cache = createCache();
  const { families } = cache;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const server = createServer(counts);
  const f = createFrame();
  const style = document.createElement("style");
  style.textContent = STYLE;
  parent.append(style, f.root);

  const scene = emptyScene(state);
  const { layers, views, series, panels } = createPanels(f, state);
  const intake = createIntake({
    scene,
    cache,
    counts,
    server,
    takeSlices: createSlices(f.slices, scene, cache.slices),
  });
  const drag = { held: false };
  let idleTimer = null;

  const player = createPlayer(state, {
    steps: () => scene.n,
    cuts: () => scene.runs[0]?.cuts ?? [],
    changed: () => {
      request(FRAME);
      tell(layers.land.top, announcer, scene);
    },
  });
  const transport = createTransport(player);
  const announcer = createAnnouncer();
  const readout = createReadout((i) => {
    state.focus = i;
    request(ALL);
  });
  const sliders = createSliders({
    prefetch,
    show(knob, value, event) {
      painter.time(event.timeStamp);
      preview({ knob, value });
      prefetch(knob);
      previews.ask(state.preview);
    },
    previews: (knob) => state.preview?.knob === knob,
    commit(knob, index) {
      const { value } = sliders.state().find((s) => s.knob === knob);
      const row = intake.row(knob);
      if (row.values[row.index] === value) preview(null);
      else server.commit(knob, value, index);
    },
  });
  const cells = createCells();
  f.best.before(cells.root);
  f.bar.append(transport.root, sliders.root, readout.root, announcer.root);
  readout.root.firstChild.append(f.whole);
  linkToWholePage(f.whole);

  const previews = createPreviews({
    scene,
    cache,
    counts,
    meta: () => intake.meta,
    runsMeta: () => intake.runsOf,
    runs: () => intake.runs.length,
    changed: preview,
  });
  const display = createDisplay({
    scene,
    intake,
    previews,
    families,
    player,
    series,
    moving: () => drag.held || server.start.open,
  });
  const seen = () => viewOf(state, scene.n, intake.whole(), intake.meta.rate_log);
  const viewSync = createViewSync({
    current: () => (state.playing || sliders.held() || drag.held ? null : seen()),
    send: (view) => server.view(view),
  });
  const saveMenu = createSaveMenu({ f, scene, layers, player, name: () => intake.meta.file });
  transport.root.append(saveMenu.root);
  const painter = createPainter({
    f,
    scene,
    counts,
    player,
    drawLandscape,
    charts: [
      { series: panels.loss, layers: layers.loss, scene },
      { series: panels.rate, layers: layers.rate, scene },
    ],
    ready: () => intake.meta !== null,
    readTheme,
    showNumbers() {
      transport.show(scene);
      readout.show(scene);
      cells.show(scene);
      f.root.toggleAttribute("data-watched", !cells.root.hidden);
    },
    showLabels: () => showLabels(f, scene, intake.meta.panels, toggleRun, choosePanel),
  });
  const { domain } = intake;
  const panelParts = { f, scene, player, server, views, series, layers, domain, request, drag };
  const stopInteractions = createInteractions(panelParts);

  /** Another stop of a slider is to be seen, or none. */
  function preview(next) {
    state.preview = next;
    request(display.update());
  }

  /** The pointer or the focus is on this slider of the stage: the runs around its stop must be here. */
  function prefetch(knob) {
    const row = intake.row(knob);
    const slider = sliders.state().find((s) => s.knob === knob);
    const family = families.get(row?.family);
    if (!row?.family || !slider || (family && covers(family, slider.values, slider.index))) return;
    server.want(knob, row.family, slider.index, intake.meta.echo);
  }

  function update(component) {
    server.attach(component);
    readTheme();
    if (intake.has(component.data)) {
      request(ALL);
      return;
    }
    const news = intake.take(component.data);
    if (!news) return;
    announceIdle(news.first);
    settle(news);
    dress(intake.meta);
    if (news.first) begin(intake.meta);
    if (!intake.meta.panels.includes(state.panel)) state.panel = intake.meta.panels[0];
    const level = display.update();
    place(news);
    const { live, echo } = intake.meta;
    sliders.update(live, (knob) => server.pending(knob, echo) || state.preview?.knob === knob);
    request(news.first || news.sliced || news.view ? ALL : level);
    tell(layers.land.top, announcer, scene);
    if (previews.hovered.there) previews.hovered.prefetch();
  }

  /** What was shown until the answer came goes, where this is the answer. */
  function settle({ late }) {
    const { echo } = intake.meta;
    if (!late && !server.switching(echo)) state.switched = {};
    state.focus = Math.min(state.focus, Math.max(intake.runs.length - 1, 0));
    const seen = state.preview;
    if (seen && !late && !sliders.busy(seen.knob) && !stillPending(seen)) state.preview = null;
    state.preview ??= previews.slid();
    const { sketch } = scene;
    if (sketch.seq && (echo.drawn ?? 0) >= sketch.seq) Object.assign(sketch, { curve: [], seq: null });
  }

  const stillPending = ({ knob, value }) => {
    const row = intake.row(knob);
    const answered = row?.values[row.index] === value;
    return row && !answered && server.pending(knob, intake.meta.echo);
  };

  function dress(meta) {
    scene.draggable = meta.draggable;
    scene.explains = meta.explains;
    f.draw.hidden = !meta.drawable;
    f.root.setAttribute("aria-label", meta.label);
    f.root.toggleAttribute("data-small", meta.small);
    f.root.toggleAttribute("data-veiled", meta.veiled);
    fitFrame(f, meta.fit);
    transport.offer(meta.speeds);
    f.root.style.setProperty("--land-height", `calc(${meta.height}px + var(--taller, 0px))`);
    f.root.dataset.lead = meta.lead;
    scene.lead = meta.lead;
  }

  function begin(meta) {
    state.panel = meta.panel ?? meta.panels[0];
    state.rateLog = meta.rate_log;
    if (meta.lead === "rate") f.rateBox.before(f.legend);
    state.camera = firstCamera();
    state.playing = meta.autoplay && !meta.veiled && !calm.matches;
  }

  /** The place of the cursor, and how a link asks the stage to be seen. */
  function place({ first, unveiled, jump, plays, view }) {
    if (unveiled || plays) state.playing = !calm.matches;
    if (first || unveiled || plays) state.cursor = state.playing ? 0 : scene.n;
    if (jump !== null && !first) player.to(jump);
    if (view) {
      const { panels: offered, speeds, rate_log: rateLog } = intake.meta;
      const { slices, n } = scene;
      look(state, view, { panels: offered, speeds, slices: slices.length, n, whole: intake.whole(), rateLog });
      display.update();
    }
    if (first || view) viewSync.known();
  }

  /** The page waits with its text until the picture is drawn and no other comes. */
  function announceIdle(first) {
    clearTimeout(idleTimer);
    if (intake.stale()) idleTimer = setTimeout(() => server.idle(), first ? DRAWN : IDLE);
  }

  function readTheme() {
    const styles = getComputedStyle(f.root);
    const colours = intake.meta?.colours ?? { light: Array(6).fill("#777777"), dark: Array(6).fill("#999999") };
    scene.palette = readPalette((name) => styles.getPropertyValue(name), colours);
    f.root.dataset.theme = scene.palette.theme;
  }

  function request(level) {
    painter.request(level);
    viewSync.stir();
  }

  function drawLandscape(level) {
    if (!scene.landscape) return;
    const view = views[state.panel];
    if (layers.land.fit() || level >= BACKGROUND) view.drawBackground(scene);
    if (level >= PATHS) view.drawPaths(scene);
    view.drawFrame(scene);
    placeStart(f, scene, view);
    updateMarkerLegend(f, scene, view);
  }

  function toggleRun(i) {
    const run = scene.runs[i];
    state.switched[run.name] = !scene.shown(run);
    display.measure();
    server.visible(state.switched);
    request(ALL);
  }

  function choosePanel(panel) {
    state.panel = panel;
    request(ALL);
  }

  f.log.addEventListener("click", () => {
    state.log = !state.log;
    panels.loss.measure(scene, performance.now());
    request(ALL);
  });
  f.rateLog.addEventListener("click", () => {
    state.rateLog = !state.rateLog;
    panels.rate.measure(scene, performance.now());
    request(ALL);
  });
  f.slices.addEventListener("change", () => {
    state.slice = Number(f.slices.value);
    display.update();
    request(ALL);
  });
  const sizes = new ResizeObserver(() => request(ALL));
  for (const box of [f.landBox, f.lossBox, f.rateBox]) sizes.observe(box);
  f.root.stage = createTestApi({
    scene,
    sliders,
    hovered: previews.hovered,
    panels,
    counts,
    families,
    preview: () => state.preview,
    ready: previews.ready,
    stale: intake.stale,
    links: intake.links,
  });

  return {
    root: f.root,
    update,
    destroy() {
      clearTimeout(idleTimer);
      const closing = [display, saveMenu, painter, ...Object.values(layers), sliders, previews, server];
      for (const part of [...closing, announcer, viewSync]) part.close();
      sizes.disconnect();
      stopInteractions();
      f.root.remove();
      style.remove();
    },
  };
}
