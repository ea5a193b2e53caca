/** One map on a page: its parts, and what a message of the server sets going in them. */
import { say } from "../../stage/web/dom.js";
import { unpack } from "../../stage/web/unpack.js";
import { createDisplay } from "./display.js";
import { createFrame } from "./frame.js";
import { createInteractions } from "./interactions.js";
import { createLayers } from "./layers.js";
import { createNavigation } from "./navigation.js";
import { same } from "./region.js";
import { createServer } from "./server.js";
import { STYLE } from "./style.js";
import { createTestApi } from "./test_api.js";
import { COARSE, createTiles, readTile } from "./tiles.js";

const HINT =
  "Click: play that run. Drag a box or Ctrl and wheel: zoom. Arrow keys move the point, Enter plays, + and − zoom.";
const TOUCH = "Tap: play that run. Pinch: zoom.";

export function createMap(parent) {
  const f = createFrame();
  const style = document.createElement("style");
  style.textContent = STYLE;
  parent.append(style, f.root);
  const touch = matchMedia("(pointer: coarse)");
  const counts = { answers: 0, tiles: 0, frames: 0, drawnAt: 0, sent: 0, tileAt: {} };
  const state = { message: null, point: null, hover: null, box: null };
  const layers = createLayers();
  const server = createServer(counts);
  const tiles = createTiles({
    tile: (tile, region) => take(tile, region),
    none: () => server.want(layers.region),
    idle: () => display.request(true),
  });
  const navigation = createNavigation(layers, {
    load(points) {
      if (tiles.there) tiles.load(state.message.meta.ask, layers.region, points);
      else server.want(layers.region);
    },
    changed() {
      state.hover = null;
      server.region(layers.region);
      display.request(true);
    },
  });
  const display = createDisplay(f, layers, state, () => navigation.history > 0, counts);
  const interactions = createInteractions({ f, layers, state, display, navigation, server });

  const take = (tile, region) => {
    if (layers.take(tile, region, counts)) display.request(true);
  };
  /** Is this region, {x: [low, high], y: [low, high]}, the one that is seen? */
  const sees = ({ x, y }) =>
    same(layers.region, { x: { low: x[0], high: x[1] }, y: { low: y[0], high: y[1] } });

  function update(component) {
    server.connect(component);
    if (component.data !== state.message?.raw) receive(component.data);
    display.request(true);
  }

  function receive(data) {
    const before = state.message?.meta;
    state.message = { ...unpack(data), raw: data };
    const { meta, arrays } = state.message;
    counts.answers++;
    const moved = !before || before.revision !== meta.revision;
    const other = !before || before.sweep !== meta.sweep;
    if (moved && other) navigation.forget();
    if (moved) layers.region = { x: meta.frame.axes.x, y: meta.frame.axes.y };
    layers.describe(meta);
    if (server.knowsPoint(meta.echo)) state.point = { x: meta.point[0], y: meta.point[1] };
    describe(meta);
    if (other || moved) {
      const tile = arrays.tile && readTile(arrays.tile);
      const fits = tile && sees(meta.region);
      if (fits) take(tile, layers.region);
      navigation.load(fits ? COARSE.filter((points) => points > tile.meta.points) : COARSE);
    } else if (arrays.fine && sees(meta.region)) {
      server.came();
      for (const tile of [arrays.tile, arrays.fine]) take(readTile(tile), layers.region);
    } else if (server.overtaken(meta.echo)) server.want(layers.region);
  }

  function describe(meta) {
    const hint = touch.matches ? TOUCH : HINT;
    f.root.setAttribute("aria-label", meta.label);
    f.plane.setAttribute("aria-label", `${meta.frame.title}. ${hint}`);
    f.root.style.setProperty("--height", `${meta.height}px`);
    say(f.hint, hint);
  }

  f.root.map = createTestApi({ f, layers, state, display, navigation, counts });

  return {
    root: f.root,
    update,
    destroy() {
      for (const part of [navigation, server, interactions, display, tiles]) part.close();
    },
  };
}
