/**
 * The runs of sliders, asked for past Streamlit (ui/direct.py), whose own way leads through a script and a page that is
 * drawn anew: for those of the page the runs around the hand when it comes near; for all, of a notch that is not here.
 */
import { covers, readFamilies } from "./family.js";
import { createGate } from "./gate.js";
import { leavesOut, movesStart, notchOf } from "./nearby.js";
import { unpack } from "./unpack.js";

/** There are no such runs. */
const NONE = 204;
/** Behind a question that made no sense come those that say that there is no such way; 500 and above may pass. */
const [BAD_QUESTION, FAULT] = [400, 500];

/** Such an answer may lie behind a compile. */
const PATIENCE = 15_000;

/** What this knob sets in the parameters of a race. */
const placeOf = (knob) => (movesStart(knob) ? "start" : knob);

/** All that the runs of a slider depend on: the race, but for the slider's own knob. */
function nameOf({ race }, knob) {
  const rest = Object.entries(race).filter(([key]) => key !== placeOf(knob));
  return JSON.stringify([knob, ...rest.sort()]);
}

/**
 * What the page says of itself: stage/host.py, `Direct`.
 * @typedef {{to: string, race: Record<string, string>, stand: Record<string, string>}} Said
 * Where the hand is: at which notch of which slider, and which slice is seen.
 * @typedef {{knob: string, text: string, slice: {label: string, place: number}|null}} Hand
 */

/**
 * @param {Map<string, object>} families  those that are here
 * @param {{notch: (name: string, family: object) => void, family: (name: string, family: object) => void}} came
 * @param {{get?: typeof fetch}} options
 */
export function createDirect(families, came, { get = (...of) => fetch(...of) } = {}) {
  const end = new AbortController();
  let there = true; // until it is known that the server has no such way
  const none = new Set(); // the names of families that there is no room for
  let asked = null; // the notch that was asked for last
  let latest = null; // the notch that came last
  let coming = null; // the family that is on its way
  let answered = null; // the question after a family that was answered last

  /** @returns {Promise<object|null|undefined>} null: there are no such runs; undefined: no answer came */
  async function runs({ to, race }, { knob, text, slice }, around) {
    try {
      const body = JSON.stringify({ race, knob, text, slice: slice?.place ?? null, around });
      const answer = await get(new URL(to, document.baseURI), { method: "POST", body, signal: end.signal });
      if (answer.status === NONE) return null;
      if (answer.ok) return readFamilies(unpack(new Uint8Array(await answer.arrayBuffer())));
      there &&= answer.status <= BAD_QUESTION || answer.status >= FAULT;
    } catch {
      // The network is gone for now, and the next move of the hand asks again; or this stage has left the page.
    }
    return undefined;
  }

  const notches = createGate(async ({ said, hand, question }, seq) => {
    const family = await runs(said, hand, false);
    if (family && !(latest?.seq > seq)) {
      latest = { seq, question, name: `notch ${seq}` };
      came.notch(latest.name, family);
    }
    notches.answer(seq);
  });
  const around = createGate(
    async ({ said, hand, name, question }, seq) => {
      coming = name;
      const family = await runs(said, hand, true);
      coming = null;
      if (family !== undefined) answered = question;
      if (family === null) none.add(name);
      if (family) came.family(name, family);
      around.answer(seq);
    },
    { most: 1, patience: PATIENCE },
  );

  const questionOf = (said, { knob, text, slice }) => [text, slice?.label, nameOf(said, knob)].join();
  const at = (name, { knob, text }) => {
    const family = families.get(name);
    const index = notchOf(family, text);
    return index < 0 ? null : { knob, value: family.values[index], family: name };
  };

  const direct = {
    /** The hand is at this notch, whose runs are not here. @param {Said} said @param {Hand} hand */
    ask(said, hand) {
      const question = said && questionOf(said, hand);
      if (!said || !there || question === asked) return;
      asked = question;
      notches.push({ said, hand, question });
    },
    /** The hand is near: the runs around it must be here. */
    prepare(said, hand) {
      if (!said || !there || direct.ready(said, hand)) return;
      const [name, question] = [nameOf(said, hand.knob), questionOf(said, hand)];
      if (name !== coming && question !== answered) around.push({ said, hand, name, question });
    },
    /** Are the runs around the hand here, or known not to be had? */
    ready(said, { knob, text, slice }) {
      const name = nameOf(said, knob);
      const family = families.get(name);
      if (!family || leavesOut(slice?.label, knob, family)) return none.has(name);
      return covers(family, family.values, notchOf(family, text));
    },
    /** The name of the family of this slider, if it is here. */
    family(said, knob) {
      const name = said && nameOf(said, knob);
      return families.has(name) ? name : null;
    },
    /** What there is of the runs of this notch: of its family, and as it was asked for. */
    found(said, hand) {
      if (!said) return [];
      const one = latest?.question === questionOf(said, hand) ? latest.name : null;
      return [nameOf(said, hand.knob), one].map((name) => at(name, hand)).filter(Boolean);
    },
    close() {
      end.abort();
      notches.close();
      around.close();
    },
  };
  return direct;
}
