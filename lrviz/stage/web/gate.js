/** One question to the server at a time; the latest waits its turn, and older answers are known as such. */

/** Milliseconds that an answer is waited for at most. */
const LONGEST = 4000;

/**
 * @param {(value: any, seq: number) => void} send
 * @param {{patience?: number, first?: number, later?: (f: () => void, ms: number) => any,
 *   cancel?: (timer: any) => void}} options  patience: milliseconds after which an answer is no longer waited for
 */
export function createGate(send, options = {}) {
  const { later = (f, ms) => setTimeout(f, ms), cancel = (timer) => clearTimeout(timer) } = options;
  const shortest = options.patience ?? 250;
  let patience = shortest;
  let seq = options.first ?? Date.now();
  let flying = 0;
  let waiting = null;
  let timer = null;
  let answered = 0;
  const release = () => {
    cancel(timer);
    flying = 0;
    if (!waiting) return;
    const { value } = waiting;
    waiting = null;
    dispatch(value);
  };
  const giveUp = () => {
    // A server slower than that would start anew with every question and answer none: give it more time.
    patience = Math.min(patience * 2, LONGEST);
    release();
  };
  const dispatch = (value) => {
    flying = ++seq;
    timer = later(giveUp, patience);
    send(value, seq);
  };
  return {
    push(value) {
      if (flying) waiting = { value };
      else dispatch(value);
    },
    /** An answer came that knows of question `echo`. False: it is older than one already shown. */
    answer(echo) {
      const known = echo ?? 0;
      if (known < answered) return false;
      answered = known;
      if (flying && known >= flying) {
        patience = Math.max(shortest, patience / 2);
        release();
      }
      return true;
    },
    /** True while the last question is not answered. */
    get open() {
      return flying > 0 || waiting !== null;
    },
    get last() {
      return seq;
    },
    close() {
      cancel(timer);
      waiting = null;
      flying = 0;
    },
  };
}
