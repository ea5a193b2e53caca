/** The frames: what must be drawn again is collected and drawn once a frame, as little of it as will do. */
import { ALL, FRAME, GROUND, PATHS } from "./redraw.js";
import { placeStart } from "./labels.js";

/** Pixels that the cursor of loss and rate moves between two drawings while playing; they take turns. */
const FINE = 0.9;

/** Milliseconds between two states of the numbers while they move: nobody reads faster, and text is dear. */
const SPOKEN_EVERY = 80;

/** The browser's own list of times has the first picture under this name. */
const DRAWN = "stage drawn";

/** So many of the latest times are kept. */
const KEPT = 600;

const note = (ring, value) => {
  ring.push(value);
  if (ring.length > KEPT) ring.shift();
};

/**
 * @param {object} stage  f, scene, counts, player, views, series; layers {land, loss, rate};
 *   ready(): has there been a message; readTheme(), showNumbers(), showLabels(): what changes besides the canvases
 */
export function createPainter(stage) {
  const { f, scene, counts, player, views, series, layers } = stage;
  const { state } = scene;
  let need = 0;
  let raf = 0;
  let last = 0;
  let inputAt = 0;
  let spokenAt = 0;

  function request(level) {
    need = Math.max(need, level);
    if (!raf) raf = requestAnimationFrame(frame);
  }

  function frame(now) {
    raf = 0;
    const level = need;
    need = 0;
    if (!f.root.isConnected || !stage.ready()) return;
    if (last && state.playing) {
      note(counts.frameTimes, now - last);
      player.advance(Math.min(now - last, 250));
    }
    const began = performance.now();
    draw(level, now);
    if (!counts.frames++) performance.mark(DRAWN);
    counts.drawnAt = performance.now();
    note(counts.drawTimes, counts.drawnAt - began);
    if (inputAt) {
      note(counts.inputToDraw, counts.drawnAt - inputAt);
      inputAt = 0;
    }
    last = state.playing ? now : 0;
    if (state.playing) request(FRAME);
  }

  function draw(level, now) {
    if (level === ALL) stage.readTheme();
    drawLandscape(level);
    series.forEach((s, i) => drawSeries(s, i, level, now));
    if (!(state.playing || state.grabbed) || now - spokenAt > SPOKEN_EVERY) {
      spokenAt = now;
      stage.showNumbers();
    }
    if (level >= PATHS) stage.showLabels();
  }

  function drawLandscape(level) {
    if (!scene.ground) return;
    const view = views[state.panel];
    if (layers.land.fit() || level >= GROUND) view.drawGround(scene);
    if (level >= PATHS) view.drawPaths(scene);
    view.drawFrame(scene);
    placeStart(f, scene, view);
  }

  function drawSeries(s, i, level, now) {
    const moved = s.settle(now);
    if ([layers.loss, layers.rate][i].fit() || moved || level >= PATHS) {
      s.drawGround(scene);
      s.drawPaths(scene);
    }
    const far = s.movedFrom(state.cursor);
    const due = state.playing ? counts.frames % 2 === i && far > FINE : far > 0;
    if (level > FRAME || moved || due) s.drawFrame(scene);
    if (moved) request(FRAME);
  }

  return {
    request,
    /** The next frame answers an input of this time (`event.timeStamp`): how long it took is kept. */
    time(at) {
      inputAt = at;
    },
    close: () => cancelAnimationFrame(raf),
  };
}
