/** What has come from the server: the last message, and the runs and the loss surface that are here. */
import { readRuns } from "./runs.js";
import { unpack } from "./unpack.js";
import { wholeOf } from "./view.js";

const EVERYWHERE = [-Infinity, Infinity, -Infinity, Infinity];

/**
 * @typedef {object} News  what a message brings that the one before did not
 * @property {boolean} first  it is the first
 * @property {boolean} unveiled  the runs may be seen from now on
 * @property {boolean} sliced  the slices are others
 * @property {boolean} late  runs of it are missing: those before stay until they come
 * @property {number|null} jump  the step that the cursor is sent to
 * @property {boolean} plays  the runs are to play from their start
 * @property {object|null} view  how a link asks it to be seen
 *
 * @param {object} stage  scene, cache, counts, server; takeSlices(profiles): whether the slices are others
 */
export function createIntake({ scene, cache, counts, server, takeSlices }) {
  const { state } = scene;
  let message = null;

  const intake = {
    runs: [],
    /** The meta of the message that those runs are of. */
    runsOf: null,
    landscape: null,
    get meta() {
      return message?.meta ?? null;
    },
    domain: () => intake.landscape?.domain ?? EVERYWHERE,
    whole: () => wholeOf(intake.domain()),
    /** Is the text of the page not yet updated to these runs? */
    stale: () => Boolean(message?.meta.stale),
    /** How many links the page has read. */
    links: () => message?.meta.view?.[0] ?? 0,
    has: (raw) => message !== null && raw === message.raw,
    row: (knob) => message?.meta.live.find((row) => row.knob === knob),

    /** @returns {News|null} null for an answer to an earlier question about the start */
    take(raw) {
      const next = { ...unpack(raw), raw };
      cache.take(next, counts);
      if (!server.start.answer(next.meta.echo.start)) {
        counts.dropped++;
        return null;
      }
      const before = message?.meta;
      /** Numbered, so that each is obeyed once. */
      const latest = (name) => {
        const order = next.meta[name];
        return order && order[0] !== before?.[name]?.[0] ? order[1] : null;
      };
      const news = {
        first: !before,
        unveiled: Boolean(before?.veiled && !next.meta.veiled),
        jump: latest("jump"),
        view: latest("view"),
        plays: Boolean(before) && next.meta.plays !== before.plays,
      };
      message = next;
      counts.answers++;
      const lacking = cache.lacking(next.meta);
      if (lacking.length) server.missing(lacking);
      takeLandscape(news.first);
      news.sliced = takeSlices(next.meta.profiles);
      news.late = lacking.some((item) => item.startsWith("run:"));
      if (!news.late) {
        intake.runs = readRuns(next.meta, cache.runs, intake.domain());
        intake.runsOf = next.meta;
      }
      return news;
    },
  };

  function takeLandscape(first) {
    const next = cache.landscapes.get(message.meta.landscape_key);
    if (!next) return;
    const moved = intake.landscape?.domain.join() !== next.domain.join();
    if (first || !state.view || moved) state.view = wholeOf(next.domain);
    intake.landscape = next;
  }

  return intake;
}
