"""Sentences about plateaus, swings and how a run ends."""

from __future__ import annotations

import re

import numpy as np

from lrviz import SURFACES
from lrviz.simulation import retrace
from tests import quick
from tests.claims.curvature import axes_at, curvatures
from tests.claims.plateau_rule import cut
from tests.claims.text import NUMBER, is_close, is_rounded, read


def plateau(about, event):
    text, run, scenario = event.sentence, about.run, about.scenario
    head = re.match(
        rf"From step (\d+) to step (\d+) the lowest loss so far (?:only goes from {NUMBER} to {NUMBER}|"
        rf"stays (at|near) {NUMBER})(.*)\.$",
        text,
    )
    if not head:
        return about.claim(text, form=False)
    begin, end, why = int(head[1]), int(head[2]), head[7]
    first, last = float(run.loss[: begin + 1].min()), float(run.loss[: end + 1].min())
    floor = scenario.surface_row.floor(scenario.coef)
    claims = {
        "loss": is_rounded(head[6] or head[3], first) and is_rounded(head[6] or head[4], last),
        "stays": head[5] != "at" or first == last or not hasattr(about.found.gauge, "lowest"),
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
            "rate": is_rounded(small[2], run.learning_rate[since:end].max()),
            "most_of_it": 2 * (since - begin) <= end - begin and since >= begin,
            "covered": is_rounded(small[3], np.hypot(*np.diff(run.x[since : end + 1], axis=0).T).sum())
            if small[3]
            else (run.x[since : end + 1] == run.x[since]).all(),
            "too_small": straight < 0.01 * (last - floor) or straight == 0,
        }
        return about.claim(text, **claims)
    claims["rate_first"] = not idle
    noise = re.fullmatch(rf": the noise, {NUMBER}, is larger than the slope, {NUMBER}", why)
    if noise:
        seen = np.hypot(*(run.used_grad[begin:end] - run.grad[begin:end]).T)
        quiet = [_quiet(about, begin + k, end) for k in range(0, end - begin, max(1, (end - begin) // 4))]
        claims |= {
            "noise": is_rounded(noise[1], float(np.median(seen))) and is_rounded(noise[2], float(np.median(slopes))),
            "hides": np.median(seen) >= np.median(slopes) > 0,
            "without_it": any(quiet),
        }
    elif why.startswith(": the ground"):
        flat = re.fullmatch(rf": the ground is almost flat, with a slope of {NUMBER}", why)
        wide = np.hypot(*np.diff(np.reshape(SURFACES[scenario.surface].domain, (2, 2)), axis=1).ravel())
        claims |= {
            "slope": flat and is_rounded(flat[1], float(np.median(slopes))),
            "flat": np.median(slopes) * wide < np.median(run.loss[begin:end] - floor),
        }
    elif why == ": most steps are too short to move the point":
        moves = np.abs(np.diff(run.x[begin : end + 1], axis=0)).max(axis=1)
        claims["lost"] = 2 * (moves <= 2.0**-52 * np.abs(run.x[begin : end + 1]).max()).sum() >= end - begin
    elif why.startswith(": the steps are"):
        short = re.fullmatch(rf": the steps are short, {NUMBER} each", why)
        claims["short"] = short and is_rounded(short[1], float(np.median(lengths)))
    else:
        claims["form"] = why in ("", ": the steps jump from side to side of a valley")
    return about.claim(text, **claims)


def _quiet(about, begin, end):
    """Without noise, do the same steps lower the loss from there by 1%, or lead to where the slope ends?"""
    quiet = about.scenario.having(noise=0, schedule="constant")
    rates, start = about.run.learning_rate[begin:end], about.run.x[begin]
    run = quick.runs([quiet], [rates], [start])[0] if about.quickly else retrace(quiet, rates, start)
    floor, slopes = about.scenario.surface_row.floor(about.scenario.coef), np.hypot(*run.grad.T)
    return np.nanmin(run.loss) - floor < 0.99 * (run.loss[0] - floor) or slopes[-1] < 0.1 * slopes[0]


def oscillation(about, event):
    text = event.sentence
    found = re.fullmatch(
        r"From step (\d+) to step (\d+) the run swings (from side to side of the valley|back and forth along"
        rf" the valley|back and forth), there and back in {NUMBER} steps; (?:each swing is {NUMBER} times as wide"
        r" as the one before|all swings are equally wide)\.",
        text,
    )
    if not found:
        return about.claim(text, form=False)
    begin, end, period = int(found[1]), int(found[2]), read(found[4])
    ratio = read(found[5]) if found[5] else 1.0
    points = about.run.x[max(begin - 1, 0) : end + 2]
    values, axes = axes_at(about, points)
    best = {"turns": False}
    for which in (0, 1):
        place = about.run.x[begin - 1 : end + 2] @ axes[:, which]
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
    return about.claim(text, **best)


def overshoot(about, event):
    text = event.sentence
    found = re.fullmatch(
        rf"Step (\d+) lands {NUMBER} past the floor of the valley( in its (?:flat|steep) direction)?\. The"
        rf" curvature there is {NUMBER}(?:, so rate × curvature is {NUMBER}, above 1)?\.",
        text,
    )
    if not found:
        return about.claim(text, form=False)
    k, run = int(found[1]), about.run
    before, after, way = run.grad[k - 1], run.grad[k], run.dx[k - 1]
    _, axes = axes_at(about, run.x[k - 1 : k])
    holds = []
    for which in (0, 1):
        around = np.linspace(0, np.pi, 721) if not found[3] else []  # no direction is named: any that fits
        for u in [axes[:, which], *([np.cos(t), np.sin(t)] for t in around)]:
            g, h, moved = before @ u, after @ u, way @ u
            past = np.abs(moved) * np.abs(h) / (np.abs(g) + np.abs(h))
            holds.append(
                g * h < 0
                and g * moved < 0
                and is_close(found[2], past)
                and is_close(found[4], (h - g) / moved)
                and (not found[3] or ("steep" in found[3]) == bool(which))
            )
    claims = {"past": any(holds)}
    if found[5]:
        claims["bound"] = read(found[5]) > 1 and is_close(found[5], run.learning_rate[k - 1] * read(found[4]), 0.01)
        claims["plain"] = about.scenario.optimizer == "gradient_descent"
    return about.claim(text, **claims)


def divergence(about, event):
    text, run = event.sentence, about.run
    head = re.match(r"From step (\d+) on (?:the loss (only grows|is above)|the run's numbers)", text)
    if not head:
        return about.claim(text, form=False)
    step, claims = int(head[1]), {}
    finite = run.loss[: run.diverged] if run.diverged is not None else run.loss
    if head[2] == "only grows":
        grows = re.search(rf"from {NUMBER} at the start to {NUMBER} at the end", text)
        claims["grows"] = bool((np.diff(run.loss[step - 1 :]) > 0).all())
        claims["ends"] = grows and is_rounded(grows[1], run.loss[0]) and is_rounded(grows[2], run.loss[-1])
    if head[2] == "is above":
        claims["above"] = bool((finite[step:] > run.loss[0]).all())
        highest = re.search(rf"that of the start, {NUMBER}, and highest at the end, {NUMBER}", text)
        if highest:
            claims["highest"] = run.loss[-1] == run.loss.max() and is_rounded(highest[2], run.loss[-1])
            claims["ends"] = is_rounded(highest[1], run.loss[0])
            claims["falls"] = bool((np.diff(run.loss[step - 1 :]) <= 0).any())
        else:
            claims["finite"] = f"from step {run.diverged} on" in text
    limit = re.search(rf"rate × curvature reached {NUMBER}, above the limit {NUMBER}", text)
    if limit:
        claims["limit"] = read(limit[1]) > read(limit[2])
    return about.claim(text, **claims)


def converged(about, event):
    text, run, scenario = event.sentence, about.run, about.scenario
    found = re.fullmatch(
        rf"From step (\d+) on the run stays (?:exactly at|within {NUMBER} of) the (minimum|saddle point|maximum|"
        rf"flat ground around) \({NUMBER}, {NUMBER}\)(?:, with loss |\. The loss at the end is ){NUMBER}(: this"
        r" is no minimum)?\.",
        text,
    )
    if not found:
        return about.claim(text, form=False)
    step, place = int(found[1]), np.array([event.numbers["x"], event.numbers["y"]])
    away = np.hypot(*(run.x[step:] - place).T)
    lowest, highest = curvatures(scenario, place[None])
    kind = "minimum" if lowest[0] > 0 else "maximum" if highest[0] < 0 else "saddle point"
    flat = min(abs(lowest[0]), abs(highest[0])) <= 2e-5 * max(abs(lowest[0]), abs(highest[0]))
    low, high = np.reshape(scenario.surface_row.domain, (2, 2)).T
    return about.claim(
        text,
        place=is_close(found[4], place[0]) and is_close(found[5], place[1]),
        stays=is_close(found[2], away.max()) if found[2] else away.max() == 0,
        near=away.max() < 0.1 * np.hypot(*(high - low)),
        kind=found[3] == kind or (flat and "flat" in found[3]),
        loss=is_rounded(found[6], run.loss[-1]),
        none=bool(found[7]) == (found[3] in ("saddle point", "maximum")),
    )


def local_minimum(about, event):
    text, scenario = event.sentence, about.scenario
    found = re.fullmatch(
        rf"The run is stuck in a local minimum: the loss there is {NUMBER}, but {NUMBER} at the lowest minimum,"
        rf" \({NUMBER}, {NUMBER}\)\.",
        text,
    )
    if not found:
        return about.claim(text, form=False)
    known = np.array(scenario.surface_row.minima(scenario.coef), float)
    losses = scenario.surface_row.f(known.T, scenario.coef)
    lowest = known[losses.argmin()]
    return about.claim(
        text,
        higher=read(found[1]) > read(found[2]),
        floor=np.isclose(read(found[2]), losses.min(), rtol=6e-3, atol=1e-12),
        lowest=is_close(found[3], lowest[0]) and is_close(found[4], lowest[1]),
        ends=about.run.loss[-1] > losses.min() and np.isclose(about.run.loss[-1], read(found[1]), rtol=0.1, atol=0.1),
    )


def unfinished(about, event):
    text, run = event.sentence, about.run
    found = re.fullmatch(rf"The loss still falls at step (\d+): it is {NUMBER}, on a slope of {NUMBER}\.", text)
    return about.claim(
        text,
        form=found,
        end=found and int(found[1]) == run.steps,
        falls=run.loss[-1] < run.loss[:-1].min(),
        loss=found and is_rounded(found[2], run.loss[-1]),
        slope=found and is_rounded(found[3], np.hypot(*run.grad[-1])),
    )


def left_map(about, event):
    text, run = event.sentence, about.run
    x0, x1, y0, y1 = about.scenario.surface_row.domain
    on = [bool(x0 <= x <= x1 and y0 <= y <= y1) for x, y in run.x]
    first = on.index(False)
    back = next((k for k in range(first, len(on)) if on[k]), None)
    step = f"Step {first} leaves the map; " if first else "The run starts outside the map"
    if back is None:
        ends = "the run does not come back." if first else " and does not come on it."
    else:
        ends = f"step {back} is back on it." if first else f"; step {back} is on it."
    return about.claim(text, words=text == step + ends)


EVENTS = {
    "cut": cut,
    "plateau": plateau,
    "oscillation": oscillation,
    "overshoot": overshoot,
    "divergence": divergence,
    "converged": converged,
    "local_minimum": local_minimum,
    "unfinished": unfinished,
    "left_map": left_map,
}
"""The kind of an event -> what checks its sentence."""
