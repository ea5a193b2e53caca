/** What the server sends of trainings once: data, results, a slider's stops. Each kind keeps its latest few. */
import { remember } from "./cache.js";
import { readTrainings } from "./epochs.js";
import { classOf } from "./network.js";
import { domainOf } from "./pictures.js";
import { unzipped } from "./stops.js";

const BATCHES = 12;
const LATEST = 8;

/** What is said of each training of a message, the first one first. */
export const rowsOf = ({ meta }) => [meta, ...meta.others];

export function createTrainingCache() {
  const cache = {
    batches: new Map(),
    data: new Map(),
    present: new Map(),
    /** Takes out of a message what is to be kept. */
    async take(message) {
      const { meta, arrays } = message;
      for (const row of meta.live) {
        const bytes = arrays[`family.${row.knob}`];
        if (bytes) remember(cache.batches, row.family, readTrainings(await unzipped(bytes)), BATCHES);
      }
      for (const [place, row] of rowsOf(message).entries()) {
        const own = place ? `${place}.` : "";
        const { [`${own}data.y`]: data, [`${own}present`]: present } = arrays;
        if (data) remember(cache.data, row.data, readData(row, arrays, own), LATEST);
        if (present) remember(cache.present, row.present, readTrainings(await unzipped(present)), LATEST);
      }
    },
    /** What a message counts on and is not here. */
    lacking: (message) => rowsOf(message).flatMap(({ data, present }) => [
      ...(cache.data.has(data) ? [] : [`data:${data}`]),
      ...(cache.present.has(present) ? [] : [`present:${present}`]),
    ]),
  };
  return cache;
}

/** The data by name, with what follows from them once. own: how the names of their arrays begin */
export function readData({ picture, loss }, arrays, own) {
  const data = Object.fromEntries(["x", "y", "train", "place", "basis", "mean", "spread"].map((name) => [name,
    arrays[`${own}data.${name}`] ?? null]));
  const features = data.basis.length / 2;
  const held = data.train.some((trains) => !trains);
  const rows = [...data.y.keys()].filter((i) => !held || !data.train[i]);
  if (picture.kind !== "digits") rows.length = 0;
  const checked = { held, rows, x: Float32Array.from(rows.flatMap((i) =>
    [...data.x.subarray(i * features, (i + 1) * features)])) };
  const values = picture.classes.length ? [...data.y].map((y) => classOf(y, loss)) : data.y;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { ...data, features, checked, domain: domainOf(data.place), low, high };
}
