/** What rules decide at each stop of a slider (recorded.py): staircases, and which of them each rule has there. */
import { rowStarts } from "./family.js";
import { stairs } from "./runs.js";
import { unpack } from "./unpack.js";

const FIELDS = ["learning_rate", "best", "threshold", "wait", "cooldown", "cut"];
/** Of these the changes from epoch to epoch are the staircase. */
const COUNTS = ["wait", "cooldown"];

/** What travelled small. @returns {Promise<Uint8Array>} */
export async function unzipped(bytes) {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** @param {Uint8Array} bytes */
export function readStops(bytes) {
  const { meta, arrays } = unpack(bytes);
  const starts = Object.fromEntries(FIELDS.map((name) => [name, rowStarts(arrays[`${name}.count`])]));
  return { ...meta, arrays, starts };
}

function row({ arrays, starts, epochs }, name, of) {
  const [begin, end] = starts[name].subarray(of, of + 2);
  const [value, length] = ["value", "length"].map((part) => arrays[`${name}.${part}`].subarray(begin, end));
  const wide = stairs(value, length, epochs);
  if (COUNTS.includes(name)) for (let e = 1; e < epochs; e++) wide[e] += wide[e - 1];
  return wide;
}

/**
 * What rule r decides at stop k, an entry an epoch; limit: bad epochs that make a cut; pause: of the cooldown; until:
 * the first epoch whose loss belongs to another rate, null if there is none.
 */
export function decidedAt(stops, k, r) {
  const at = k * stops.rules + r;
  const { limit, pause, until } = stops.arrays;
  const rows = FIELDS.map((name) => [name, row(stops, name, stops.arrays[`${name}.of`][at])]);
  return {
    ...Object.fromEntries(rows),
    limit: limit[at],
    pause: pause[at],
    until: until[at] < 0 ? null : until[at],
  };
}
