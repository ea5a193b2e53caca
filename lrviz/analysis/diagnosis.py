"""What happened in a run, as events with numbers: overshoot, oscillation, divergence, plateau, cut, rest, wasted steps.

A step's number is that of the point where it ends: step 1 leads from x[0] to x[1]. "Across" and "along" a valley are
the eigen-axes of the Hessian where the step begins, so a bent valley has them too; on a quadratic they are fixed and
all numbers are exact. A swing that is smaller than a thousandth of the way covered so far is not told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lrviz.analysis import verdicts
from lrviz.analysis.stability import family_of, radius
from lrviz.knob import apart, digits
from lrviz.scenario import Scenario
from lrviz.surfaces import Domain
from lrviz.trajectory import Trajectory

VISIBLE = 1e-3
"""Of the way covered so far: what a picture shows. Of the map's diagonal: what counts as being at a point."""
STALL_STEPS, STALL_FALL = 20, 0.01
"""A plateau: in 20 steps the lowest loss comes less than 1% nearer to the surface's floor."""
GAIN, GAIN_OF_START = 1e-3, 1e-6
"""Steps are wasted when all that they still gain is 0.1% of what is left above the floor, or 1e-6 of the start's."""
SMALL_RATE = 0.01
"""A rate below this part of what suits the surface may be why a loss stalls."""
FLAT = 1e-5
"""Of the larger curvature: below this the smaller one counts as none."""
SWINGS = 3
"""So many times must a run pass the floor of a valley for an oscillation, twice as often if there is noise."""
TAIL = 12
"""Steps from which a contraction is measured."""


@dataclass(frozen=True)
class Event:
    """Something that happened: where it begins, its last step if it lasts, every number that the sentence says.

    ``detail`` says which of its sort: growing or shrinking, why a plateau, what kind of point. The sentence is plain
    text.
    """

    kind: str
    step: int
    until: int | None
    numbers: Mapping[str, float]
    sentence: str
    detail: str = ""


class Stretch(NamedTuple):
    """Steps begin + 1 to end, of no use; ``cut`` if a cut ended them, and not the run."""

    begin: int
    end: int
    cut: bool


@dataclass(frozen=True)
class Wasted:
    """The steps that gained nothing: after the last gain before each cut, and after the last gain of the run.

    A gain is what brings the lowest loss more than 0.1% nearer to the surface's floor (and 1e-6 of the first distance).
    """

    stretches: tuple[Stretch, ...]
    steps: int
    share: float


@dataclass(frozen=True)
class Gauge:
    """Is each step short enough for the ground on which it is taken?

    curvature (N,): the largest eigenvalue of the Hessian where each step begins; lowest (N,): the smallest, below 0
    where the ground curves downwards along some direction; product (N,): rate times curvature; limit: what the product
    must stay below for a quadratic to be stable, None for an optimizer without such a bound and where the gradient is
    clipped. It is for ground that curves up: where it curves downwards, each step leads further away at any rate.
    predicted: what the slowest mode is multiplied by a step, at the last rate, on the quadratic that touches the
    surface at the end: the spectral radius of the update. measured: the same from the last steps of the run. Both None
    where that quadratic is no good description (see ``_trusted``), measured also where noise hides it.
    LeCun et al. (1998), Efficient BackProp; Cohen et al. (2021), arXiv 2103.00065, on the edge of stability.
    """

    curvature: np.ndarray
    lowest: np.ndarray
    product: np.ndarray
    limit: float | None
    predicted: float | None
    measured: float | None

    @property
    def downwards(self) -> int:
        """At so many steps the ground curves downwards along some direction, and by more than rounding."""
        return int((self.lowest < -FLAT * np.abs(self.curvature)).sum())


RANK = (
    "divergence", "local_minimum", "cut", "converged", "plateau", "oscillation", "overshoot", "left_map", "unfinished",
)  # fmt: skip
"""The most telling first."""


@dataclass(frozen=True)
class Diagnosis:
    """The events of a run in the order of their steps, its wasted steps, its stability."""

    events: tuple[Event, ...]
    wasted: Wasted
    gauge: Gauge

    def of(self, kind: str) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == kind)

    def story(self, most: int = 4) -> tuple[Event, ...]:
        """The most telling events in the order of their steps: one of a kind, of those that last the longest."""
        told = [max(self.of(kind), key=_length) for kind in RANK if self.of(kind)]
        return tuple(sorted(told[:most], key=_place))


def _length(event: Event) -> int:
    return 0 if event.until is None else event.until - event.step


def _place(event: Event) -> tuple[int, int]:
    return event.step, RANK.index(event.kind)


def diagnose(scenario: Scenario, run: Trajectory) -> Diagnosis:
    """Everything at once; the surface's Hessian is taken along the whole path by numpy, so nothing compiles."""
    with np.errstate(all="ignore"):  # a run that leaves the finite is a result
        path = _Path(scenario, run)
        gauge = _gauge(path)
        events: list[Event] = [*_left_map(scenario, run), *_cuts(scenario, run)]
        if path.n > 0:
            events += _told(path, gauge)
        elif run.diverged is not None:
            events += _divergence(path, gauge)
        return Diagnosis(tuple(sorted(events, key=_place)), _wasted(path), gauge)


def _told(path: _Path, gauge: Gauge) -> Iterator[Event]:
    divergence = _divergence(path, gauge)
    rest = [] if divergence else _rest(path)
    oscillations = _oscillations(path)
    plateaus = [] if divergence else _plateaus(path, rest[0].step if rest else path.n, oscillations)
    yield from (*divergence, *rest, *oscillations, *plateaus, *_overshoots(path))
    if not (divergence or rest or plateaus):
        yield from _unfinished(path)


class _Path:
    """The finite part of a run, of n steps, and the shape of the ground along it.

    values (n + 1, 2): eigenvalues of the Hessian, the smaller first; axes (n + 1, 2, 2): [point, which, component].
    For each step and axis, (n, 2): moved, the way along it; before, after: the slope along it at both ends, on the axis
    of where the step begins; passed: did it go down into a valley and up the other side; past: by how much, as if the
    slope changed evenly between the ends, which on a quadratic it does. secant: the slope's change over the way, the
    curvature between the ends.
    """

    def __init__(self, scenario: Scenario, run: Trajectory):
        self.scenario, self.run = scenario, run
        self.n = n = run.steps if run.diverged is None else run.diverged - 1
        self.x, self.loss, self.grad = run.x[: n + 1], run.loss[: n + 1], run.grad[: n + 1]
        self.rate = run.learning_rate[: max(n, 0)]
        low, high = np.array(scenario.surface_row.domain).reshape(2, 2).T
        self.low, self.high, self.diagonal = low, high, float(np.hypot(*(high - low)))
        values, vectors = scenario.surface_row.curvature(scenario.coef, self.x.T)
        self.values, self.axes = values.T, vectors.T

    @cached_property
    def above(self) -> np.ndarray:
        """The loss above the lowest known minimum.   (n + 1,)"""
        return np.maximum(self.loss - self.scenario.surface_row.floor(self.scenario.coef), 0.0)

    @cached_property
    def dx(self) -> np.ndarray:
        return np.diff(self.x, axis=0)

    @cached_property
    def moved(self) -> np.ndarray:
        return _along(self.axes[:-1], self.dx)

    @cached_property
    def before(self) -> np.ndarray:
        return _along(self.axes[:-1], self.grad[:-1])

    @cached_property
    def after(self) -> np.ndarray:
        return _along(self.axes[:-1], self.grad[1:])

    @cached_property
    def past(self) -> np.ndarray:
        before, after = np.abs(self.before), np.abs(self.after)
        return np.abs(self.moved) * after / (before + after)

    @cached_property
    def secant(self) -> np.ndarray:
        return (self.after - self.before) / self.moved

    @cached_property
    def passed(self) -> np.ndarray:
        covered = np.maximum.accumulate(np.hypot(*(self.x - self.x[0]).T))[1:, None]
        noise = _along(self.axes[:-1], self.run.used_grad[: self.n] - self.grad[:-1])
        return (
            (self.before * self.after < 0)
            & (self.before * self.moved < 0)
            & (np.abs(self.moved) > VISIBLE * covered)
            & (np.abs(noise) <= np.abs(self.before))  # a step that the noise made is no overshoot
            & (self.secant <= 1.01 * self.values[:-1, 1:] + [0, np.inf])  # else it is the valley that bends
        )


def _along(axes: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The components of vectors (n, 2) on axes (n, 2, 2) -> (n, 2)."""
    return np.einsum("tij,tj->ti", axes, vectors)


def _steps(begin: int, end: int) -> str:
    return f"From step {begin} to step {end}"


# Swings ---------------------------------------------------------------------------------------------------------------


def _where(values: np.ndarray, axis: int) -> str:
    """In which direction of the valley, where its two curvatures differ.   values: (2,)"""
    if abs(values[1] - values[0]) <= 0.01 * np.abs(values).max():
        return ""
    return (" in its flat direction", " in its steep direction")[axis]


def _overshoots(path: _Path) -> Iterator[Event]:
    """The first step that passes the floor of a valley on the steep axis, and the first on the flat one.

    With the curvature between the ends of the step, plain descent passes the floor iff rate times curvature is above 1,
    on any surface: its slope is multiplied by 1 - alpha lambda.
    """
    plain = path.scenario.optimizer == "gradient_descent"
    for axis in (1, 0):
        at = np.flatnonzero((path.passed & (path.past > 0.01 * np.abs(path.moved)))[:, axis])
        if not at.size:
            continue
        k = int(at[0])
        numbers = {"past": float(path.past[k, axis]), "curvature": float(path.secant[k, axis])}
        said = (
            f"Step {k + 1} goes {digits(numbers['past'])} past the floor of the valley{_where(path.values[k], axis)},"
        )
        said += f" where the curvature is {digits(numbers['curvature'])}"
        product = float(path.rate[k]) * numbers["curvature"]
        if plain and product > 1:
            numbers |= {"product": product, "limit": 1.0}
            said += f" and rate × curvature {digits(product)}, above 1"
        yield Event("overshoot", k + 1, None, numbers, said + ".", ("flat", "steep")[axis])


def _oscillations(path: _Path) -> list[Event]:
    """Where the run passes the floor again and again, on each axis.

    Period: two passages, each timed where the slope along the axis is 0. Ratio: of the largest slopes of one swing and
    the next, a geometric mean over all swings. For descent on a quadratic they are 2 and |1 - alpha lambda|; with
    momentum 2 pi/theta and about r^(pi/theta), r e^(i theta) the eigenvalue of the update. Goh (2017).
    """
    found: list[Event] = []
    for axis in (1, 0):
        for at in _episodes(np.flatnonzero(path.passed[:, axis]), SWINGS * (1 + (path.scenario.noise > 0))):
            event = _oscillation(path, at, axis)
            if not any(_same_swing(event, other) for other in found):
                found.append(event)
    return found


def _episodes(at: np.ndarray, least: int) -> list[np.ndarray]:
    """Steps that follow each other at about equal distances, at least so many."""
    gaps = np.diff(at)
    uneven = np.abs(np.diff(gaps)) > 1 + 0.5 * np.minimum(gaps[1:], gaps[:-1])
    return [part for part in np.split(at, np.flatnonzero(uneven) + 2) if len(part) >= least]


def _same_swing(one: Event, other: Event) -> bool:
    apart = one.step > (other.until or 0) or other.step > (one.until or 0)
    return not apart and abs(one.numbers["period"] / other.numbers["period"] - 1) < 0.05


def _oscillation(path: _Path, at: np.ndarray, axis: int) -> Event:
    before, after = path.before[at, axis], path.after[at, axis]
    times = at + before / (before - after)
    sizes = np.maximum.reduceat(np.abs(path.before[: at[-1] + 1, axis]), at[:-1] + 1)
    period = float(2 * (times[-1] - times[0]) / (len(at) - 1))
    ratio = float(np.exp(np.log(sizes[-1] / sizes[0]) / (len(sizes) - 1)))
    detail = "steady" if abs(ratio - 1) < 1e-3 else ("growing" if ratio > 1 else "shrinking")
    begin, end = int(at[0]) + 1, int(at[-1]) + 1
    each = "all of the same size" if detail == "steady" else f"each swing {digits(ratio)} times as large as the last"
    said = f"{_steps(begin, end)} the run swings about the floor of the valley{_where(path.values[at[0]], axis)}, with"
    said += f" a period of {digits(period)} steps, {each}."
    return Event("oscillation", begin, end, {"period": period, "ratio": ratio}, said, detail)


# How it ends ----------------------------------------------------------------------------------------------------------


def _divergence(path: _Path, gauge: Gauge) -> list[Event]:
    """The loss leaves the finite; or it ends off the map at its highest, over ten times the start's and still growing.

    It begins after the last point that was no higher than the start. That the loss only grows is said where every step
    from there on raises it. The bound is said only where it was passed then.
    """
    run, n = path.run, path.n
    if run.diverged is None and not _grows(path):
        return []
    low = np.flatnonzero(path.loss <= path.loss[0]) if n >= 0 else np.array([-1])
    step = int(low[-1]) + 1
    if run.diverged is None:
        numbers = {"loss_before": float(path.loss[0]), "loss": float(path.loss[-1])}
        first, last = digits(numbers["loss_before"]), digits(numbers["loss"])
        if (np.diff(path.loss[step - 1 :]) > 0).all():
            said = f"From step {step} on the loss only grows, from {first} at the start to {last} at the end"
        else:
            said = f"From step {step} on the loss is above that of the start, {first}, and highest at the end, {last}"
    else:
        numbers = {"not_finite": float(run.diverged)}
        grows = f"From step {step} on the loss is above that of the start, and f" if step < run.diverged else "F"
        said = f"{grows}rom step {run.diverged} on the run is no longer finite"
    product = gauge.product[step - 1] if step else math.nan
    if gauge.limit is not None and product > gauge.limit:
        numbers |= {"product": float(product), "limit": gauge.limit}
        at, limit = apart(numbers["product"], gauge.limit)
        said += f": rate × curvature is {at}, above the limit {limit}"
    return [Event("divergence", step, None, numbers, said + ".")]


def _grows(path: _Path) -> bool:
    off = bool(((path.x[-1] < path.low) | (path.x[-1] > path.high)).any())
    earlier = path.above[: max(1, 2 * path.n // 3)].max()
    return off and path.above[-1] >= path.above.max() and path.above[-1] > max(10 * path.above[0], 2 * earlier)


def _rest(path: _Path) -> list[Event]:
    """Where the run has come to rest at a critical point, of which kind; and if it is no lowest minimum, that too.

    At rest: the Newton step |g_i|/|lambda_i| to the critical point, on both axes, and the run's own step stay below a
    thousandth of the map's diagonal to the end. The kind is that of the signs of the eigenvalues.
    """
    scenario, surface = path.scenario, path.scenario.surface_row
    near = VISIBLE * path.diagonal
    sizes = np.abs(path.values)
    aside = np.abs(_along(path.axes, path.grad)) / np.maximum(sizes, FLAT * sizes.max(axis=1, keepdims=True))
    pace = np.hypot(*path.dx.T)
    still = (aside <= near).all(axis=1) & (np.append(pace, pace[-1]) <= near)
    if not still[-1]:
        return []
    step = int(np.flatnonzero(np.append(True, ~still))[-1])
    values, slope = path.values[-1], _along(path.axes[-1:], path.grad[-1:])[0]
    place = path.x[-1] - path.axes[-1].T @ np.where(sizes[-1] > FLAT * sizes[-1].max(), slope / values, 0.0)
    kind = _kind(values)
    known = np.array(surface.minima(scenario.coef), float).reshape(-1, 2)
    away = np.hypot(*(known - path.x[-1]).T)
    if kind == "minimum" and away.min() <= 2 * near:
        place = known[away.argmin()]
    x, y = (round(float(part), 9) + 0.0 for part in place)
    apart = float(np.hypot(*(path.x[step:] - (x, y)).T).max())
    numbers = {"x": x, "y": y, "distance": apart, "loss": float(path.loss[-1]), "slope": float(np.hypot(*slope))}
    within = "exactly at" if apart == 0 else f"within {digits(apart)} of"
    at = f"({digits(x)}, {digits(y)})"
    said = f"From step {step} on the run stays {within} the {kind} {at}, with loss {digits(numbers['loss'])} at the end"
    said += ", which is no minimum." if kind in ("saddle", "maximum") else "."
    events = [Event("converged", step, path.n, numbers, said, kind)]
    here, floor = float(surface.f(np.array([x, y]), scenario.coef)), surface.floor(scenario.coef)
    if kind == "minimum" and here - floor > 1e-6 * max(1.0, abs(floor)):
        lowest = known[np.argmin(surface.f(known.T, scenario.coef))]
        numbers = {"loss": here, "floor": floor, "x": float(lowest[0]), "y": float(lowest[1])}
        said = f"The run is stuck in a local minimum: the loss there is {digits(here)}, and {digits(floor)} at the"
        said += f" lowest minimum, ({digits(numbers['x'])}, {digits(numbers['y'])})."
        events.append(Event("local_minimum", step, path.n, numbers, said))
    return events


def _kind(values: np.ndarray) -> str:
    """Of a critical point with these eigenvalues (2,), the smaller first."""
    if np.abs(values).min() <= FLAT * np.abs(values).max():
        return "flat ground"
    return "minimum" if values[0] > 0 else ("maximum" if values[1] < 0 else "saddle")


def _unfinished(path: _Path) -> Iterator[Event]:
    """Nothing has ended: the last point is the lowest and the loss still falls."""
    if path.loss[-1] < path.loss[:-1].min():
        numbers = {"loss": float(path.loss[-1]), "slope": float(np.hypot(*path.grad[-1]))}
        said = f"The loss still falls at step {path.n}: it is {digits(numbers['loss'])}, on a slope of"
        yield Event("unfinished", path.n, None, numbers, f"{said} {digits(numbers['slope'])}.")


# What stalls ----------------------------------------------------------------------------------------------------------


def _plateaus(path: _Path, end: int, oscillations: list[Event]) -> list[Event]:
    """Where the lowest loss so far does not fall, up to ``end``, where the run comes to rest or ends."""
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
    return [_plateau(path, a, b, oscillations) for a, b in joined if b - a >= STALL_STEPS]


def _plateau(path: _Path, begin: int, end: int, oscillations: list[Event]) -> Event:
    best = np.minimum.accumulate(path.loss)
    numbers = {"loss_before": float(best[begin]), "loss": float(best[end])}
    first, last = digits(numbers["loss_before"]), digits(numbers["loss"])
    detail, because, more = _why(path, begin, end, oscillations)
    same = "stays at" if numbers["loss"] == numbers["loss_before"] else "stays near"
    moves = f"{same} {last}" if first == last else f"only goes from {first} to {last}"
    said = f"{_steps(begin, end)} the lowest loss {moves}{because}."
    return Event("plateau", begin, end, numbers | more, said, detail)


def _why(path: _Path, begin: int, end: int, oscillations: list[Event]) -> tuple[str, str, dict[str, float]]:
    """The first of five reasons that holds: its name, in words, and its numbers.

    small rate: see ``_rate_too_small``; noise floor: the noise is larger than the slope, and without it the steps would
    be long enough to lower the loss; zig-zag: the run swings across a valley, or passes its floor in every other step;
    flat gradient: a slope with which even the whole width of the map would not lead down to the floor; small steps: 20
    of them are less than a twentieth of the map.
    """
    tiny = _rate_too_small(path, begin, end)
    if tiny is not None:
        return tiny
    steps = slice(begin, end)
    slopes = np.hypot(*path.grad[steps].T)
    slope = float(np.median(slopes))
    noise = float(np.median(np.hypot(*(path.run.used_grad[steps] - path.grad[steps]).T)))
    if path.scenario.noise > 0 and noise >= slope and _gain_without_noise(path, begin, end) > 5 * STALL_FALL:
        said = f": a noise of {digits(noise)} hides a slope of {digits(slope)}"
        return "noise floor", said, {"noise": noise, "slope": slope}
    swings = sum(max(0, min(end, event.until or 0) - max(begin, event.step)) for event in oscillations)
    if 2 * max(swings, path.passed[steps].any(axis=1).sum()) >= end - begin:
        return "zig-zag", " while it swings across a valley", {}
    if slope * path.diagonal < np.median(path.above[steps]):
        return "flat gradient", f": the ground is almost flat, with a slope of {digits(slope)}", {"slope": slope}
    pace = float(np.median(np.hypot(*path.dx[steps].T)))
    if STALL_STEPS * pace < path.diagonal / 20:
        return "small steps", f": the steps are short, {digits(pace)} each", {"pace": pace}
    return "", "", {}


def _gain(path: _Path, begin: int, end: int) -> np.ndarray:
    """By what part the loss above the floor could have fallen from each step of a plateau to its end, had all steps led
    straight down.   -> (end - begin,)"""
    falls = np.hypot(*path.grad[begin:end].T) * np.hypot(*path.dx[begin:end].T)
    return np.cumsum(falls[::-1])[::-1] / path.above[: end + 1].min()


def _gain_without_noise(path: _Path, begin: int, end: int) -> float:
    """The same for the typical step, as long as the slope alone makes it, taken all along the plateau."""
    slopes, used = np.hypot(*path.grad[begin:end].T), np.hypot(*path.run.used_grad[begin:end].T)
    part = np.minimum(1.0, slopes / np.maximum(used, np.finfo(float).tiny))
    falls = slopes * np.hypot(*path.dx[begin:end].T) * part
    return float(np.median(falls)) * (end - begin) / float(path.above[: end + 1].min())


def _rate_too_small(path: _Path, begin: int, end: int) -> tuple[str, str, dict[str, float]] | None:
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
    since = f"from step {first + 1} on " if first > begin else ""
    numbers |= {"since": first + 1.0} if since else {}
    too_small = f"the rate, at most {digits(numbers['rate'])}, is too small"
    if (path.x[first : end + 1] == path.x[first]).all():
        return "small rate", f": {since}{too_small} to move the point", numbers
    return "small rate", f": {since}{too_small}, all steps together cover only {digits(covered)}", numbers


def enough(best: np.ndarray, start: np.ndarray) -> np.ndarray:
    """A loss from which the steps to the lowest one, best, are no gain.   best, start: above the floor, of any shape"""
    return (1 + GAIN) * best + GAIN_OF_START * start


def _wasted(path: _Path) -> Wasted:
    """See ``Wasted``. Between two cuts: after the point that is, but for less than a gain, as low as it gets."""
    n = path.run.steps
    at = [int(step) for step in cuts(path.scenario, path.run)]
    bounds = [0, *at, *([n] if not at or at[-1] < n else [])]
    above = np.append(path.above, np.full(n - path.n, np.inf))
    best = np.minimum.accumulate(above)
    stretches = []
    for begin, end in pairwise(bounds):
        last = begin + int(np.argmax(best[begin : end + 1] <= enough(best[end], above[0])))
        if last < end:
            stretches.append(Stretch(last, end, end in at))
    steps = sum(end - begin for begin, end, _ in stretches)
    return Wasted(tuple(stretches), steps, steps / n)


# The plateau rule and the map -----------------------------------------------------------------------------------------


def cuts(scenario: Scenario, run: Trajectory) -> np.ndarray:
    """The steps after which the plateau rule cut a rate that the optimizer uses."""
    return run.cuts if scenario.optimizer_row.has_rate else run.cuts[:0]


def _cuts(scenario: Scenario, run: Trajectory) -> Iterator[Event]:
    """Every cut, with the reason."""
    for epoch in np.flatnonzero(run.epochs.cut) if scenario.optimizer_row.has_rate else ():
        numbers, sentence = verdicts.cut(scenario, run, int(epoch))
        yield Event("cut", int(run.epochs.step[epoch]), None, numbers, sentence)


class Departure(NamedTuple):
    """Where a run leaves the map: the first step that ends outside, the point on the edge, when it comes back."""

    step: int
    edge: tuple[float, float]
    loss: float
    returns: int | None


def departure(run: Trajectory, domain: Domain) -> Departure | None:
    """None if the run stays on the map."""
    low, high = np.array(domain[0::2]), np.array(domain[1::2])
    inside = np.all((run.x >= low) & (run.x <= high), axis=1)  # what is not finite is not inside
    if inside.all():
        return None
    step = int(np.argmin(inside))
    back = np.flatnonzero(inside[step:])
    before, after = run.x[max(step - 1, 0)], run.x[step]
    if step == 0:
        edge = np.clip(after, low, high)
    elif np.isfinite(after).all():
        edge = np.clip(before + span(before, after, low, high)[1] * (after - before), low, high)
    else:
        edge = before
    return Departure(
        step, (float(edge[0]), float(edge[1])), float(run.loss[step]), step + int(back[0]) if back.size else None
    )


def span(before: np.ndarray, after: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """The part of the segment that lies in the box, as two fractions; the first is the larger if none does."""
    begin, end = 0.0, 1.0
    for axis in (0, 1):
        way = after[axis] - before[axis]
        if way == 0:
            if not low[axis] <= before[axis] <= high[axis]:
                return 1.0, 0.0
            continue
        one, other = (low[axis] - before[axis]) / way, (high[axis] - before[axis]) / way
        begin, end = max(begin, min(one, other)), min(end, max(one, other))
    return float(begin), float(end)


def _left_map(scenario: Scenario, run: Trajectory) -> Iterator[Event]:
    left = departure(run, scenario.surface_row.domain)
    if left is not None:
        begins = f"Step {left.step} leaves the map" if left.step else "The run starts outside the map"
        ends = "does not come back" if left.returns is None else f"step {left.returns} is back on it"
        until = run.steps if left.returns is None else left.returns - 1
        numbers = {} if left.returns is None else {"returns": float(left.returns)}
        yield Event("left_map", left.step, until, numbers, f"{begins}; {'it ' * (left.returns is None)}{ends}.")


# Stability ------------------------------------------------------------------------------------------------------------


def _gauge(path: _Path) -> Gauge:
    scenario = path.scenario
    lowest, curvature = np.full((2, path.run.steps), np.nan)
    for values, known in ((lowest, path.values[:, 0]), (curvature, path.values[:, 1])):
        values[: len(known)] = known[: path.run.steps]
    chosen = family_of(scenario)
    limit = None if chosen is None or scenario["clipnorm"] else chosen[0].limit(chosen[1])
    predicted = measured = None
    if path.n > 0 and _trusted(path):
        measured = _measured(path)
        if chosen is not None:
            predicted = float(radius(*chosen, path.rate[-1] * path.values[-1]).max())
    return Gauge(curvature, lowest, path.run.learning_rate * curvature, limit, predicted, measured)


def _trusted(path: _Path) -> bool:
    """Does the quadratic that touches the surface at the end have a minimum, and the surface its curvature there?"""
    values, axes = path.values[-1], path.axes[-1]
    if not values[0] > 0:
        return False
    minimum = path.x[-1] - axes.T @ (axes @ path.grad[-1] / values)
    there, _ = path.scenario.surface_row.curvature(path.scenario.coef, minimum)
    return bool(np.allclose(there, values, rtol=0.01, atol=0))


def _measured(path: _Path) -> float | None:
    """The largest factor a step among the modes of both axes, or None if the last steps are no such modes."""
    begin = path.n - int(np.argmax(np.append(path.rate[::-1] != path.rate[-1], True)))
    least = 1e-9 * float(np.hypot(*path.grad.T).max())
    tails = [_tail(path.grad[begin:] @ axis, least) for axis in path.axes[-1]]
    factors = [_factor(tail) for tail in tails if len(tail) >= TAIL // 2]  # an axis that dies sooner is the faster one
    found = [factor for factor in factors if factor is not None]
    return max(found) if found and len(found) == len(factors) else None


def _tail(slope: np.ndarray, least: float) -> np.ndarray:
    """The last ``TAIL`` steps before rounding shows: while the slope is above 1e-6 of its largest.   slope: (m,)"""
    sizes = np.abs(slope)
    if not sizes.max() > least:
        return slope[:0]
    last = int(np.flatnonzero(sizes >= 1e-6 * sizes.max())[-1])
    return slope[max(0, last - TAIL) : last + 1]


def _factor(slope: np.ndarray) -> float | None:
    """The larger |root| of the recurrence s[k + 1] = a s[k] + b s[k - 1] that the slopes obey, None if they do not.

    By least squares: two modes, real or turning, are found exactly. Prony's method.   slope: (m,)
    """
    slope = slope / np.abs(slope).max()
    lagged, ahead = np.stack([slope[1:-1], slope[:-2]], axis=1), slope[2:]
    (a, b), *_ = np.linalg.lstsq(lagged, ahead, rcond=1e-8)
    if np.abs(lagged @ (a, b) - ahead).max() > 1e-3 * np.abs(ahead).max():
        return None
    return float(np.abs(np.roots([1, -a, -b])).max())
