/**
 * The runs of sliders, from an HTTP endpoint that bypasses the rerun (server/slider_api.py): a script and a page that
 * is drawn anew take longer. For sliders of the page the runs around the pointer when it hovers; for all, of a stop
 * that is not here.
 */
import { covers, readFamilies } from "./family.js";
import { createRequestQueue } from "./request_queue.js";
import { leavesOut, movesStart, stopOf } from "./page_sliders.js";
import { unpack } from "./unpack.js";

/** There are no such runs; or the server has no time for the question, and says when it may have. */
const [NONE, LATER] = [204, "Retry-After"];
/** Behind a question that made no sense come those that say that there is no such way; 500 and above may pass. */
const [BAD_QUESTION, FAULT] = [400, 500];

/** Milliseconds that a family is waited for: of a long race it takes a while to make. */
const PATIENCE = 15_000;
/** Milliseconds after which a request is repeated at most. */
const LONGEST_PAUSE = 8000;

/** What this knob sets in the parameters of a race. */
const placeOf = (knob) => (movesStart(knob) ? "start" : knob);

/** All that the runs of a slider depend on: the race, but for the slider's own knob. */
function nameOf({ race }, knob) {
  const rest = Object.entries(race).filter(([key]) => key !== placeOf(knob));
  return JSON.stringify([knob, ...rest.sort()]);
}

/**
 * What the page says of itself: stage/host.py, `Endpoint`.
 * @typedef {{to: string, visit: string, race: Record<string, string>, labels: Record<string, string>}} Endpoint
 * Where the pointer is: at which stop of which slider, and which slice is seen.
 * @typedef {{knob: string, text: string, slice: {label: string, place: number}|null}} Target
 */

/**
 * @param {Map<string, object>} families  those that are here
 * @param {{stop: (name: string, family: object) => void, family: (name: string, family: object) => void,
 *   time: () => void}} came  time: the server may have time now for what it had none for
 * @param {{get?: typeof fetch, later?: typeof setTimeout, cancel?: typeof clearTimeout}} options
 */
export function createSliderApi(families, came, options = {}) {
  const { get = (...of) => fetch(...of) } = options;
  const { later = (f, ms) => setTimeout(f, ms), cancel = (timer) => clearTimeout(timer) } = options;
  const end = new AbortController();
  let there = true; // until it is known that the server has no such way
  const none = new Set(); // the names of families that there is no room for
  let requested = null; // the stop that was requested last
  let latest = null; // the stop that came last
  let coming = null; // the family that is on its way
  let answered = null; // the question after a family that was answered last
  let [timer, pause] = [null, 0];

  /** After so many milliseconds; each time in a row after twice as many. */
  function again(shortest) {
    pause = Math.min(Math.max(2 * pause, shortest), LONGEST_PAUSE);
    cancel(timer);
    timer = later(came.time, pause);
  }

  /** @returns {Promise<object|null|undefined>} null: there are no such runs; undefined: no answer came */
  async function runs({ to, visit, race }, { knob, text, slice }, around) {
    try {
      const body = JSON.stringify({ race, knob, text, slice: slice?.place ?? null, around });
      const headers = { "Lab-Pass": visit };
      const answer = await get(new URL(to, document.baseURI), { method: "POST", body, headers, signal: end.signal });
      const seconds = Number(answer.headers.get(LATER));
      if (answer.status === NONE && seconds) {
        again(1000 * seconds);
        return undefined;
      }
      pause = 0;
      if (answer.status === NONE) return null;
      if (answer.ok) return readFamilies(unpack(new Uint8Array(await answer.arrayBuffer())));
      there &&= answer.status <= BAD_QUESTION || answer.status >= FAULT;
    } catch {
      // The network is gone for now, and the next move of the pointer asks again; or this stage has left the page.
    }
    return undefined;
  }

  const stops = createRequestQueue(async ({ endpoint, target, question }, seq) => {
    const family = await runs(endpoint, target, false);
    if (family && !(latest?.seq > seq)) {
      latest = { seq, question, name: `stop ${seq}` };
      came.stop(latest.name, family);
    }
    stops.answer(seq);
  });
  const around = createRequestQueue(
    async ({ endpoint, target, name, question }, seq) => {
      coming = name;
      const family = await runs(endpoint, target, true);
      coming = null;
      if (family !== undefined) answered = question;
      if (family === null) none.add(name);
      if (family) came.family(name, family);
      around.answer(seq);
    },
    { most: 1, patience: PATIENCE },
  );

  const questionOf = (endpoint, { knob, text, slice }) => [text, slice?.label, nameOf(endpoint, knob)].join();
  const at = (name, { knob, text }) => {
    const family = families.get(name);
    const index = stopOf(family, text);
    return index < 0 ? null : { knob, value: family.values[index], family: name };
  };

  const api = {
    /** The pointer is at this stop, whose runs are not here. @param {Endpoint} endpoint @param {Target} target */
    ask(endpoint, target) {
      const question = endpoint && questionOf(endpoint, target);
      if (!endpoint || !there || question === requested) return;
      requested = question;
      stops.push({ endpoint, target, question });
    },
    /** The pointer is over the slider: the runs around its stop must be here. */
    prefetch(endpoint, target) {
      if (!endpoint || !there || api.ready(endpoint, target)) return;
      const [name, question] = [nameOf(endpoint, target.knob), questionOf(endpoint, target)];
      if (name !== coming && question !== answered) around.push({ endpoint, target, name, question });
    },
    /** Are the runs around the pointer here, or known not to be had? */
    ready(endpoint, { knob, text, slice }) {
      const name = nameOf(endpoint, knob);
      const family = families.get(name);
      if (!family || leavesOut(slice?.label, knob, family)) return none.has(name);
      return covers(family, family.values, stopOf(family, text));
    },
    /** The name of the family of this slider, if it is here. */
    family(endpoint, knob) {
      const name = endpoint && nameOf(endpoint, knob);
      return families.has(name) ? name : null;
    },
    /** What there is of the runs of this stop: of its family, and as it was requested. */
    found(endpoint, target) {
      if (!endpoint) return [];
      const one = latest?.question === questionOf(endpoint, target) ? latest.name : null;
      return [nameOf(endpoint, target.knob), one].map((name) => at(name, target)).filter(Boolean);
    },
    close() {
      end.abort();
      cancel(timer);
      stops.close();
      around.close();
    },
  };
  return api;
}
