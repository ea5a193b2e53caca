/** What the server sends once: landscapes, families, slices. Each kind keeps its latest few. */
import { readFamily } from "./family.js";
import { readGround } from "./ground.js";

const GROUNDS = 4;
const FAMILIES = 12;
const SLICES = 24;

function remember(map, key, value, limit) {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value);
}

export function createKept() {
  const kept = {
    grounds: new Map(),
    families: new Map(),
    slices: new Map(),
    /** Takes out of a message what is to be kept. */
    take({ meta, arrays }, counts) {
      if (meta.ground) {
        counts.landscapes++;
        remember(kept.grounds, meta.ground.key, readGround(meta.ground, arrays), GROUNDS);
      }
      for (const row of meta.live) {
        const bytes = arrays[`family.${row.knob}`];
        if (!bytes) continue;
        counts.families++;
        remember(kept.families, row.family, readFamily(bytes), FAMILIES);
      }
      meta.profiles.forEach((profile, i) => {
        const s = arrays[`profile${i}.s`];
        if (s) remember(kept.slices, profile.key, { s, loss: arrays[`profile${i}.loss`] }, SLICES);
      });
    },
    /** What a message speaks of and is not here: the message that held it was overtaken. */
    lacking(meta) {
      const items = kept.grounds.has(meta.landscape) ? [] : [`landscape:${meta.landscape}`];
      return items.concat(meta.profiles.filter((p) => !kept.slices.has(p.key)).map((p) => `profile:${p.key}`));
    },
  };
  return kept;
}
