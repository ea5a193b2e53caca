/** What all panels do with runs: where a head is, what lies under the pointer, and the words where a run goes out. */
import { label, ringPlace } from "./marks.js";
import { format } from "./scale.js";

/** Position of run at a cursor between two steps. */
export function headAt(points, cursor, n) {
  const k = Math.min(Math.floor(cursor), n);
  const t = k < n ? cursor - k : 0;
  const [ax, ay] = [points[2 * k], points[2 * k + 1]];
  if (!t) return [ax, ay];
  return [ax + (points[2 * k + 2] - ax) * t, ay + (points[2 * k + 3] - ay) * t];
}

/** The focused run is number 0 most of the time: it is drawn last, on top. */
export function backwards(list, visit) {
  for (let i = list.length - 1; i >= 0; i--) visit(list[i], i);
}

/** The drawn point nearest to (px, py) within `reach` pixels. */
export function nearestPoint(runs, points, px, py, reach, shown = () => true) {
  let found = null;
  let closest = reach * reach;
  runs.forEach((run, i) => {
    if (!points[i] || !shown(run)) return;
    for (let k = 0; k <= run.n; k++) {
      const d = (points[i][2 * k] - px) ** 2 + (points[i][2 * k + 1] - py) ** 2;
      if (d < closest) {
        closest = d;
        found = { run, index: i, step: k, x: points[i][2 * k], y: points[i][2 * k + 1] };
      }
    }
  });
  return found;
}

/**
 * A label for each of [run, text, x, y]; none covers another one or the ring of the start. Drawn last: no arrow lies
 * over what is to be read.
 */
export function tellOf(g, palette, words, box, ring = null) {
  const font = `600 12px ${palette.font}`;
  const taken = ringPlace(ring);
  for (const [run, text, x, y] of words) {
    const style = { ink: palette.ink, veil: palette.veil, font, edge: palette.runs[run.colour], taken };
    taken.push(label(g, text, x, y, box, style));
  }
}

/**
 * "step 40: 3.2e5"; "from step 61 on: too large to draw", which float32 is sooner than a float64 is to compute; or why
 * there is no number.
 */
export function awayAt(loss, now, unit) {
  if (Number.isFinite(loss[now])) return `${unit} ${now}: ${format(loss[now])}`;
  let first = now;
  while (first > 1 && !Number.isFinite(loss[first - 1])) first--;
  const none = endsInAHole(loss) ? "without a value" : "no number";
  return `from ${unit} ${first} on: ${Number.isNaN(loss[first]) ? none : "too large to draw"}`;
}

/** The step at which a run that is outside at step k went out: of this view, or of the map if it was never in it. */
export const leftBy = (run, exit, k) => exit.step ?? (run.leaves && run.leaves.step <= k ? run.leaves.step : null);

/** "Momentum leaves at step 12, loss 3.2e5"; step null: it was never seen here. */
export function leavesAt(run, step) {
  if (step === null) return `${run.name} is outside this view`;
  if (!Number.isFinite(run.loss[step]) && endsInAHole(run.loss)) {
    return `${run.name} ends at step ${firstLost(run.loss)}: no value there`;
  }
  return `${run.name} leaves at step ${step}, loss ${lossText(run.loss, step)}`;
}

const firstLost = (losses) => losses.findIndex((loss) => !Number.isFinite(loss));

/** As `ends_in_a_hole` of lrviz/trajectory.py. */
function endsInAHole(losses) {
  const lost = firstLost(losses);
  return Number.isNaN(losses[lost]) && losses[lost - 1] <= losses[0];
}

/** The loss at a point, or why it is no finite number. */
export function lossText(losses, k) {
  if (Number.isFinite(losses[k])) return format(losses[k]);
  return endsInAHole(losses) ? "without a value" : "too large to compute";
}
