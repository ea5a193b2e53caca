/** Trainings as they arrive (trained.py): of each stop of a slider, or of the one that is shown. */
import { rowStarts } from "./family.js";
import { unpack } from "./unpack.js";

const FIELDS = ["loss", "val_loss", "accuracy", "val_accuracy", "rate", "learning_rate", "best", "threshold", "wait",
  "cooldown", "cut", "sharpness"];

/** @param {Uint8Array} bytes @returns with others: of a race, place -> those of the others that change too */
export function readTrainings(bytes) {
  const { meta, arrays } = unpack(bytes);
  const places = Object.keys(arrays).filter((name) => name.startsWith("other"));
  const others = Object.fromEntries(places.map((name) => [name.slice(5), readTrainings(arrays[name])]));
  return { ...meta, arrays, others, begins: rowStarts(arrays.epochs), starts: rowStarts(arrays.weight_counts) };
}

const orNull = (value) => (value < 0 ? null : value);

/**
 * The training at stop k: n epochs, each field of them an entry an epoch; limit, pause: of the plateau rule; stopped,
 * broke: the epoch and the step, null if there is none; weightsAt(epoch): those of the last epoch up to it that are
 * here, with which that is.
 */
export function trainingAt({ arrays, begins, starts, numbers }, k) {
  const rows = FIELDS.map((name) => [name, arrays[name].subarray(begins[k], begins[k + 1])]);
  const [first, end] = starts.subarray(k, k + 2);
  return {
    ...Object.fromEntries(rows),
    n: arrays.epochs[k],
    limit: arrays.limit[k],
    pause: arrays.pause[k],
    stopped: orNull(arrays.stopped[k]),
    broke: orNull(arrays.broke[k]),
    weightsAt(epoch) {
      let at = first;
      while (at + 1 < end && arrays.weight_epochs[at + 1] <= epoch) at++;
      return { epoch: arrays.weight_epochs[at], weights: arrays.weights.subarray(at * numbers, (at + 1) * numbers) };
    },
  };
}
