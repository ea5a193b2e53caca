/** What the map sends to the page's script: the point, the part that is seen, a wish for tiles. */

/** Milliseconds that a zoom rests before the script gets to know of it. */
const REST = 400;

export const ends = ({ x, y }) => ({ x: [x.low, x.high], y: [y.low, y.high] });

/** @param {{sent: number}} counts */
export function createServer(counts) {
  let component = null;
  let seq = Date.now();
  let point = 0; // the number of the latest point; Infinity while the point moves
  let wanted = null; // the number of the tiles that were requested from the script and are not here
  let resting = null;
  const send = (name, value) => {
    counts.sent++;
    component.setStateValue(name, { seq: ++seq, ...value });
    return seq;
  };
  return {
    connect(next) {
      component = next;
    },
    point({ x, y }, play) {
      point = send("point", { x, y, play });
    },
    pointMoves() {
      point = Infinity;
    },
    /** Does an answer know of the latest point? */
    knowsPoint: (echo) => !(point > (echo.point ?? 0)),
    region(region) {
      clearTimeout(resting);
      resting = setTimeout(() => send("window", ends(region)), REST);
    },
    /** Where the server has no endpoint for tiles, the script answers. */
    want(region) {
      wanted = send("want", ends(region));
    },
    came() {
      wanted = null;
    },
    /** Was the message that held the tiles overtaken by this one? */
    overtaken: (echo) => Boolean(wanted) && echo.want >= wanted,
    close: () => clearTimeout(resting),
  };
}
