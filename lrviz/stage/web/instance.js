/** One mounted stage: takes messages, keeps the state, and asks for a drawing when something changed. */
import { firstCamera } from "./camera.js";
import { createCells } from "./cells.js";
import { firstSketch } from "./draw.js";
import { covers, sliceAtNotch } from "./family.js";
import { above, linkToWholePage } from "./fit.js";
import { createFrame } from "./frame.js";
import { changesGround, groundAtNotch } from "./ground.js";
import { createTestApi } from "./test_api.js";
import { createInteractions } from "./interactions.js";
import { createSaveMenu } from "./save_menu.js";
import { createCache } from "./cache.js";
import { createLandscape } from "./landscape.js";
import { createLayers } from "./layers.js";
import { ALL, FRAME, GROUND, PATHS } from "./redraw.js";
import { createTeller, look, viewOf } from "./view_state.js";
import { movesStart } from "./page_sliders.js";
import { createPainter } from "./painter.js";
import { readPalette } from "./palette.js";
import { createPlayer, firstState } from "./player.js";
import { createPreviews } from "./previews.js";
import { createProfile } from "./profile.js";
import { createReadout } from "./readout.js";
import { readRuns, runAtNotch } from "./runs.js";
import { createSeries } from "./series.js";
import { createServer } from "./server.js";
import { createSlices } from "./slices.js";
import { createSliders, nearest } from "./sliders.js";
import { STYLE } from "./style.js";
import { createSurface } from "./surface3d.js";
import { createAnnouncer, createTransport } from "./transport.js";
import { unpack } from "./unpack.js";
import { wholeOf } from "./view.js";
import { showLabels, tell } from "./labels.js";

/** Milliseconds without another picture after which the hand on a slider of the page is taken to rest. */
const REST = 120;
/** The page has this attribute while its words tell of another run than the stage shows. */
const AHEAD = "data-run-ahead";
/** Milliseconds after which the first picture is on the screen; a timer runs on a page in the background too. */
const DRAWN = 40;

export function createInstance(parent) {
  const state = firstState();
  const counts = {
    frames: 0,
    drawnAt: 0,
    frameTimes: [],
    drawTimes: [],
    inputToDraw: [],
    landscapes: 0,
    families: 0,
    notches: 0,
    answers: 0,
    dropped: 0,
    sent: 0,
  };
  const kept = createCache();
  const { families } = kept;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const server = createServer(counts);
  const f = createFrame();
  const style = document.createElement("style");
  style.textContent = STYLE;
  parent.append(style, f.root);

  const scene = {
    state,
    runs: [],
    n: 0,
    ground: null,
    palette: null,
    start: [0, 0],
    floor: 0,
    draggable: false,
    slices: [],
    slice: null,
    sketch: firstSketch(),
  };
  scene.shown = (run) => state.switched[run.name] ?? run.visible;
  const takeSlices = createSlices(f.slices, scene, kept.slices);
  let message = null;
  let arrived = [];
  let ground = null;
  let stands = null; // what the message said that those runs are of
  const drag = { held: false };
  let resting = null;

  const land = createLayers(f.landBox);
  const views = { "2d": createLandscape(land), slice: createProfile(land), "3d": createSurface(land) };
  const lossLayers = createLayers(f.lossBox);
  const rateLayers = createLayers(f.rateBox);
  const panels = {
    land: () => views[state.panel],
    loss: createSeries(lossLayers, "loss"),
    rate: createSeries(rateLayers, "rate"),
  };
  const series = [panels.loss, panels.rate];

  const player = createPlayer(state, {
    steps: () => scene.n,
    cuts: () => scene.runs[0]?.cuts ?? [],
    changed: () => {
      request(FRAME);
      tell(land.top, announcer, scene);
    },
  });
  const transport = createTransport(player);
  const announcer = createAnnouncer();
  const readout = createReadout((i) => {
    state.focus = i;
    request(ALL);
  });
  /** A hand is near this slider of the stage: the runs around it must be here. */
  function approach(knob) {
    const row = message?.meta.live.find((r) => r.knob === knob);
    const hand = sliders.state().find((s) => s.knob === knob);
    const family = families.get(row?.family);
    if (!row?.family || !hand || (family && covers(family, hand.values, hand.index))) return;
    server.want(knob, row.family, hand.index, message.meta.echo);
  }
  const sliders = createSliders({
    approach,
    show(knob, value, event) {
      painter.time(event.timeStamp);
      state.preview = { knob, value };
      request(display());
      approach(knob);
      previews.ask(state.preview);
    },
    previews: (knob) => state.preview?.knob === knob,
    commit(knob, index) {
      const own = sliders.state().find((s) => s.knob === knob);
      const row = message.meta.live.find((r) => r.knob === knob);
      if (row.index === index) {
        state.preview = null;
        request(display());
      } else server.commit(knob, own.value, index);
    },
  });
  const cells = createCells();
  f.best.before(cells.root);
  f.bar.append(transport.root, sliders.root, readout.root, announcer.root);
  readout.root.firstChild.append(f.whole);
  linkToWholePage(f.whole);

  const previews = createPreviews({
    scene,
    kept,
    counts,
    said: () => message?.meta,
    stands: () => stands,
    runs: () => arrived.length,
    changed(preview) {
      state.preview = preview;
      request(display());
    },
  });

  /**
   * What is to be seen: runs and ground as they arrived, but as the family has them where a slider was moved since.
   * @returns {number} how much must be drawn again
   */
  function display() {
    const { preview } = state;
    const key = preview && previews.named(preview);
    const family = families.get(key);
    const before = scene.n;
    const below = [scene.ground, scene.slice];
    scene.runs = arrived;
    scene.ground = ground;
    scene.slice = scene.slices[state.slice] ?? null;
    if (family && arrived.length) {
      const notch = nearest(family.arrays.values, preview.value);
      const own = preview.family ? [family, ...family.others] : [family]; // a slider of the stage moves the first alone
      scene.runs = arrived.map((run, i) => (own[i] ? runAtNotch(run, own[i], notch, domain(), preview.knob) : run));
      if (ground && changesGround(family)) scene.ground = groundAtNotch(ground, family, notch, `${key} ${notch}`);
      scene.slice = sliceAtNotch(scene.slice, family, notch);
    }
    scene.floor = scene.ground?.scale.floor ?? 0;
    if (!drag.held && !server.start.open) {
      scene.start = family && movesStart(preview.knob) ? [...scene.runs[0].x.subarray(0, 2)] : message.meta.start;
    }
    scene.n = Math.max(0, ...scene.runs.map((run) => run.n));
    player.resize(before, scene.n);
    for (const s of series) s.measure(scene, performance.now());
    document.documentElement.toggleAttribute(AHEAD, Boolean(preview) || owing());
    return scene.ground === below[0] && scene.slice === below[1] ? PATHS : GROUND;
  }

  const whole = () => wholeOf(domain());
  const teller = createTeller({
    current: () => (state.playing || sliders.held() || drag.held ? null : viewOf(state, scene.n, whole())),
    tell: (view) => server.view(view),
  });
  const domain = () => ground?.domain ?? [-Infinity, Infinity, -Infinity, Infinity];

  function update(component) {
    server.attach(component);
    readTheme();
    if (component.data === message?.raw) {
      request(ALL);
      return;
    }
    const next = unpack(component.data);
    kept.take(next, counts);
    if (!server.start.answer(next.meta.echo.start)) {
      counts.dropped++;
      return;
    }
    const first = !message;
    const unveiled = message?.meta.veiled && !next.meta.veiled;
    const asked = next.meta.view && next.meta.view[0] !== message?.meta.view?.[0] ? next.meta.view[1] : null;
    const jump = next.meta.jump && next.meta.jump[0] !== message?.meta.jump?.[0] ? next.meta.jump[1] : null;
    const plays = next.meta.plays !== message?.meta.plays;
    message = { ...next, raw: component.data };
    rest(first);
    counts.answers++;
    const lacking = kept.lacking(next.meta);
    if (lacking.length) server.missing(lacking);
    takeGround(first);
    const sliced = takeSlices(next.meta.profiles);
    // A run that is not here is on its way: what is seen stays until it comes.
    const late = lacking.some((item) => item.startsWith("run:"));
    if (!late) {
      arrived = readRuns(next.meta, kept.runs, domain());
      stands = next.meta;
    }
    if (!late && !server.switching(next.meta.echo)) state.switched = {};
    state.focus = Math.min(state.focus, Math.max(arrived.length - 1, 0));
    scene.draggable = next.meta.draggable;
    const { preview } = state;
    if (preview && !late && !sliders.busy(preview.knob) && !stillPending(preview)) state.preview = null;
    state.preview ??= previews.slid();
    f.draw.hidden = !next.meta.drawable;
    const { sketch } = scene;
    if (sketch.seq && (next.meta.echo.drawn ?? 0) >= sketch.seq) Object.assign(sketch, { curve: [], seq: null });
    f.root.setAttribute("aria-label", next.meta.label);
    f.root.toggleAttribute("data-small", next.meta.small);
    fit(next.meta.fit);
    transport.offer(next.meta.speeds);
    f.root.style.setProperty("--land-height", `${next.meta.height}px`);
    if (first) begin(next.meta);
    if (!next.meta.panels.includes(state.panel)) state.panel = next.meta.panels[0];
    const level = display();
    if (unveiled) state.playing = !calm.matches;
    if (first || unveiled) state.cursor = state.playing ? 0 : scene.n;
    if (jump !== null && !first) player.to(jump);
    if (plays && !first) {
      state.playing = !calm.matches;
      state.cursor = state.playing ? 0 : scene.n;
    }
    if (asked) {
      const { panels, speeds } = next.meta;
      look(state, asked, { panels, speeds, slices: scene.slices.length, n: scene.n, whole: whole() });
      display();
    }
    if (first || asked) teller.known();
    const held = (knob) => server.pending(knob, next.meta.echo) || state.preview?.knob === knob;
    sliders.update(next.meta.live, next.arrays, held);
    request(first || sliced || asked ? ALL : level);
    tell(land.top, announcer, scene);
    if (previews.nearby.there) previews.nearby.ask();
  }

  const owing = () => Boolean(message?.meta.owing);
  const links = () => message?.meta.view?.[0] ?? 0;

  /** The page waits with its words until the picture stands and no other comes. */
  function rest(first) {
    clearTimeout(resting);
    if (owing()) resting = setTimeout(() => server.rest(), first ? DRAWN : REST);
  }

  const stillPending = ({ knob, value }) => {
    const row = message.meta.live.find((r) => r.knob === knob);
    const answered = row && message.arrays[`live.${knob}`][row.index] === value;
    return row && !answered && server.pending(knob, message.meta.echo);
  };

  function begin(meta) {
    state.panel = meta.panel ?? meta.panels[0];
    state.camera = firstCamera();
    state.playing = meta.autoplay && !meta.veiled && !calm.matches;
  }

  /** In a frame of another page: as high as that is, whatever else comes above. */
  function fit(on) {
    f.whole.hidden = !on;
    f.root.toggleAttribute("data-fit", on);
    if (on) f.root.style.setProperty("--above", `${above(f.root)}px`);
  }

  function takeGround(first) {
    const next = kept.grounds.get(message.meta.landscape);
    if (!next) return;
    if (first || !state.view || ground?.domain.join() !== next.domain.join()) state.view = wholeOf(next.domain);
    ground = next;
  }

  function readTheme() {
    const styles = getComputedStyle(f.root);
    const colours = message?.meta.colours ?? { light: Array(6).fill("#777777"), dark: Array(6).fill("#999999") };
    scene.palette = readPalette((name) => styles.getPropertyValue(name), colours);
    f.root.dataset.theme = scene.palette.theme;
  }

  function request(level) {
    painter.request(level);
    teller.stir();
  }

  function toggleRun(i) {
    const run = scene.runs[i];
    state.switched[run.name] = !scene.shown(run);
    for (const s of series) s.measure(scene, performance.now());
    server.visible(state.switched);
    request(ALL);
  }

  function choosePanel(panel) {
    state.panel = panel;
    request(ALL);
  }

  lossLayers.top.setAttribute("role", "img");
  lossLayers.top.setAttribute("aria-label", "Loss over steps");
  rateLayers.top.setAttribute("role", "img");
  rateLayers.top.setAttribute("aria-label", "Learning rate over steps");
  const layers = { land, loss: lossLayers, rate: rateLayers };
  const keep = createSaveMenu({ f, scene, layers, player, name: () => message.meta.file });
  transport.root.append(keep.root);
  const painter = createPainter({
    f,
    scene,
    counts,
    player,
    views,
    series,
    layers,
    ready: () => message !== null,
    readTheme,
    showNumbers() {
      transport.show(scene);
      readout.show(scene);
      cells.show(scene);
      f.loss.classList.toggle("watched", !cells.root.hidden);
    },
    showLabels: () => showLabels(f, scene, message.meta.panels, toggleRun, choosePanel),
  });
  const stopHands = createInteractions({ f, scene, player, server, views, series, layers, domain, request, drag });

  f.log.addEventListener("click", () => {
    state.log = !state.log;
    panels.loss.measure(scene, performance.now());
    request(ALL);
  });
  f.slices.addEventListener("change", () => {
    state.slice = Number(f.slices.value);
    display();
    request(ALL);
  });

  const sizes = new ResizeObserver(() => request(ALL));
  for (const box of [f.landBox, f.lossBox, f.rateBox]) sizes.observe(box);
  f.root.stage = createTestApi({
    scene,
    sliders,
    nearby: previews.nearby,
    panels,
    counts,
    families,
    preview: () => state.preview,
    near: previews.ready,
    owing,
    links,
  });

  return {
    root: f.root,
    update,
    destroy() {
      clearTimeout(resting);
      document.documentElement.removeAttribute(AHEAD);
      keep.close();
      painter.close();
      sizes.disconnect();
      for (const panel of Object.values(layers)) panel.close();
      sliders.close();
      previews.close();
      server.close();
      announcer.close();
      teller.close();
      stopHands();
      f.root.remove();
      style.remove();
    },
  };
}
