/** The player's time: from milliseconds to steps. */

/** Milliseconds that a cut holds the player at 1x or slower, unless the cut before was only just. */
export const CUT_PAUSE = 450;

/** Steps a second at 1x: a run lasts about eight seconds, but a step is neither rushed nor endless. */
export const stepsPerSecond = (n) => Math.min(Math.max(n / 8, 3), 60);

/**
 * Where the cursor is `ms` later.
 * @param {{cursor: number, speed: number, loop: boolean, hold: number}} now  hold: milliseconds of a pause still left
 * @param {number} ms
 * @param {number} n  steps of the longest run
 * @param {ArrayLike<number>} cuts  steps at which the rate was cut, ascending
 * @returns {{cursor: number, playing: boolean, hold: number}}
 */
export function advance(now, ms, n, cuts = []) {
  const held = Math.min(now.hold, ms);
  const hold = now.hold - held;
  const free = ms - held;
  if (free <= 0) return { cursor: now.cursor, playing: true, hold };
  let cursor = now.cursor + (free / 1000) * now.speed * stepsPerSecond(n);
  if (now.speed <= 1) {
    const apart = 0.6 * now.speed * stepsPerSecond(n);
    for (let i = 0; i < cuts.length; i++) {
      const alone = i === 0 || cuts[i] - cuts[i - 1] >= apart;
      const passed = cuts[i] > now.cursor && cuts[i] <= cursor;
      if (alone && passed) return { cursor: cuts[i], playing: true, hold: CUT_PAUSE };
    }
  }
  if (cursor < n) return { cursor, playing: true, hold: 0 };
  if (!now.loop || n === 0) return { cursor: n, playing: false, hold: 0 };
  cursor = 0;
  return { cursor, playing: true, hold: 0 };
}
