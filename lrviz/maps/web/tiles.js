/** Requests tiles, coarse to fine, from an HTTP endpoint (server/map_api.py). A new region ends the last one. */
import { unpack } from "../../stage/web/unpack.js";

const [NONE, LATER] = [204, "Retry-After"];
const [BAD_QUESTION, FAULT] = [400, 500];
const SIDE = 256;
/** Levels that come by themselves, and the one on request. */
export const COARSE = [64, 256];
export const FINE = 1024;
/** Milliseconds until a request without an answer is repeated. */
const PAUSE = 1000;

/** A message as a tile (play/map_tiles.py). */
export function readTile(bytes) {
  const { meta, arrays } = unpack(bytes);
  return { meta, x: arrays.x, y: arrays.y, values: arrays.values };
}

/**
 * @param {{tile: (tile: object, region: object) => void, none: () => void, idle: () => void}} came  none: the server
 *   has no such endpoint; idle: nothing is on its way any more
 * @param {{get?: typeof fetch, wait?: (ms: number) => Promise<void>}} options
 */
export function createTiles(came, options = {}) {
  const { get = (...of) => fetch(...of), wait = (ms) => new Promise((go) => setTimeout(go, ms)) } = options;
  let going = new AbortController();
  let there = true;

  /** @returns {Promise<object|null>} null: there is none, or nobody waits for it any more */
  async function one({ to, visit, map }, region, place, signal) {
    const { x, y } = region;
    const body = JSON.stringify({ map, x: [x.low, x.high], y: [y.low, y.high], ...place });
    for (;;) {
      let pause = PAUSE;
      try {
        const headers = { "Lab-Pass": visit };
        const answer = await get(new URL(to, document.baseURI), { method: "POST", body, headers, signal });
        if (answer.ok && answer.status !== NONE) return readTile(new Uint8Array(await answer.arrayBuffer()));
        const seconds = Number(answer.headers.get(LATER));
        if (answer.status === NONE && !seconds) return null;
        if (answer.status !== NONE && answer.status < FAULT) {
          if (answer.status > BAD_QUESTION && there) {
            there = false;
            came.none();
          }
          return null;
        }
        pause = 1000 * seconds || PAUSE;
      } catch {
        // The network is gone for now, or this region is not wanted any more.
      }
      if (signal.aborted) return null;
      await wait(pause);
      if (signal.aborted) return null;
    }
  }

  const placesOf = (endpoint, level) =>
    Array.from({ length: endpoint.tilesUp(level) }, (_, up) =>
      Array.from({ length: endpoint.tilesAcross(level) }, (_, across) => ({ points: level, across, up })),
    ).flat();

  /** While a tile travels and is drawn the server makes the next one. */
  async function levels(endpoint, region, points, signal) {
    const places = points.flatMap((level) => placesOf(endpoint, level));
    const ask = (k) => (k < places.length ? one(endpoint, region, places[k], signal) : null);
    let next = ask(0);
    for (let k = 0; k < places.length; k++) {
      const coming = next;
      next = ask(k + 1);
      const tile = await coming;
      if (signal.aborted || !there) return;
      if (tile) came.tile(tile, region);
    }
    came.idle();
  }

  return {
    /**
     * These levels of a region, whatever was requested before.
     * @param {{to: string, visit: string, map: object}} endpoint
     */
    load(endpoint, region, points) {
      going.abort();
      going = new AbortController();
      if (!there || !endpoint || !points.length) return;
      const count = (axis, level) => {
        const most = axis.whole ? Math.min(level, axis.high - axis.low + 1) : level;
        return Math.ceil(most / SIDE);
      };
      const sized = {
        ...endpoint,
        tilesAcross: (level) => count(region.x, level),
        tilesUp: (level) => count(region.y, level),
      };
      levels(sized, region, points, going.signal);
    },
    get there() {
      return there;
    },
    close: () => going.abort(),
  };
}
