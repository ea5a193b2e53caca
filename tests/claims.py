"""Is what is said of a run true? Each sentence about a cut, a plateau, an end that grows or a limit is read back from
its text, and its claim computed anew from the losses, points and rates of the run; the plateau rules stand here once
more, as the loops of the frameworks."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lrviz import SURFACES, Scenario, diagnose, simulate
from lrviz.analysis.sentences import sentences
from lrviz.analysis.summary import stability, summary
from lrviz.analysis.waste import waste
from lrviz.knob import digits
from lrviz.lessons import stuck
from lrviz.scenario import retrace
from tests import quick
from tests.by_hand import DESCENT, mode, slope

NUMBER = r"(−?(?:\d+(?:\.\d+)?(?:e-?\d+)?|∞)|nan)"


class Epoch(NamedTuple):
    """One look of the rule: what it saw, what that had to be below, what it made of it; the rate before and after."""

    step: int
    now: float
    best: float
    bar: float
    improved: bool
    counted: int
    cut: bool
    dropped: bool
    old: float
    new: float


def looked(scenario, run):
    """The rule over the losses of a run, in plain Python. keras.callbacks and torch.optim.lr_scheduler."""
    keras, length = scenario.framework == "keras", scenario.steps_per_epoch
    patience, cooldown = scenario["patience"], scenario["cooldown"]
    tolerance = scenario["min_delta" if keras else "threshold"]
    rate, best, wait, resting, rows = scenario.alpha, None if keras else np.inf, 0, 0, []
    for k in range(scenario.steps // length):
        losses = run.loss[k * length : (k + 1) * length + 1]
        now = float(losses[-1]) if scenario.monitor == "val_loss" else summed(losses[:-1]) / length
        lower = max(rate * scenario["factor"], scenario["min_lr"])
        before, counted, cut, dropped = best, 0, False, False
        if keras:
            bar = np.inf if best is None else best - tolerance
            if resting > 0:
                resting, wait = resting - 1, 0
            improved = best is None or now + tolerance < best
            if improved:
                best, wait = now, 0
            elif resting <= 0:
                wait += 1
                counted = wait
                if wait >= patience and np.float32(rate) > np.float32(scenario["min_lr"]):
                    cut, resting, wait = True, cooldown, 0
        else:
            bar = best * (1 - tolerance) if scenario["threshold_mode"] == "rel" else best - tolerance
            improved = now < bar
            best, wait = (now, 0) if improved else (best, wait + 1)
            if resting > 0:
                resting, wait = resting - 1, 0
            counted = wait
            if wait > patience:
                cut = rate - lower > scenario["eps"]
                dropped = not cut and rate > lower
                resting, wait = cooldown, 0
        rows.append(
            Epoch((k + 1) * length, now, np.nan if before is None else before, bar, improved, counted, cut, dropped,
                  rate, lower if cut else rate)
        )  # fmt: skip
        rate = rows[-1].new
    return rows


def summed(losses):
    """One after the other, as a running mean does."""
    total = 0.0
    for loss in losses:
        total += float(loss)
    return total


def read(text):
    return float(text.replace("−", "-").replace("∞", "inf"))


def is_said(text, value):
    """Is the text this number, rounded?"""
    return text in {digits(value, size) for size in range(3, 18)}


def is_near(text, value, part=0.006):
    """Is the text this number, as far as three digits and differences for derivatives go?"""
    return bool(np.isclose(read(text), value, rtol=part, atol=1e-9))


def unit(text):
    """Of the last digit that stands there."""
    return Decimal(1).scaleb(Decimal(text.replace("−", "-")).as_tuple().exponent)


class Claims:
    """All sentences about one run; ``false`` holds those that are not true, each with what is wrong."""

    def __init__(self, scenario, run=None):
        self.scenario, self.run, self.quickly = scenario, simulate(scenario) if run is None else run, run is not None
        self.rows = looked(scenario, self.run) if scenario.plateau_knobs else []
        self.found = diagnose(scenario, self.run)
        self.checked: list[tuple[str, str]] = []
        self.false: list[tuple[str, str]] = []
        with np.errstate(all="ignore"):
            for event in self.found.events:
                getattr(self, f"_{event.kind}")(event)
            self._words()
            if self.rows and scenario.optimizer_row.has_rate:
                self._reduced()

    def claim(self, sentence, **claims):
        self.checked.append((sentence, " ".join(claims)))
        wrong = [name for name, holds in claims.items() if not holds]
        if wrong:
            self.false.append((sentence, ", ".join(wrong)))

    # Cuts ---------------------------------------------------------------------------------------------------------

    def _cut(self, event):
        said = event.sentence
        old = re.fullmatch(
            rf"After step (\d+) the rate is cut from {NUMBER} to {NUMBER}: (\w+), now {NUMBER}, has not improved on"
            rf" {NUMBER} for (\d+) epochs? \(patience (\d+)\)\.",
            said,
        )
        head = re.match(rf"After step (\d+) the rate is cut from {NUMBER} to {NUMBER}: {self.scenario.monitor}", said)
        if not head:
            return self.claim(said, form=False)
        step = int(head[1])
        at = next((i for i, row in enumerate(self.rows) if row.step == step and row.cut), None)
        if at is None:
            return self.claim(said, cut=False)
        row, rates = self.rows[at], self.run.learning_rate
        after = self.run.epochs.learning_rate[at]
        claims = {
            "old_rate": is_said(head[2], rates[step - 1]),
            "new_rate": is_said(head[3], after) and read(head[3]) < read(head[2]),
        }
        if old:
            waited = self.rows[at + 1 - int(old[7]) : at + 1]
            claims["improved"] = all(not one.now < row.best for one in waited)
            return self.claim(said, **claims)
        body = re.search(
            rf"(?:, now {NUMBER},|( fell too little): now {NUMBER}, it) has not been below {NUMBER}"
            rf"(?: \(best {NUMBER} (?:− (min_delta|threshold) {NUMBER}|× \(1 − threshold {NUMBER}\))\)|"
            rf", (the best|with which the rule began),) for (\d+) epochs?"
            rf" \((?:patience (\d+)|more than patience (\d+)|patience (0) counts as 1)\)"
            rf"(?:, after (\d+) epochs? of cooldown that did not count)?\.$",
            said,
        )
        if not body:
            return self.claim(said, form=False)
        n1, fell, n2, below, best, name, size, part, what, waited, keras, pytorch, zero, held = body.groups()
        now, count = n1 or n2, int(waited)
        bad = self.rows[at + 1 - count : at + 1]
        claims |= {
            "now": is_said(now, row.now),
            "waited": [one.counted for one in bad] == list(range(1, count + 1)),
            "missed": all(not one.improved and str(one.bar) == str(row.bar) for one in bad),
            "patience": (keras or pytorch or zero) == str(self.scenario["patience"]),
            "enough": count == (max(self.scenario["patience"], 1) if keras or zero else self.scenario["patience"] + 1),
            "rule": (self.scenario.framework == "pytorch") == bool(pytorch),
            "as_read": not read(now) < read(below),
        }
        uncounted, k = 0, at - count
        while k >= 0 and not self.rows[k].counted and not self.rows[k].improved:
            uncounted, k = uncounted + 1, k - 1
        claims["held"] = uncounted == int(held or 0)
        if fell:
            claims["fell"] = row.now < row.best and read(now) < read(best)
        if best is None:
            claims["best"] = is_said(below, row.best)
            claims["bare"] = what != "the best" or row.bar == row.best or not np.isfinite(row.best)
            return self.claim(said, **claims)
        tolerance = Decimal(size or part)
        made = Decimal(best.replace("−", "-")) * (1 - tolerance) if part else None
        made = Decimal(best.replace("−", "-")) - tolerance if made is None else made
        relative = self.scenario.framework == "pytorch" and self.scenario["threshold_mode"] == "rel"
        claims |= {
            "best": is_said(best, row.best),
            "bar": is_said(below, row.bar),
            "adds_up": abs(made - Decimal(below.replace("−", "-"))) <= max(map(unit, (best, below))),
            "computed": not read(now) < float(made),
            "differ": (best == below) == (row.best == row.bar),
            "tolerance": float(tolerance) == self.scenario[name or "threshold"],
            "relative": relative == bool(part),
        }
        return self.claim(said, **claims)

    # Plateaus -----------------------------------------------------------------------------------------------------

    def _plateau(self, event):
        said, run, scenario = event.sentence, self.run, self.scenario
        head = re.match(
            rf"From step (\d+) to step (\d+) the lowest loss so far (?:only goes from {NUMBER} to {NUMBER}|"
            rf"stays (at|near) {NUMBER})(.*)\.$",
            said,
        )
        if not head:
            return self.claim(said, form=False)
        begin, end, why = int(head[1]), int(head[2]), head[7]
        first, last = float(run.loss[: begin + 1].min()), float(run.loss[: end + 1].min())
        floor = scenario.surface_row.floor(scenario.coef)
        claims = {
            "loss": is_said(head[6] or head[3], first) and is_said(head[6] or head[4], last),
            "stays": head[5] != "at" or first == last or not hasattr(self.found.gauge, "lowest"),
            "stalls": run.loss[: begin + 21].min() - floor >= 0.99 * (first - floor) - 1e-15,
        }
        rates, slopes = run.learning_rate[begin:end], np.hypot(*run.grad[begin:end].T)
        lengths = np.hypot(*run.dx[begin:end].T)
        late = slice((end - begin) // 2, None)
        reach = (slopes * lengths)[late].sum() / max(last - floor, 1e-300)
        idle = (
            scenario.optimizer_row.has_rate
            and rates[late].max(initial=0) < 0.0099 * SURFACES[scenario.surface].alpha
            and reach < 0.0099
        )
        small = re.fullmatch(
            rf": (?:from step (\d+) on )?the rate, at most {NUMBER}, is too small(?: to move the point|, and all steps"
            rf" together cover only {NUMBER})",
            why,
        )
        if small:
            since = int(small[1]) - 1 if small[1] else begin
            straight = (np.hypot(*run.grad[since:end].T) * np.hypot(*run.dx[since:end].T)).sum()
            claims |= {
                "rate": is_said(small[2], run.learning_rate[since:end].max()),
                "most_of_it": 2 * (since - begin) <= end - begin and since >= begin,
                "covered": is_said(small[3], np.hypot(*np.diff(run.x[since : end + 1], axis=0).T).sum())
                if small[3]
                else (run.x[since : end + 1] == run.x[since]).all(),
                "too_small": straight < 0.01 * (last - floor) or straight == 0,
            }
            return self.claim(said, **claims)
        claims["rate_first"] = not idle
        noise = re.fullmatch(rf": a noise of {NUMBER} hides a slope of {NUMBER}", why)
        if noise:
            seen = np.hypot(*(run.used_grad[begin:end] - run.grad[begin:end]).T)
            quiet = [self._quiet(begin + k, end) for k in range(0, end - begin, max(1, (end - begin) // 4))]
            claims |= {
                "noise": is_said(noise[1], float(np.median(seen))) and is_said(noise[2], float(np.median(slopes))),
                "hides": np.median(seen) >= np.median(slopes) > 0,
                "without_it": any(quiet),
            }
        elif why.startswith(": the ground"):
            flat = re.fullmatch(rf": the ground is almost flat, with a slope of {NUMBER}", why)
            wide = np.hypot(*np.diff(np.reshape(SURFACES[scenario.surface].domain, (2, 2)), axis=1).ravel())
            claims |= {
                "slope": flat and is_said(flat[1], float(np.median(slopes))),
                "flat": np.median(slopes) * wide < np.median(run.loss[begin:end] - floor),
            }
        elif why.startswith(": the steps are"):
            short = re.fullmatch(rf": the steps are short, {NUMBER} each", why)
            claims["short"] = short and is_said(short[1], float(np.median(lengths)))
        else:
            claims["form"] = why in ("", ": the steps jump from side to side of a valley")
        return self.claim(said, **claims)

    def _quiet(self, begin, end):
        """Without noise, do the same steps lower the loss from there by 1%, or lead to where the slope ends?"""
        quiet = self.scenario.having(noise=0, schedule="constant")
        rates, start = self.run.learning_rate[begin:end], self.run.x[begin]
        run = quick.runs([quiet], [rates], [start])[0] if self.quickly else retrace(quiet, rates, start)
        floor, slopes = self.scenario.surface_row.floor(self.scenario.coef), np.hypot(*run.grad.T)
        return np.nanmin(run.loss) - floor < 0.99 * (run.loss[0] - floor) or slopes[-1] < 0.1 * slopes[0]

    # Swings -------------------------------------------------------------------------------------------------------

    def _axes(self, points):
        """Two curvatures and their axes of the minimum about which these points lie, or in the middle of them."""
        middle = points.mean(axis=0)
        known = np.array(self.scenario.surface_row.minima(self.scenario.coef), float).reshape(-1, 2)
        nearest = known[np.hypot(*(known - middle).T).argmin()]
        inside = np.hypot(*(nearest - middle)) <= np.hypot(*(points - middle).T).max()
        place = nearest if inside else middle
        aside = 1e-5 * np.maximum(1.0, np.abs(place).max())
        sides = [[slope(self.scenario, place + sign * aside * axis) for sign in (1, -1)] for axis in np.eye(2)]
        hessian = np.array([(up - down) / (2 * aside) for up, down in sides])
        return np.linalg.eigh((hessian + hessian.T) / 2)

    def _oscillation(self, event):
        said = event.sentence
        found = re.fullmatch(
            r"From step (\d+) to step (\d+) the run swings (from side to side of the valley|back and forth along"
            rf" the valley|back and forth), there and back in {NUMBER} steps; (?:each swing is {NUMBER} times as wide"
            r" as the one before|all swings are equally wide)\.",
            said,
        )
        if not found:
            return self.claim(said, form=False)
        begin, end, period = int(found[1]), int(found[2]), read(found[4])
        ratio = read(found[5]) if found[5] else 1.0
        points = self.run.x[max(begin - 1, 0) : end + 2]
        values, axes = self._axes(points)
        best = {"turns": False}
        for which in (0, 1):
            place = self.run.x[begin - 1 : end + 2] @ axes[:, which]
            way = np.diff(place)
            turns = np.flatnonzero(way[1:] * way[:-1] < 0) + 1
            if len(turns) < 7 or turns[0] != 1 or turns[-1] != len(place) - 2:
                continue
            widths = np.abs(np.diff(place[turns]))
            line = widths[0] * (widths[-1] / widths[0]) ** (np.arange(len(widths)) / (len(widths) - 1))
            named = {"from side to side of the valley": 1, "back and forth along the valley": 0}.get(found[3])
            apart = values[1] - values[0] > 0.1 * np.abs(values).max()
            claims = {
                "periods": len(widths) >= 6 and period >= 2,
                "period": abs(period - 2 * (end - begin) / len(widths)) <= 2.0 / len(widths) + 0.006 * period,
                "even": np.diff(turns).max() <= 2 * np.diff(turns).min() + 1,
                "ratio": abs(np.log(ratio) - np.log(widths[-1] / widths[0]) / (len(widths) - 1))
                <= 0.4 / (len(widths) - 1) + 0.006,
                "steady": np.abs(np.log(widths / line)).max() <= 0.4,
                "growth": ratio <= 1.05 or np.ptp(place[len(place) // 2 :]) >= np.ptp(place[: len(place) // 2]),
                "direction": (named == which and apart) if named is not None else not apart,
                "valley": values[which] > 0,
            }
            if not best or sum(claims.values()) >= sum(best.values()):
                best = claims
        return self.claim(said, **best)

    def _overshoot(self, event):
        said = event.sentence
        found = re.fullmatch(
            rf"Step (\d+) lands {NUMBER} past the floor of the valley( in its (?:flat|steep) direction)?\. The"
            rf" curvature there is {NUMBER}(?:, so rate × curvature is {NUMBER}, above 1)?\.",
            said,
        )
        if not found:
            return self.claim(said, form=False)
        k, run = int(found[1]), self.run
        before, after, way = run.grad[k - 1], run.grad[k], run.dx[k - 1]
        _, axes = self._axes(run.x[k - 1 : k])
        holds = []
        for which in (0, 1):
            around = np.linspace(0, np.pi, 721) if not found[3] else []  # no direction is said: any that fits
            for u in [axes[:, which], *([np.cos(t), np.sin(t)] for t in around)]:
                g, h, moved = before @ u, after @ u, way @ u
                past = np.abs(moved) * np.abs(h) / (np.abs(g) + np.abs(h))
                holds.append(
                    g * h < 0
                    and g * moved < 0
                    and is_near(found[2], past)
                    and is_near(found[4], (h - g) / moved)
                    and (not found[3] or ("steep" in found[3]) == bool(which))
                )
        claims = {"past": any(holds)}
        if found[5]:
            claims["bound"] = read(found[5]) > 1 and is_near(found[5], run.learning_rate[k - 1] * read(found[4]), 0.01)
            claims["plain"] = self.scenario.optimizer == "gradient_descent"
        return self.claim(said, **claims)

    # How it ends --------------------------------------------------------------------------------------------------

    def _divergence(self, event):
        said, run = event.sentence, self.run
        head = re.match(r"From step (\d+) on (?:the loss (only grows|is above)|the run's numbers)", said)
        if not head:
            return self.claim(said, form=False)
        step, claims = int(head[1]), {}
        finite = run.loss[: run.diverged] if run.diverged is not None else run.loss
        if head[2] == "only grows":
            grows = re.search(rf"from {NUMBER} at the start to {NUMBER} at the end", said)
            claims["grows"] = bool((np.diff(run.loss[step - 1 :]) > 0).all())
            claims["ends"] = grows and is_said(grows[1], run.loss[0]) and is_said(grows[2], run.loss[-1])
        if head[2] == "is above":
            claims["above"] = bool((finite[step:] > run.loss[0]).all())
            highest = re.search(rf"that of the start, {NUMBER}, and highest at the end, {NUMBER}", said)
            if highest:
                claims["highest"] = run.loss[-1] == run.loss.max() and is_said(highest[2], run.loss[-1])
                claims["ends"] = is_said(highest[1], run.loss[0])
                claims["falls"] = bool((np.diff(run.loss[step - 1 :]) <= 0).any())
            else:
                claims["finite"] = f"from step {run.diverged} on" in said
        limit = re.search(rf"rate × curvature reached {NUMBER}, above the limit {NUMBER}", said)
        if limit:
            claims["limit"] = read(limit[1]) > read(limit[2])
        return self.claim(said, **claims)

    def _converged(self, event):
        said, run, scenario = event.sentence, self.run, self.scenario
        found = re.fullmatch(
            rf"From step (\d+) on the run stays (?:exactly at|within {NUMBER} of) the (minimum|saddle point|maximum|"
            rf"flat ground around) \({NUMBER}, {NUMBER}\)(?:, with loss |\. The loss at the end is ){NUMBER}(: this"
            r" is no minimum)?\.",
            said,
        )
        if not found:
            return self.claim(said, form=False)
        step, place = int(found[1]), np.array([event.numbers["x"], event.numbers["y"]])
        away = np.hypot(*(run.x[step:] - place).T)
        lowest, highest = curvatures(scenario, place[None])
        kind = "minimum" if lowest[0] > 0 else "maximum" if highest[0] < 0 else "saddle point"
        flat = min(abs(lowest[0]), abs(highest[0])) <= 2e-5 * max(abs(lowest[0]), abs(highest[0]))
        low, high = np.reshape(scenario.surface_row.domain, (2, 2)).T
        return self.claim(
            said,
            place=is_near(found[4], place[0]) and is_near(found[5], place[1]),
            stays=is_near(found[2], away.max()) if found[2] else away.max() == 0,
            near=away.max() < 0.1 * np.hypot(*(high - low)),
            kind=found[3] == kind or (flat and "flat" in found[3]),
            loss=is_said(found[6], run.loss[-1]),
            none=bool(found[7]) == (found[3] in ("saddle point", "maximum")),
        )

    def _local_minimum(self, event):
        said, scenario = event.sentence, self.scenario
        found = re.fullmatch(
            rf"The run is stuck in a local minimum: the loss there is {NUMBER}, but {NUMBER} at the lowest minimum,"
            rf" \({NUMBER}, {NUMBER}\)\.",
            said,
        )
        if not found:
            return self.claim(said, form=False)
        known = np.array(scenario.surface_row.minima(scenario.coef), float)
        losses = scenario.surface_row.f(known.T, scenario.coef)
        lowest = known[losses.argmin()]
        return self.claim(
            said,
            higher=read(found[1]) > read(found[2]),
            floor=np.isclose(read(found[2]), losses.min(), rtol=6e-3, atol=1e-12),
            lowest=is_near(found[3], lowest[0]) and is_near(found[4], lowest[1]),
            ends=self.run.loss[-1] > losses.min() and np.isclose(self.run.loss[-1], read(found[1]), rtol=0.1, atol=0.1),
        )

    def _unfinished(self, event):
        said, run = event.sentence, self.run
        found = re.fullmatch(rf"The loss still falls at step (\d+): it is {NUMBER}, on a slope of {NUMBER}\.", said)
        return self.claim(
            said,
            form=found,
            end=found and int(found[1]) == run.steps,
            falls=run.loss[-1] < run.loss[:-1].min(),
            loss=found and is_said(found[2], run.loss[-1]),
            slope=found and is_said(found[3], np.hypot(*run.grad[-1])),
        )

    def _left_map(self, event):
        said, run = event.sentence, self.run
        x0, x1, y0, y1 = self.scenario.surface_row.domain
        on = [bool(x0 <= x <= x1 and y0 <= y <= y1) for x, y in run.x]
        first = on.index(False)
        back = next((k for k in range(first, len(on)) if on[k]), None)
        step = f"Step {first} leaves the map; " if first else "The run starts outside the map"
        if back is None:
            ends = "the run does not come back." if first else " and does not come on it."
        else:
            ends = f"step {back} is back on it." if first else f"; step {back} is on it."
        return self.claim(said, words=said == step + ends)

    # Words --------------------------------------------------------------------------------------------------------

    def _words(self):
        scenario, run = self.scenario, self.run
        for said in sentences(summary(scenario, run)):
            if said.startswith("The plateau rule"):
                self._counted(said)
            elif said.startswith(("From (", "No step", "The last", "The lowest", "The nearest", "A search")):
                self._whole(said)
            elif re.match(
                r"Keras takes|Cooldown 1 changes|\d+ epochs? counted as better|From step \d+ on PyTorch drops", said
            ):
                self._remark(said)
        if scenario.optimizer_row.has_rate and self.rows and run.diverged is None:
            self._unsaid(" ".join(sentences(summary(scenario, run))))
        for said in sentences(stability(scenario, self.found.gauge)):
            (self._limit if said.startswith("Rate") else self._predicted)(said)
        self._wasted(sentences(waste(scenario, run)))

    def _whole(self, said):
        run, where = self.run, rf"\({NUMBER}, {NUMBER}\)"
        if said == "The last loss is the lowest.":
            return self.claim(said, lowest=run.loss[-1] < np.nanmin(run.loss[:-1]))
        lowest = re.fullmatch(rf"The lowest loss was {NUMBER}, at (the start|step (\d+))\.", said)
        if lowest:
            least = np.nanmin(run.loss)
            at = int(lowest[3] or 0)
            return self.claim(said, loss=is_said(lowest[1], least), step=run.loss[at] == least)
        if said == "A search of the picture found no minimum.":
            return self.claim(said, none=not self.scenario.surface_row.minima(self.scenario.coef))
        nearest = re.fullmatch(
            rf"The nearest (?:known minimum|minimum that was found), {where}, is {NUMBER} away from the end\.", said
        )
        if nearest:
            known = np.array(self.scenario.surface_row.minima(self.scenario.coef), float)
            away = [float(np.hypot(*(one - run.x[-1]))) for one in known]
            x, y = known[int(np.argmin(away))]
            place = is_said(nearest[1], x) and is_said(nearest[2], y)
            return self.claim(said, away=is_said(nearest[3], min(away)), place=place)
        ends = re.fullmatch(
            rf"From {where} with loss {NUMBER}, (\d+) steps? lead to {where} with loss \*\*{NUMBER}\*\*\.", said
        )
        if ends:
            told = [ends[1], ends[2], ends[3], ends[5], ends[6], ends[7]]
            values = [*run.x[0], run.loss[0], *run.x[-1], run.loss[-1]]
            numbers = all(is_said(*pair) for pair in zip(told, values, strict=True))
            return self.claim(said, numbers=numbers, steps=int(ends[4]) == run.steps, ends=run.diverged is None)
        goes = re.search(
            rf"from step (\d+) on its numbers are too large to compute \(at step (\d+) the loss was {NUMBER}\)", said
        )
        return self.claim(
            said,
            step=goes and int(goes[1]) == run.diverged == int(goes[2]) + 1,
            loss=goes and is_said(goes[3], run.loss[run.diverged - 1]),
        )

    def _predicted(self, said):
        found = re.match(rf"By the curvature at the end, each step multiplies .* by \*\*{NUMBER}\*\*", said)
        beta = self.scenario["momentum"] if self.scenario.optimizer in ("momentum", "nesterov") else 0.0
        values = np.ravel(curvatures(self.scenario, self.run.x[-1:]))
        rate = self.run.learning_rate[-1]
        largest = max(abs(mode(self.scenario.optimizer, beta, rate * value)) for value in values)
        known = self.scenario.optimizer in dict(DESCENT)
        return self.claim(said, radius=known and np.isclose(read(found[1]), largest, rtol=0.01, atol=0.003))

    def _wasted(self, told):
        run, n = self.run, self.run.steps
        said, size, last = told[0], max(1, n // 20), max(1, round(n / 10))
        if run.diverged is not None:
            return self.claim(said, all=said.startswith(f"All {n} steps were wasted"))
        floor = min(
            float(loss)
            for loss in self.scenario.surface_row.f(
                np.array(self.scenario.surface_row.minima(self.scenario.coef), float).T, self.scenario.coef
            )
        )
        end = sum(run.loss[-last:].tolist()) / last
        early = []
        for begin in range(0, n - round(n / 5), size):
            mean = sum(run.loss[begin + 1 : begin + 1 + size].tolist()) / size
            if mean - floor <= 1.25 * (end - floor) + 1e-12 * abs(floor):
                early.append(begin)
        some = re.match(
            rf"(\d+) of (\d+) steps \((\d+)%\) were wasted: the run ends at a loss of {NUMBER} \(mean of the last"
            rf" (\d+)\), and (?:the mean of steps (\d+) to (\d+)|step (\d+)) was",
            said,
        )
        if not some:
            return self.claim(said, none=said.startswith("No step was wasted") and not early)
        begin = int(some[6] or some[8]) - 1
        claims = {
            "first": bool(early) and begin == early[0],
            "steps": int(some[1]) == n - begin and int(some[2]) == n,
            "share": int(some[3]) == round(100 * (n - begin) / n) or abs(100 * (n - begin) / n % 1 - 0.5) < 1e-9,
            "outcome": is_said(some[4], end) and int(some[5]) == last,
            "part": not some[7] or int(some[7]) == begin + size,
        }
        self.claim(said, **claims)
        best, waited, ended = np.inf, 0, None
        for epoch, value in enumerate(run.epochs.monitored):
            best, waited = (value, 0) if value < best else (best, waited + 1)
            if waited == 10:
                ended = int(run.epochs.step[epoch])
                break
        stops = re.search(rf"would have ended the run after step (\d+), when the lowest \w+ was {NUMBER}", told[1])
        same = stops and ended == int(stops[1]) and is_said(stops[2], best)
        return self.claim(told[1], early=same if stops else ended is None and "never" in told[1])

    def _counted(self, said):
        cuts = [row for row in self.rows if row.cut]
        if "never" in said:
            return self.claim(said, never=not cuts)
        found = re.fullmatch(
            rf"The plateau rule cut the rate (once|twice|(\d+) times), after steps? ([\d, …]+): from {NUMBER} to"
            rf" {NUMBER}( \(what the warm-up rises to\))?\.",
            said,
        )
        if not found:
            return self.claim(said, form=False)
        often = {"once": 1, "twice": 2}.get(found[1]) or int(found[2])
        steps = [int(step) for step in re.findall(r"\d+", found[3])]
        return self.claim(
            said,
            often=often == len(cuts),
            steps=steps == [row.step for row in cuts][:6],
            falls=read(found[5]) < read(found[4]),
            rates=is_said(found[4], self.rows[0].old) and is_said(found[5], self.rows[-1].new),
        )

    def _remark(self, said):
        scenario, run = self.scenario, self.run
        if said.startswith(("Keras takes", "Cooldown 1 changes")):
            key, other = ("patience", 1) if "patience 0" in said else ("cooldown", 0)
            same = simulate(scenario.having(**{key: other}))
            is_so = scenario.framework == "keras" and scenario[key] == 1 - other
            return self.claim(said, is_so=is_so, same=np.array_equal(same.x, run.x, equal_nan=True))
        better = re.match(r"(\d+) epochs? counted as better without a lower (\w+)", said)
        if better:
            kept = [row for row in self.rows if row.improved and row.now >= row.best and row.best < row.bar]
            negative = all(row.best < 0 for row in kept) and scenario["threshold_mode"] == "rel"
            return self.claim(said, count=int(better[1]) == len(kept), negative=negative)
        drops = re.match(
            rf"From step (\d+) on PyTorch drops each cut: from {NUMBER} to {NUMBER} is .* eps, {NUMBER}", said
        )
        due = [row for row in self.rows if row.dropped]
        lower = max(due[0].old * scenario["factor"], scenario["min_lr"]) if due else np.nan
        return self.claim(
            said,
            first=drops and due and due[0].step == int(drops[1]),
            all=due and not any(row.cut and row.step > due[0].step for row in self.rows),
            rates=drops and is_said(drops[2], due[0].old) and is_said(drops[3], lower),
            eps=drops and read(drops[2]) - read(drops[3]) <= read(drops[4]) == scenario["eps"],
        )

    def _unsaid(self, said):
        """What applies is said."""
        scenario, cuts = self.scenario, any(row.cut for row in self.rows)
        keras = scenario.framework == "keras" and cuts
        better = any(row.improved and row.now >= row.best for row in self.rows)
        self.claim(
            "(all that applies is said)",
            patience=("patience 0 as 1" in said) == (keras and scenario["patience"] == 0),
            cooldown=("Cooldown 1 changes nothing in Keras" in said) == (keras and scenario["cooldown"] == 1),
            relative=("counted as better" in said) == better,
            eps=("drops each cut" in said) == any(row.dropped for row in self.rows),
        )

    def _limit(self, said):
        lowest, highest = curvatures(self.scenario, self.run.x[: len(self.found.gauge.product)])
        if "no limit is known" in said:
            return self.claim(said, known=self.found.gauge.limit is None)
        sure, maybe = ((lowest < -least * np.abs(highest)).sum() for least in (2e-5, 5e-6))
        found = re.search(rf"at most \*\*{NUMBER}\*\*", said)
        product = self.run.learning_rate * highest
        low, high = np.reshape(self.scenario.surface_row.domain, (2, 2)).T
        begins = self.run.x[: len(product)]
        on_map = ((begins >= low) & (begins <= high)).all(axis=1)
        seen = product[on_map & np.isfinite(product)]
        product = seen if seen.size else product
        far = self.run.diverged is not None  # where differences overflow
        claims = {"most": far or (found and np.isclose(read(found[1]), np.nanmax(product), rtol=6e-3, atol=1e-12))}
        if far and "never curves up" not in said:
            return self.claim(said, **claims)
        if "never curves up" in said:
            claims["never"] = np.nanmax(product) <= 1e-9 * np.nanmax(np.abs(lowest))
        elif "in a bowl" in said or "there a swing grows" in said:
            claims["bowl"] = sure == 0
        else:
            downwards = re.search(r"At (\d+) of (\d+) steps it curves downwards", said)
            unsure = ((np.abs(begins).max(axis=1) > 100) | ~(np.abs(highest) > 1e-4)).sum()  # for differences
            claims["downwards"] = downwards and sure - unsure <= int(downwards[1]) <= maybe + unsure
            claims["of"] = far or (downwards and int(downwards[2]) == self.run.steps)
        stands = re.search(rf"That is (below|above) the limit {NUMBER}", said)
        if stands:
            most, limit = read(found[1]), read(stands[2])
            claims["stands"] = most < limit if stands[1] == "below" else most > limit
        return self.claim(said, **claims)

    def _reduced(self):
        said, cuts = stuck.reduced(self.scenario, self.run), [row for row in self.rows if row.cut]
        first = re.match(
            rf"The first cut of this run(?:, of what the warm-up rises to)?: {NUMBER} × {NUMBER} = {NUMBER}"
            r"(, but not below.*?)?\. ",
            said,
        )
        if not first:
            would = re.fullmatch(rf".*rate from {NUMBER} to {NUMBER}\.", said)
            lower = would and read(would[2]) < read(would[1])
            return self.claim(said, none=not cuts, lower=lower or "is not above the lowest" in said)
        made = Decimal(first[1]) * Decimal(first[2])
        rates = re.search(r": ([^:]*?)(?: and \d+ more)?\.$", said)[1].split(" → ")
        falls = [read(rate) for rate in rates]
        floored = cuts[0].old * self.scenario["factor"] < self.scenario["min_lr"]
        return self.claim(
            said,
            old=is_said(first[1], cuts[0].old),
            warm=("warm-up" in said) == bool(self.scenario["warmup_steps"]),
            adds_up=abs(Decimal(first[3]) - made) <= unit(first[3]) / 2,
            floor=bool(first[4]) == floored,
            new=is_said(first[3], cuts[0].old * self.scenario["factor"]),
            chain=all(is_said(*pair) for pair in zip(rates, [cuts[0].old, *(row.new for row in cuts)], strict=False)),
            falls=all(a > b for a, b in pairwise(falls)),
        )


def curvatures(scenario, points):
    """Both eigenvalues of the Hessian at these points, by differences of the gradient.   (N, 2) -> (2, N)"""
    aside = 1e-6 * np.maximum(1.0, np.abs(points).max(axis=1))
    hessian = np.zeros((len(points), 2, 2))
    for j, axis in enumerate(np.eye(2)):
        up, down = (slope(scenario, (points + sign * aside[:, None] * axis).T) for sign in (1, -1))
        hessian[:, j] = ((up - down) / (2 * aside)).T
    hessian = (hessian + hessian.transpose(0, 2, 1)) / 2
    finite = np.isfinite(hessian).all(axis=(1, 2))
    values = np.full((len(points), 2), np.nan)
    values[finite] = np.linalg.eigvalsh(hessian[finite])
    return values.T


def scenarios(count, places, seed=0):
    """Random runs: surfaces and optimizers of ``places``, both frameworks, every setting of the plateau rule, with and
    without noise, at rates from far too small to far too large."""
    rng = np.random.default_rng(seed)

    def one(*values):
        return values[rng.integers(len(values))]

    for k in range(count):
        surface, optimizer = places[k % len(places)]
        framework = one("keras", "pytorch")
        plain = Scenario(surface=surface, optimizer=optimizer, framework=framework, schedule="plateau")
        low, high = np.reshape(plain.surface_row.domain, (2, 2)).T
        tolerance = float(one(0, 1e-4, 1e-4, 1e-3, 0.0123, 0.25))
        values = {
            "factor": float(one(0.1, 0.2, 0.5, 0.9, 0.999, round(rng.uniform(0.05, 0.95), 4))),
            "patience": int(one(0, 0, 1, 2, 3, 5, 10)),
            "cooldown": int(one(0, 0, 1, 1, 2, 5)),
            "min_lr": float(one(0, 0, 0, 1e-4, 1e-3, 0.05)),
            "warmup_steps": int(one(0, 0, 0, 0, 0, 7)),
        }
        if framework == "keras":
            values["min_delta"] = tolerance
        else:
            values |= {
                "threshold": tolerance,
                "threshold_mode": one("rel", "rel", "abs"),
                "eps": one(1e-8, 1e-8, 0.0, 1e-3),
            }
        yield plain.having(
            start=one(plain.start, tuple(rng.uniform(low, high).round(3).tolist())),
            alpha=float(plain.alpha * one(1, 1, 2, 3, 0.3, 0.01, 1e-4, 1e-9, 1e-44)),
            noise=float(one(0, 0, 0.3, 1, 3, 30)),
            steps=int(one(40, 100, 300)),
            steps_per_epoch=int(one(1, 1, 1, 3, 10)),
            monitor=one("val_loss", "val_loss", "loss"),
            seed=int(rng.integers(100)),
            **values,
        )
