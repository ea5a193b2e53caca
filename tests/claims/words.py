"""Sentences about a run as a whole: its ends, its limit, its wasted steps."""

from __future__ import annotations

import re

import numpy as np

from lrviz.analysis.sentences import sentences
from lrviz.analysis.summary import stability, summary
from lrviz.analysis.waste import waste
from tests.by_hand import DESCENT, mode
from tests.claims.curvature import curvatures
from tests.claims.plateau_rule import counted, omissions, remark
from tests.claims.text import NUMBER, is_rounded, read


def words(about):
    scenario, run = about.scenario, about.run
    for text in sentences(summary(scenario, run)):
        if text.startswith("The plateau rule"):
            counted(about, text)
        elif text.startswith(("From (", "No step", "The last", "The lowest", "The nearest", "A search")):
            whole(about, text)
        elif re.match(
            r"Keras takes|Cooldown 1 changes|\d+ epochs? counted as better|From step \d+ on PyTorch drops", text
        ):
            remark(about, text)
    if scenario.optimizer_row.has_rate and about.rows and run.diverged is None:
        omissions(about, " ".join(sentences(summary(scenario, run))))
    for text in sentences(stability(scenario, about.found.gauge)):
        (limit if text.startswith("Rate") else predicted)(about, text)
    wasted(about, sentences(waste(scenario, run)))


def whole(about, text):
    run, where = about.run, rf"\({NUMBER}, {NUMBER}\)"
    if text == "The last loss is the lowest.":
        return about.claim(text, lowest=run.loss[-1] < np.nanmin(run.loss[:-1]))
    lowest = re.fullmatch(rf"The lowest loss was {NUMBER}, at (the start|step (\d+))\.", text)
    if lowest:
        least = np.nanmin(run.loss)
        at = int(lowest[3] or 0)
        return about.claim(text, loss=is_rounded(lowest[1], least), step=run.loss[at] == least)
    if text == "A search of the picture found no minimum.":
        return about.claim(text, none=not about.scenario.surface_row.minima(about.scenario.coef))
    nearest = re.fullmatch(
        rf"The nearest (?:known minimum|minimum that was found), {where}, is {NUMBER} away from the end\.", text
    )
    if nearest:
        known = np.array(about.scenario.surface_row.minima(about.scenario.coef), float)
        away = [float(np.hypot(*(one - run.x[-1]))) for one in known]
        x, y = known[int(np.argmin(away))]
        place = is_rounded(nearest[1], x) and is_rounded(nearest[2], y)
        return about.claim(text, away=is_rounded(nearest[3], min(away)), place=place)
    ends = re.fullmatch(
        rf"From {where} with loss {NUMBER}, (\d+) steps? lead to {where} with loss \*\*{NUMBER}\*\*\.", text
    )
    if ends:
        stated = [ends[1], ends[2], ends[3], ends[5], ends[6], ends[7]]
        values = [*run.x[0], run.loss[0], *run.x[-1], run.loss[-1]]
        numbers = all(is_rounded(*pair) for pair in zip(stated, values, strict=True))
        return about.claim(text, numbers=numbers, steps=int(ends[4]) == run.steps, ends=run.diverged is None)
    goes = re.search(
        rf"from step (\d+) on its numbers are too large to compute \(at step (\d+) the loss was {NUMBER}\)", text
    )
    return about.claim(
        text,
        step=goes and int(goes[1]) == run.diverged == int(goes[2]) + 1,
        loss=goes and is_rounded(goes[3], run.loss[run.diverged - 1]),
    )


def predicted(about, text):
    found = re.match(rf"By the curvature at the end, each step multiplies .* by \*\*{NUMBER}\*\*", text)
    beta = about.scenario["momentum"] if about.scenario.optimizer in ("momentum", "nesterov") else 0.0
    end = int(np.flatnonzero(np.isfinite(about.run.x).all(axis=1) & np.isfinite(about.run.loss))[-1])
    values = np.ravel(curvatures(about.scenario, about.run.x[end : end + 1]))
    rate = about.run.learning_rate[end - 1]
    largest = max(abs(mode(about.scenario.optimizer, beta, rate * value)) for value in values)
    known = about.scenario.optimizer in dict(DESCENT)
    return about.claim(text, radius=known and np.isclose(read(found[1]), largest, rtol=0.01, atol=0.003))


def wasted(about, sentences):
    run, n = about.run, about.run.steps
    text, size, last = sentences[0], max(1, n // 20), max(1, round(n / 10))
    if run.diverged is not None:
        return about.claim(text, all=text.startswith(f"All {n} steps were wasted"))
    floor = min(
        float(loss)
        for loss in about.scenario.surface_row.f(
            np.array(about.scenario.surface_row.minima(about.scenario.coef), float).T, about.scenario.coef
        )
    )
    end = sum(run.loss[-last:].tolist()) / last
    early = []
    for begin in range(0, n - round(n / 5), size):
        mean = sum(run.loss[begin + 1 : begin + 1 + size].tolist()) / size
        if mean - floor <= 1.25 * (end - floor) + 1e-12 * abs(floor):
            early.append(begin)
    some = re.match(
        rf"(\d+) of (\d+) steps \((\d+)%\) were wasted\. The run ends at a loss of {NUMBER} \(mean of the last"
        rf" (\d+)\)\. (?:Steps (\d+) to (\d+) were nearly as low in the mean|Step (\d+) was nearly as low): at most",
        text,
    )
    if not some:
        return about.claim(text, none=text.startswith("No step was wasted") and not early)
    begin = int(some[6] or some[8]) - 1
    claims = {
        "first": bool(early) and begin == early[0],
        "steps": int(some[1]) == n - begin and int(some[2]) == n,
        "share": int(some[3]) == round(100 * (n - begin) / n) or abs(100 * (n - begin) / n % 1 - 0.5) < 1e-9,
        "outcome": is_rounded(some[4], end) and int(some[5]) == last,
        "part": not some[7] or int(some[7]) == begin + size,
    }
    about.claim(text, **claims)
    best, waited, ended = np.inf, 0, None
    for epoch, value in enumerate(run.epochs.monitored):
        best, waited = (value, 0) if value < best else (best, waited + 1)
        if waited == 10:
            ended = int(run.epochs.step[epoch])
            break
    stops = re.search(rf"would have ended the run after step (\d+), when the lowest \w+ was {NUMBER}", sentences[1])
    same = stops and ended == int(stops[1]) and is_rounded(stops[2], best)
    return about.claim(sentences[1], early=same if stops else ended is None and "never" in sentences[1])


def limit(about, text):
    lowest, highest = curvatures(about.scenario, about.run.x[: len(about.found.gauge.product)])
    if "no limit is known" in text:
        return about.claim(text, known=about.found.gauge.limit is None)
    sure, maybe = ((lowest < -least * np.abs(highest)).sum() for least in (2e-5, 5e-6))
    found = re.search(rf"at most \*\*{NUMBER}\*\*", text)
    product = about.run.learning_rate * highest
    low, high = np.reshape(about.scenario.surface_row.domain, (2, 2)).T
    begins = about.run.x[: len(product)]
    on_map = ((begins >= low) & (begins <= high)).all(axis=1)
    seen = product[on_map & np.isfinite(product)]
    product = seen if seen.size else product
    far = about.run.diverged is not None  # where differences overflow
    claims = {"most": far or (found and np.isclose(read(found[1]), np.nanmax(product), rtol=6e-3, atol=1e-12))}
    if far and "never curves up" not in text:
        return about.claim(text, **claims)
    if "never curves up" in text:
        claims["never"] = np.nanmax(product) <= 1e-9 * np.nanmax(np.abs(lowest))
    elif "in a bowl" in text or "there a swing grows" in text:
        claims["bowl"] = sure == 0
    else:
        downwards = re.search(r"At (\d+) of (\d+) steps it curves downwards", text)
        unsure = ((np.abs(begins).max(axis=1) > 100) | ~(np.abs(highest) > 1e-4)).sum()  # for differences
        claims["downwards"] = downwards and sure - unsure <= int(downwards[1]) <= maybe + unsure
        claims["of"] = far or (downwards and int(downwards[2]) == about.run.steps)
    compared = re.search(rf"That is (below|above) the limit {NUMBER}", text)
    if compared:
        most, limit = read(found[1]), read(compared[2])
        claims["stands"] = most < limit if compared[1] == "below" else most > limit
    return about.claim(text, **claims)
