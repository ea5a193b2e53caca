"""What happens in a run, measured from its trajectory: how it ends, where it stalls, cuts, where it leaves the map.

A step's number is that of the point where it ends: step 1 leads from x[0] to x[1].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lrviz.analysis import verdicts
from lrviz.analysis.gauge import Gauge
from lrviz.analysis.leaving import departure
from lrviz.analysis.path import FLAT, VISIBLE, Path, along
from lrviz.analysis.sentences import Statement
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

STALL_STEPS, STALL_FALL = 20, 0.01
"""A plateau: in 20 steps the lowest loss comes less than 1% nearer to the surface's floor."""
SINKS = 2 / 3
"""A mean loss that falls to this part is no plateau."""
SMALL_RATE = 0.01
"""A rate below this part of what suits the surface may be why a loss stalls."""
KINDS = {
    "minimum": "minimum",
    "saddle": "saddle point",
    "maximum": "maximum",
    "flat ground": "flat ground around",
}
"""Of a critical point, as it is called."""


@dataclass(frozen=True)
class Event(Statement):
    """Something that happened: where it begins, its last step if it lasts, every number that its sentence states.

    ``detail`` says which of its sort: growing or shrinking, why a plateau, what kind of point.
    """

    kind: str = ""
    step: int = 0
    until: int | None = None
    detail: str = ""


def event(
    kind: str, step: int, until: int | None, rows: tuple[str, ...], numbers: dict[str, float], detail: str = "",
    **texts: str,
) -> Event:  # fmt: skip
    """An event whose sentence may state its steps too."""
    steps = {"step": float(step)} | ({} if until is None else {"until": float(until)})
    return Event(rows, steps | numbers, texts, kind, step, until, detail)


# How it ends ----------------------------------------------------------------------------------------------------------


def divergence(path: Path, gauge: Gauge) -> list[Event]:
    """The loss leaves the finite; or it ends off the map at its highest, over ten times the start's and still growing.

    It begins after the last point that was no higher than the start. That the loss only grows is said where every step
    from there on raises it. The bound is said only where it was passed on the map by then.
    """
    run, n = path.run, path.n
    if run.diverged is None and not _grows(path):
        return []
    if run.diverged is not None and run.ends_in_a_hole:
        return [event("divergence", run.diverged, None, ("divergence.no_value",), {})]
    low = np.flatnonzero(path.loss <= path.loss[0]) if n >= 0 else np.array([-1])
    step = int(low[-1]) + 1
    if run.diverged is None:
        numbers = {"loss_before": float(path.loss[0]), "loss": float(path.loss[-1])}
        only = bool((np.diff(path.loss[step - 1 :]) > 0).all())
        rows: tuple[str, ...] = ("divergence.grows" if only else "divergence.above",)
    else:
        numbers = {"not_finite": float(run.diverged)}
        rows = ("divergence.later" if step < run.diverged else "divergence.at_once",)
    if gauge.limit is not None and gauge.most is not None and gauge.most > gauge.limit:
        numbers |= {"product": gauge.most, "limit": gauge.limit}
        rows = (*rows, "divergence.bound")
    return [event("divergence", step, None, rows, numbers)]


def _grows(path: Path) -> bool:
    off = bool(((path.x[-1] < path.low) | (path.x[-1] > path.high)).any())
    earlier = path.above[: max(1, 2 * path.n // 3)].max()
    return off and path.above[-1] >= path.above.max() and path.above[-1] > max(10 * path.above[0], 2 * earlier)


def converged(path: Path) -> list[Event]:
    """Where the run has come to rest at a critical point, of which kind; and if it is no lowest minimum, that too.

    At rest: the Newton step |g_i|/|lambda_i| to the critical point, on both axes, and the run's own step stay below a
    thousandth of the map's diagonal to the end. The kind is that of the signs of the eigenvalues.
    """
    scenario, surface = path.scenario, path.scenario.surface_row
    tolerance = VISIBLE * path.diagonal
    sizes = np.abs(path.values)
    aside = np.abs(along(path.axes, path.grad)) / np.maximum(sizes, FLAT * sizes.max(axis=1, keepdims=True))
    pace = np.hypot(*path.dx.T)
    still = (aside <= tolerance).all(axis=1) & (np.append(pace, pace[-1]) <= tolerance)
    if not still[-1]:
        return []
    step = int(np.flatnonzero(np.append(True, ~still))[-1])
    values, slope = path.values[-1], along(path.axes[-1:], path.grad[-1:])[0]
    place = path.x[-1] - path.axes[-1].T @ np.where(sizes[-1] > FLAT * sizes[-1].max(), slope / values, 0.0)
    kind = _kind(values)
    known = np.array(surface.minima(scenario.coef), float).reshape(-1, 2)
    away = np.hypot(*(known - path.x[-1]).T)
    if kind == "minimum" and away.min(initial=math.inf) <= 2 * tolerance:
        place = known[away.argmin()]
    x, y = (round(float(part), 9) + 0.0 for part in place)
    apart = float(np.hypot(*(path.x[step:] - (x, y)).T).max())
    numbers = {"x": x, "y": y, "distance": apart, "loss": float(path.loss[-1]), "slope": float(np.hypot(*slope))}
    rows: tuple[str, ...] = ("converged.exactly" if apart == 0 else "converged.within",)
    rows += ("converged.no_minimum",) * (kind in ("saddle", "maximum"))
    events = [event("converged", step, path.n, rows, numbers, kind, what=KINDS[kind])]
    here, floor = float(surface.f(np.array([x, y]), scenario.coef)), surface.floor(scenario.coef)
    if kind == "minimum" and len(known) and here - floor > 1e-6 * max(1.0, abs(floor)):
        lowest = known[np.argmin(surface.f(known.T, scenario.coef))]
        numbers = {"loss": here, "floor": floor, "x": float(lowest[0]), "y": float(lowest[1])}
        events.append(event("local_minimum", step, path.n, ("local_minimum",), numbers))
    return events


def _kind(values: np.ndarray) -> str:
    """Of a critical point with these eigenvalues (2,), the smaller first."""
    if np.abs(values).min() <= FLAT * np.abs(values).max():
        return "flat ground"
    return "minimum" if values[0] > 0 else ("maximum" if values[1] < 0 else "saddle")


def unfinished(path: Path) -> Iterator[Event]:
    """Nothing has ended: the last point is the lowest and the loss still falls."""
    if path.loss[-1] < path.loss[:-1].min():
        numbers = {"loss": float(path.loss[-1]), "slope": float(np.hypot(*path.grad[-1]))}
        yield event("unfinished", path.n, None, ("unfinished",), numbers)


# What stalls ----------------------------------------------------------------------------------------------------------


def plateaus(path: Path, end: int) -> list[Event]:
    """Where the lowest loss so far does not fall, up to ``end``, where the run comes to rest or ends.

    None where the loss itself still sinks towards a lowest value that the run only passed: its mean falls by a third or
    more from the first fifth to the last.
    """
    best = np.minimum.accumulate(path.above)
    stalls = best[STALL_STEPS:] >= (1 - STALL_FALL) * best[:-STALL_STEPS]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stalls, [False]]).astype(int)))
    spans = [(int(a), min(int(b) - 1 + STALL_STEPS, end)) for a, b in edges.reshape(-1, 2)]
    joined: list[tuple[int, int]] = []
    for a, b in spans:
        if joined and a <= joined[-1][1]:
            joined[-1] = joined[-1][0], b
        else:
            joined.append((a, b))
    return [_plateau(path, a, b) for a, b in joined if b - a >= STALL_STEPS and not _sinks(path.above[a : b + 1])]


def _sinks(above: np.ndarray) -> bool:
    fifth = len(above) // 5
    return bool(above[-fifth:].mean() < SINKS * above[:fifth].mean() and above[-fifth:].mean() > 1.1 * above.min())


def _plateau(path: Path, begin: int, end: int) -> Event:
    best = np.minimum.accumulate(path.loss)
    first, last = float(best[begin]), float(best[end])
    seen = Statement(("plateau.falls",), {"loss_before": first, "loss": last}).differs("loss_before", "loss")
    moves = "plateau.stays" if last == first else "plateau.falls" if seen else "plateau.near"
    detail, because, more = _why(path, begin, end)
    numbers = {"loss_before": first, "loss": last} | more
    return event("plateau", begin, end, (moves, *because), numbers, detail)


Reason = tuple[str, tuple[str, ...], dict[str, float]]
"""Its name, the rows that say it, and its numbers."""


def _why(path: Path, begin: int, end: int) -> Reason:
    """The first of five reasons that holds.

    small rate: see ``_rate_too_small``; noise floor: the noise is larger than the slope, and without it the steps would
    be long enough to lower the loss; zig-zag: at least every other step passes the floor of a valley; flat gradient: a
    slope with which even the whole width of the map would not lead down to the floor; small steps: 20 of them are less
    than a twentieth of the map.
    """
    tiny = _rate_too_small(path, begin, end)
    if tiny is not None:
        return tiny
    steps = slice(begin, end)
    slopes = np.hypot(*path.grad[steps].T)
    slope = float(np.median(slopes))
    noise = float(np.median(np.hypot(*(path.run.used_grad[steps] - path.grad[steps]).T)))
    if path.scenario.noise > 0 and noise >= slope and _gain_without_noise(path, begin, end) > 5 * STALL_FALL:
        return "noise floor", ("plateau.noise",), {"noise": noise, "slope": slope}
    if 2 * path.passed[steps].any(axis=1).sum() >= end - begin:
        return "zig-zag", ("plateau.zigzag",), {}
    if slope * path.diagonal < np.median(path.above[steps]):
        return "flat gradient", ("plateau.flat",), {"slope": slope}
    pace = float(np.median(np.hypot(*path.run.dx[steps].T)))
    if STALL_STEPS * pace < path.diagonal / 20:
        lost = pace <= np.spacing(np.abs(path.x[begin : end + 1]).max())
        return "small steps", ("plateau.lost" if lost else "plateau.short",), {} if lost else {"pace": pace}
    return "", (), {}


def _gain(path: Path, begin: int, end: int) -> np.ndarray:
    """By what part the loss above the floor could have fallen from each step of a plateau to its end, had all steps led
    straight down.   -> (end - begin,)"""
    falls = np.hypot(*path.grad[begin:end].T) * np.hypot(*path.dx[begin:end].T)
    return np.cumsum(falls[::-1])[::-1] / path.above[: end + 1].min()


def _gain_without_noise(path: Path, begin: int, end: int) -> float:
    """The same for the typical step, as long as the slope alone makes it, taken all along the plateau."""
    slopes, used = np.hypot(*path.grad[begin:end].T), np.hypot(*path.run.used_grad[begin:end].T)
    part = np.minimum(1.0, slopes / np.maximum(used, np.finfo(float).tiny))
    falls = slopes * np.hypot(*path.dx[begin:end].T) * part
    return float(np.median(falls)) * (end - begin) / float(path.above[: end + 1].min())


def _rate_too_small(path: Path, begin: int, end: int) -> Reason | None:
    """For more than half of a plateau, up to its end: steps so short that the loss could not fall by 1% even if all led
    straight down, at less than a hundredth of a rate that suits the surface."""
    if not path.scenario.optimizer_row.has_rate:
        return None
    rates = np.maximum.accumulate(path.rate[begin:end][::-1])[::-1]  # the largest from each step on
    useless = (_gain(path, begin, end) < STALL_FALL) & (rates < SMALL_RATE * path.scenario.surface_row.alpha)
    first = begin + int(np.argmax(useless))
    if not useless.any() or 2 * (first - begin) > end - begin:
        return None
    covered = float(np.hypot(*path.dx[first:end].T).sum())
    numbers = {"rate": float(rates[first - begin]), "covered": covered}
    late = "_late" * (first > begin)
    numbers |= {"since": first + 1.0} if late else {}
    still = bool((path.x[first : end + 1] == path.x[first]).all())
    return "small rate", (f"plateau.{'still' if still else 'rate'}{late}",), numbers


# The plateau rule and the map -----------------------------------------------------------------------------------------


def cuts(scenario: Scenario, run: Trajectory) -> np.ndarray:
    """The steps after which the plateau rule cut a rate that the optimizer uses."""
    return run.cuts if scenario.optimizer_row.has_rate else run.cuts[:0]


def cut_events(scenario: Scenario, run: Trajectory) -> Iterator[Event]:
    """Every cut, with the reason."""
    for epoch in np.flatnonzero(run.epochs.cut) if scenario.optimizer_row.has_rate else ():
        statement, step = verdicts.cut(scenario, run, int(epoch)), int(run.epochs.step[epoch])
        yield Event(statement.rows, statement.numbers, statement.texts, "cut", step)


def left_map(scenario: Scenario, run: Trajectory) -> Iterator[Event]:
    """Where the run first leaves the map, and whether it comes back."""
    left = departure(run, scenario.surface_row.domain)
    if left is None or (run.ends_in_a_hole and left.step >= (run.diverged or 0)):  # no step is seen there
        return
    if left.returns is None:
        row = "left.gone" if left.step else "left.outside"
        yield event("left_map", left.step, run.steps, (row,), {})
    else:
        row = "left.back" if left.step else "left.enters"
        yield event("left_map", left.step, left.returns - 1, (row,), {"returns": float(left.returns)})
