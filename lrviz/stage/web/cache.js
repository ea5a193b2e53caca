/** What the server sends once: landscapes, runs, families, slices. Each kind keeps its latest few. */
import { readFamily } from "./family.js";
import { readLandscape } from "./landscape.js";

const LANDSCAPES = 4;
const FAMILIES = 12;
const SLICES = 24;
/** Two messages of a full race: the server knows what was in its last one. */
const RUNS = 12;

/** Keeps so many of the latest. */
export function remember(map, key, value, limit) {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value);
}

/** The arrays of run i, by their names within it. */
function arraysOf(arrays, i) {
  const own = `run${i}.`;
  const names = Object.keys(arrays).filter((name) => name.startsWith(own));
  return names.length ? Object.fromEntries(names.map((name) => [name.slice(own.length), arrays[name]])) : null;
}

export function createCache() {
  let stop = null;
  const cache = {
    landscapes: new Map(),
    families: new Map(),
    slices: new Map(),
    runs: new Map(),
    /** Takes out of a message what is to be kept. */
    take({ meta, arrays }, counts) {
      if (meta.landscape) {
        counts.landscapes++;
        remember(cache.landscapes, meta.landscape.key, readLandscape(meta.landscape, arrays), LANDSCAPES);
      }
      meta.runs.forEach((row, i) => {
        const sent = arraysOf(arrays, i) ?? cache.runs.get(row.key);
        if (sent) remember(cache.runs, row.key, sent, RUNS);
      });
      for (const row of meta.live) {
        const bytes = arrays[`family.${row.knob}`];
        if (!bytes) continue;
        counts.families++;
        remember(cache.families, row.family, readFamily(bytes), FAMILIES);
      }
      meta.profiles.forEach((profile, i) => {
        const s = arrays[`profile${i}.s`];
        if (s) remember(cache.slices, profile.key, { s, loss: arrays[`profile${i}.loss`] }, SLICES);
      });
    },
    takeFamily(name, family) {
      remember(cache.families, name, family, FAMILIES);
    },
    /** The runs of one stop: they take the place of those of the one before. */
    takeStop(name, family) {
      cache.families.delete(stop);
      stop = name;
      cache.takeFamily(name, family);
    },
    /** What a message speaks of and is not here: the message that held it was overtaken. */
    lacking(meta) {
      const items = cache.landscapes.has(meta.landscape_key) ? [] : [`landscape:${meta.landscape_key}`];
      const absent = (rows, map, kind) => rows.filter((r) => !map.has(r.key)).map((r) => `${kind}:${r.key}`);
      return [...items, ...absent(meta.profiles, cache.slices, "profile"), ...absent(meta.runs, cache.runs, "run")];
    },
  };
  return cache;
}
