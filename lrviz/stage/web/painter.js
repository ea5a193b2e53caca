/** The frames: what must be drawn again is collected and drawn once a frame, as little of it as will do. */
import { ALL, FRAME, PATHS } from "./redraw.js";

/** Pixels that the cursor of loss and rate moves between two drawings while playing; they take turns. */
const FINE = 0.9;

/** Milliseconds between two states of the numbers while they move: nobody reads faster, and text is dear. */
const SPOKEN_EVERY = 80;

/** The browser's own list of times has the first picture under this name. */
const DRAWN = "stage drawn";

/** So many of the latest times are remembered. */
const MOST_TIMES = 600;

const note = (ring, value) => {
  ring.push(value);
  if (ring.length > MOST_TIMES) ring.shift();
};

/**
 * @param {object} stage  f, scene, counts, player; charts [{series, layers, scene}]: the panels on the axis of steps;
 *   drawLandscape(level); ready(): has there been a message; readTheme(), showNumbers(), showLabels(): what changes
 *   besides the canvases
 */
export function createPainter(stage) {
  const { f, scene, counts, player, charts } = stage;
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
    stage.drawLandscape?.(level);
    charts.forEach((chart, i) => drawSeries(chart, i, level, now));
    if (!(state.playing || state.grabbed) || now - spokenAt > SPOKEN_EVERY) {
      spokenAt = now;
      stage.showNumbers();
    }
    if (level >= PATHS) stage.showLabels();
  }

  function drawSeries({ series, layers, scene: own }, i, level, now) {
    const moved = series.settle(now);
    if (layers.fit() || moved || level >= PATHS) {
      series.drawBackground(own);
      series.drawPaths(own);
    }
    const far = series.movedFrom(state.cursor);
    const due = state.playing ? counts.frames % 2 === i % 2 && far > FINE : far > 0;
    if (level > FRAME || moved || due) series.drawFrame(own);
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
