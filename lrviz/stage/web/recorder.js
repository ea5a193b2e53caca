/** Films the run as it is played, from the first step to the last, in the browser itself. */

/** Kinds of film, and how a browser may be asked for each. */
const FILMS = {
  webm: ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"],
  mp4: ["video/mp4;codecs=avc1.42E01E", "video/mp4;codecs=avc1", "video/mp4"],
};

const BITS = 6_000_000;

/** Milliseconds that the last step stays. */
const HOLD = 700;

/** Bytes below which a file is no film: its head, without a picture. */
const HEAD = 1000;

/** @returns {{ending: string, type: string}[]} the films that this browser can make; none without a MediaRecorder */
export function filmsOf(Recorder) {
  if (!Recorder?.isTypeSupported) return [];
  return Object.entries(FILMS).flatMap(([ending, types]) => {
    const type = types.find((t) => Recorder.isTypeSupported(t));
    return type ? [{ ending, type }] : [];
  });
}

/**
 * @param {object} stage  composite {canvas, begin(), draw()}, player {state, to, play, setLoop}, steps()
 * @param {object} on  progress(part), null when it is over; done(blob); failed() where the browser gives no film,
 *   whatever it had promised
 * @param {object} [host]  Recorder, and how to wait for a frame and a while
 */
export function createRecorder({ composite, player, steps }, on, host = {}) {
  const Recorder = host.Recorder ?? globalThis.MediaRecorder;
  const nextFrame = host.nextFrame ?? ((f) => requestAnimationFrame(f));
  const later = host.later ?? ((f, ms) => setTimeout(f, ms));
  let film = null;

  function finish(own, save) {
    if (film !== own) return;
    film = null;
    own.save = save;
    player.setLoop(own.loop);
    if (own.recorder.state !== "inactive") own.recorder.stop();
    for (const track of own.stream.getTracks()) track.stop();
    on.progress(null);
  }

  function frame(own) {
    if (film !== own) return;
    composite.draw();
    const { cursor, playing } = player.state;
    on.progress(steps() ? cursor / steps() : 1);
    if (!own.ending && !playing && cursor >= steps()) {
      own.ending = true;
      later(() => finish(own, true), HOLD);
    }
    nextFrame(() => frame(own));
  }

  function done(own) {
    const blob = new Blob(own.parts, { type: own.type });
    if (!own.save) return;
    if (blob.size < HEAD) on.failed();
    else on.done(blob);
  }

  /** The recorder at work. Throws where the browser cannot. */
  function begin(type) {
    composite.begin();
    const stream = composite.canvas.captureStream(60);
    const recorder = new Recorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
    const own = {
      recorder, stream, type: type.split(";")[0], loop: player.state.loop, ending: false, save: false, parts: [],
    };
    recorder.ondataavailable = ({ data }) => data.size && own.parts.push(data);
    recorder.onstop = () => done(own);
    recorder.onerror = () => {
      if (film !== own) return;
      finish(own, false);
      on.failed();
    };
    composite.draw();
    recorder.start(1000);
    return own;
  }

  return {
    get recording() {
      return film !== null;
    },
    start(type) {
      try {
        film = begin(type);
      } catch {
        on.failed();
        return;
      }
      const own = film;
      player.setLoop(false);
      player.to(0);
      player.play();
      nextFrame(() => frame(own));
    },
    cancel() {
      if (film) finish(film, false);
    },
  };
}
