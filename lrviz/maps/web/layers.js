/** The levels of the part that is seen, coarse under fine, and the scale of their colours. */
import { bestOf, createLevel, finest } from "./level.js";
import { createPicture } from "./picture.js";
import { placeOf, same } from "./region.js";
import { COARSE } from "./tiles.js";

/** A scale of colours stays where the new one lies in it and fills so much of it. */
const FILLS = 0.4;

/**
 * measures: {span, isolevels, lines, marks}, from the coarse tile of the region; null before there is one.
 * @param {typeof createPicture} pictureOf
 */
export function createLayers(pictureOf = createPicture) {
  let meta = null;
  const seen = { region: null, levels: [], measures: null };
  const show = () => meta.frame.show;

  /** Is this level of the region that is seen, of the map that is shown? */
  const current = (level) => same(level.region, seen.region) && level.sweep === meta.sweep;

  const part = (old, name) => {
    const [own, axis] = [old.region[name], seen.region[name]];
    return [placeOf(own, axis.low), placeOf(own, axis.high)];
  };
  const covers = (old) => ["x", "y"].every((name) => part(old, name)[0] >= -1e-9 && part(old, name)[1] <= 1 + 1e-9);
  const cellsSeen = (old) => old.nx * (part(old, "x")[1] - part(old, "x")[0]);

  /** The new level over those that are coarser here, below those that are finer and cover all that is seen. */
  function arrange(level) {
    const finer = seen.levels.filter((old) => old.sweep === level.sweep && covers(old) && cellsSeen(old) > level.nx);
    const rest = level.points === COARSE[0] ? [] : seen.levels.filter((old) => !finer.includes(old));
    seen.levels = [...rest, level, ...finer];
  }

  function holds(now, next) {
    const of = show().scale === "log" ? Math.log : (v) => v;
    const width = ({ low, high }) => of(high) - of(low);
    return now.low <= next.low && now.high >= next.high && width(next) >= FILLS * width(now);
  }

  /** The scale of the colours, from the coarse picture of this region; the one before stays where it will do. */
  function measure({ span, levels, lines, marks }) {
    const now = seen.measures?.span;
    const stays = seen.levels.length > 0 && now && !span.lost && holds(now, span);
    seen.measures = stays ? { ...seen.measures, lines, marks } : { span, isolevels: levels, lines, marks };
    if (!stays) seen.levels = [];
  }

  return {
    current,
    get region() {
      return seen.region;
    },
    set region(region) {
      seen.region = region;
    },
    get levels() {
      return seen.levels;
    },
    get measures() {
      return seen.measures;
    },
    /** The finest whole level, of whatever region; null if none is. */
    get finest() {
      return finest(seen.levels);
    },
    /** The finest whole level of just what is seen; null if none is. */
    get whole() {
      const level = finest(seen.levels);
      return level && current(level) ? level : null;
    },
    /** What a message says of the map from now on. Pictures of the one before hold until the new ones come. */
    describe(next) {
      const before = meta;
      meta = next;
      if (!before || before.sweep === next.sweep || sameKind(before, next)) return;
      seen.levels = [];
      seen.measures = null;
    },
    /** @returns {boolean} did a tile of what is seen come, and with it something new to draw? */
    take(tile, region, counts) {
      if (!same(region, seen.region)) return false;
      counts.tiles++;
      let level = seen.levels.find((one) => one.points === tile.meta.points && current(one));
      if (!level) {
        level = createLevel(region, tile);
        level.sweep = meta.sweep;
        if (tile.meta.span) measure(tile.meta);
        arrange(level);
      }
      if (level.whole) return false;
      const cells = level.add(tile);
      level.picture ??= pictureOf(level, { show: show(), span: seen.measures.span, tables: meta.tables });
      level.picture.paint(cells);
      if (level.whole) {
        level.best = bestOf(level, show());
        if (level.points > COARSE[0]) {
          const finer = (one) => one.points > level.points && current(one);
          seen.levels = seen.levels.filter((one) => one === level || finer(one));
        }
        counts.tileAt[level.points] = performance.now();
      }
      return true;
    },
    saved: () => ({ ...seen }),
    restore: (saved) => Object.assign(seen, saved),
  };
}

/** Does a picture of the one map hold until that of the other comes? */
export function sameKind(one, other) {
  const [a, b] = [one.frame, other.frame];
  const alike = (name) => a.axes[name].key === b.axes[name].key && a.axes[name].scale === b.axes[name].scale;
  return a.show.key === b.show.key && ["x", "y"].every(alike);
}
