"""Statements about a whole run: where it began and ended, its lowest loss, the plateau rule, how near to its limit."""

from __future__ import annotations

import numpy as np

from lrviz.analysis import verdicts
from lrviz.analysis.events import cuts
from lrviz.analysis.gauge import Gauge
from lrviz.analysis.sentences import Statement, counted
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

MOST_LISTED = 6
"""So many steps a sentence lists."""


def summary(scenario: Scenario, run: Trajectory) -> list[Statement]:
    """What happened, in short sentences."""
    statements = (_ending(run), _lowest(run), _nearest(scenario, run), _cuts(scenario, run))
    return [statement for statement in statements if statement is not None] + list(verdicts.statements(scenario, run))


def _ending(run: Trajectory) -> Statement:
    numbers = {"x0": float(run.x[0, 0]), "y0": float(run.x[0, 1]), "loss_before": float(run.loss[0])}
    if run.diverged is not None:
        last = max(run.diverged - 1, 0)
        ends = {"not_finite": float(run.diverged), "last": float(last), "loss": float(run.loss[last])}
        row = "run.no_value" if run.ends_in_a_hole else "run.diverges"
        return Statement((row,), numbers | ends)
    numbers |= {"x": float(run.x[-1, 0]), "y": float(run.x[-1, 1]), "loss": float(run.loss[-1])}
    return Statement(("run.ends",), numbers, {"steps": counted(run.steps, "step")})


def _lowest(run: Trajectory) -> Statement | None:
    if not np.isfinite(run.loss).any():
        return None
    step = int(np.nanargmin(np.where(np.isfinite(run.loss), run.loss, np.nan)))
    if step == run.steps:
        return Statement(("run.lowest_last",), {})
    row = "run.lowest" if step else "run.lowest_start"
    return Statement((row,), {"loss": float(run.loss[step]), "step": float(step)})


def _nearest(scenario: Scenario, run: Trajectory) -> Statement | None:
    if not np.isfinite(run.x[-1]).all():
        return None
    minima = np.array(scenario.surface_row.minima(scenario.coef), float).reshape(-1, 2)
    if not len(minima):
        return Statement(("run.no_minimum",), {})
    away = np.hypot(*(minima - run.x[-1]).T)
    nearest = int(np.argmin(away))
    x, y = minima[nearest].tolist()
    row = "run.nearest_found" if scenario.surface_row.found else "run.nearest"
    return Statement((row,), {"x": x, "y": y, "distance": float(away[nearest])})


def _cuts(scenario: Scenario, run: Trajectory) -> Statement | None:
    if not run.plateau or not scenario.optimizer_row.has_rate:
        return None
    at = cuts(scenario, run)
    if not len(at):
        return Statement(("rule.never",), {})
    steps = ", ".join(str(step) for step in at[:MOST_LISTED]) + (", …" if len(at) > MOST_LISTED else "")
    texts = {
        "times": {1: "once", 2: "twice"}.get(len(at), f"{len(at)} times"),
        "steps": f"step{'s' * (len(at) > 1)} {steps}",
        "warm": " (what the warm-up rises to)" if scenario["warmup_steps"] else "",
    }
    if scenario.on_top:
        texts["steps"] = texts["steps"].replace(", …", " and so on")
        return Statement(("rule.cuts_on_top",), {}, texts)
    rates = verdicts.levels(scenario, run)
    return Statement(("rule.cuts",), {"first_rate": float(rates[0]), "last_rate": float(rates[-1])}, texts)


def stability(scenario: Scenario, gauge: Gauge) -> list[Statement]:
    """How close the steps came to what the surface allows, and how fast the run came nearer; nothing where no rate is
    set."""
    if gauge.most is None or not scenario.optimizer_row.has_rate:
        return []
    statements = [_against(gauge.most, gauge, scenario)]
    if gauge.predicted is not None:
        numbers = {"predicted": gauge.predicted}
        if gauge.measured is None:
            statements.append(Statement(("bound.predicted",), numbers))
        else:
            statements.append(Statement(("bound.predicted", "bound.measured"), numbers | {"measured": gauge.measured}))
    return statements


def _against(product: float, gauge: Gauge, scenario: Scenario) -> Statement:
    """What the largest product says. The limit is for where the surface curves up; elsewhere it says nothing."""
    numbers, limit, texts = {"product": product}, gauge.limit, {"where": " on the map" if gauge.leaves else ""}
    if limit is None:
        what = "clipped gradients" if scenario["clipnorm"] else scenario.optimizer_row.name
        return Statement(("bound.most", "bound.unknown"), numbers, texts | {"what": what})
    if product <= 0:
        return Statement(("bound.most", "bound.never"), numbers, texts)
    relation = "at" if np.isclose(product, limit, rtol=1e-9) else "below" if product < limit else "above"
    holds = "bound.downwards" if gauge.downwards else f"bound.bowl_{relation}"
    known = int(np.isfinite(gauge.lowest).sum())
    numbers |= {"limit": limit, "downwards": float(gauge.downwards), "known": float(known)}
    return Statement(("bound.most", f"bound.{relation}", holds), numbers, texts)
