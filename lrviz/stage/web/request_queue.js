/** Few questions to the server at a time; the latest waits its turn, and older answers are known as such. */

/** Milliseconds that an answer is waited for at most. */
const LONGEST = 4000;

/**
 * Two may be under way: while the server answers one, the next is already there, and the way to it costs no time.
 * @param {(value: any, seq: number) => void} send
 * @param {{patience?: number, first?: number, most?: number, later?: (f: () => void, ms: number) => any,
 *   cancel?: (timer: any) => void}} options  patience: milliseconds after which an answer is no longer waited for
 */
export function createRequestQueue(send, options = {}) {
  const { later = (f, ms) => setTimeout(f, ms), cancel = (timer) => clearTimeout(timer) } = options;
  const shortest = options.patience ?? 250;
  const most = options.most ?? 2;
  let patience = shortest;
  let seq = options.first ?? Date.now();
  let flying = [];
  let waiting = null;
  let timer = null;
  let answered = 0;
  const watch = () => {
    cancel(timer);
    timer = flying.length ? later(giveUp, patience) : null;
  };
  const dispatch = (value) => {
    flying.push(++seq);
    watch();
    send(value, seq);
  };
  const release = (still) => {
    flying = still;
    watch();
    if (!waiting || flying.length >= most) return;
    const { value } = waiting;
    waiting = null;
    dispatch(value);
  };
  const giveUp = () => {
    // A server slower than that would start anew with every question and answer none: give it more time.
    patience = Math.min(patience * 2, LONGEST);
    release([]);
  };
  return {
    push(value) {
      if (flying.length >= most) waiting = { value };
      else dispatch(value);
    },
    /** An answer came that knows of question `echo`, and of all before it. False: it is older than one shown. */
    answer(echo) {
      const known = echo ?? 0;
      if (known < answered) return false;
      answered = known;
      if (flying.length && known >= flying[0]) {
        patience = Math.max(shortest, patience / 2);
        release(flying.filter((number) => number > known));
      }
      return true;
    },
    /** True while the last question is not answered. */
    get open() {
      return flying.length > 0 || waiting !== null;
    },
    get last() {
      return seq;
    },
    close() {
      cancel(timer);
      waiting = null;
      flying = [];
    },
  };
}
