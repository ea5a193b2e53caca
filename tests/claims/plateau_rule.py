"""Sentences about cuts, and of the plateau rule as a whole."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import numpy as np

from lrviz import simulate
from lrviz.lessons import stuck
from tests.claims.text import NUMBER, is_rounded, read, unit


def cut(about, event):
    text = event.sentence
    old = re.fullmatch(
        rf"After step (\d+) the rate is cut from {NUMBER} to {NUMBER}: (\w+), now {NUMBER}, has not improved on"
        rf" {NUMBER} for (\d+) epochs? \(patience (\d+)\)\.",
        text,
    )
    head = re.match(rf"After step (\d+) the rate is cut from {NUMBER} to {NUMBER}: {about.scenario.monitor}", text)
    if not head:
        return about.claim(text, form=False)
    step = int(head[1])
    at = next((i for i, row in enumerate(about.rows) if row.step == step and row.cut), None)
    if at is None:
        return about.claim(text, cut=False)
    row, rates = about.rows[at], about.run.learning_rate
    after = about.run.epochs.learning_rate[at]
    claims = {
        "old_rate": is_rounded(head[2], rates[step - 1]),
        "new_rate": is_rounded(head[3], after) and read(head[3]) < read(head[2]),
    }
    if old:
        waited = about.rows[at + 1 - int(old[7]) : at + 1]
        claims["improved"] = all(not one.now < row.best for one in waited)
        return about.claim(text, **claims)
    body = re.search(
        rf"(?:, now {NUMBER},|( fell too little): now {NUMBER}, it) has not been below {NUMBER}"
        rf"(?: \(best {NUMBER} (?:− (min_delta|threshold) {NUMBER}|× \(1 − threshold {NUMBER}\))\)|"
        rf", (the best|with which the rule began),) for (\d+) epochs?"
        rf" \((?:patience (\d+)|more than patience (\d+)|patience (0) counts as 1)\)"
        rf"(?:, after (\d+) epochs? of cooldown that did not count)?\.$",
        text,
    )
    if not body:
        return about.claim(text, form=False)
    n1, fell, n2, below, best, name, size, part, what, waited, keras, pytorch, zero, held = body.groups()
    now, count = n1 or n2, int(waited)
    bad = about.rows[at + 1 - count : at + 1]
    claims |= {
        "now": is_rounded(now, row.now),
        "waited": [one.counted for one in bad] == list(range(1, count + 1)),
        "missed": all(not one.improved and str(one.bar) == str(row.bar) for one in bad),
        "patience": (keras or pytorch or zero) == str(about.scenario["patience"]),
        "enough": count == (max(about.scenario["patience"], 1) if keras or zero else about.scenario["patience"] + 1),
        "rule": (about.scenario.framework == "pytorch") == bool(pytorch),
        "as_read": not read(now) < read(below),
    }
    uncounted, k = 0, at - count
    while k >= 0 and not about.rows[k].counted and not about.rows[k].improved:
        uncounted, k = uncounted + 1, k - 1
    claims["held"] = uncounted == int(held or 0)
    if fell:
        claims["fell"] = row.now < row.best and read(now) < read(best)
    if best is None:
        claims["best"] = is_rounded(below, row.best)
        claims["bare"] = what != "the best" or row.bar == row.best or not np.isfinite(row.best)
        return about.claim(text, **claims)
    tolerance = Decimal(size or part)
    made = Decimal(best.replace("−", "-")) * (1 - tolerance) if part else None
    made = Decimal(best.replace("−", "-")) - tolerance if made is None else made
    relative = about.scenario.framework == "pytorch" and about.scenario["threshold_mode"] == "rel"
    claims |= {
        "best": is_rounded(best, row.best),
        "bar": is_rounded(below, row.bar),
        "adds_up": abs(made - Decimal(below.replace("−", "-"))) <= max(map(unit, (best, below))),
        "computed": not read(now) < float(made),
        "differ": (best == below) == (row.best == row.bar),
        "tolerance": float(tolerance) == about.scenario[name or "threshold"],
        "relative": relative == bool(part),
    }
    return about.claim(text, **claims)


def counted(about, text):
    cuts = [row for row in about.rows if row.cut]
    if "never" in text:
        return about.claim(text, never=not cuts)
    often = r"(once|twice|(\d+) times)"
    if about.scenario.on_top:
        ends = rf"The plateau rule cut the schedule's rate {often}, after steps? ([\d, ]+)( and so on)?\."
    else:
        ends = (
            rf"The plateau rule cut the rate {often}, after steps? ([\d, …]+): from {NUMBER} to"
            rf" {NUMBER}( \(what the warm-up rises to\))?\."
        )
    found = re.fullmatch(ends, text)
    if not found:
        return about.claim(text, form=False)
    times = {"once": 1, "twice": 2}.get(found[1]) or int(found[2])
    steps = [int(step) for step in re.findall(r"\d+", found[3])]
    named = times == len(cuts) and steps == [row.step for row in cuts][:6]
    if about.scenario.on_top:
        return about.claim(text, named=named, more=bool(found[4]) == (times > len(steps)))
    return about.claim(
        text,
        named=named,
        falls=read(found[5]) < read(found[4]),
        rates=is_rounded(found[4], about.rows[0].old) and is_rounded(found[5], about.rows[-1].new),
    )


def remark(about, text):
    scenario, run = about.scenario, about.run
    if text.startswith(("Keras takes", "Cooldown 1 changes")):
        key, other = ("patience", 1) if "patience 0" in text else ("cooldown", 0)
        same = simulate(scenario.having(**{key: other}))
        is_so = scenario.framework == "keras" and scenario[key] == 1 - other
        return about.claim(text, is_so=is_so, same=np.array_equal(same.x, run.x, equal_nan=True))
    better = re.match(r"(\d+) epochs? counted as better without a lower (\w+)", text)
    if better:
        kept = [row for row in about.rows if row.improved and row.now >= row.best and row.best < row.bar]
        negative = all(row.best < 0 for row in kept) and scenario["threshold_mode"] == "rel"
        return about.claim(text, count=int(better[1]) == len(kept), negative=negative)
    drops = re.match(rf"From step (\d+) on PyTorch drops each cut: from {NUMBER} to {NUMBER} is .* eps, {NUMBER}", text)
    due = [row for row in about.rows if row.dropped]
    lower = max(due[0].old * scenario["factor"], scenario["min_lr"]) if due else np.nan
    return about.claim(
        text,
        first=drops and due and due[0].step == int(drops[1]),
        all=due and not any(row.cut and row.step > due[0].step for row in about.rows),
        rates=drops and is_rounded(drops[2], due[0].old) and is_rounded(drops[3], lower),
        eps=drops and read(drops[2]) - read(drops[3]) <= read(drops[4]) == scenario["eps"],
    )


def omissions(about, text):
    """What applies has a sentence."""
    scenario, cuts = about.scenario, any(row.cut for row in about.rows)
    keras = scenario.framework == "keras" and cuts
    better = any(row.improved and row.now >= row.best for row in about.rows)
    about.claim(
        "(all that applies has a sentence)",
        patience=("patience 0 as 1" in text) == (keras and scenario["patience"] == 0),
        cooldown=("Cooldown 1 changes nothing in Keras" in text) == (keras and scenario["cooldown"] == 1),
        relative=("counted as better" in text) == better,
        eps=("drops each cut" in text) == (any(row.dropped for row in about.rows) and not scenario.on_top),
    )


def reduced(about):
    text, cuts = stuck.reduced(about.scenario, about.run), [row for row in about.rows if row.cut]
    first = re.match(
        rf"The first cut of this run(?:, of what the warm-up rises to)?: {NUMBER} × {NUMBER} = {NUMBER}"
        r"(, but not below.*?)?\. ",
        text,
    )
    if not first:
        would = re.fullmatch(rf".*rate from {NUMBER} to {NUMBER}\.", text)
        lower = would and read(would[2]) < read(would[1])
        return about.claim(text, none=not cuts, lower=lower or "is not above the lowest" in text)
    made = Decimal(first[1]) * Decimal(first[2])
    rates = re.search(r": ([^:]*?)(?: and \d+ more)?\.$", text)[1].split(" → ")
    falls = [read(rate) for rate in rates]
    floored = cuts[0].old * about.scenario["factor"] < about.scenario["min_lr"]
    return about.claim(
        text,
        old=is_rounded(first[1], cuts[0].old),
        warm=("warm-up" in text) == bool(about.scenario["warmup_steps"]),
        adds_up=abs(Decimal(first[3]) - made) <= unit(first[3]) / 2,
        floor=bool(first[4]) == floored,
        new=is_rounded(first[3], cuts[0].old * about.scenario["factor"]),
        chain=all(is_rounded(*pair) for pair in zip(rates, [cuts[0].old, *(row.new for row in cuts)], strict=False)),
        falls=all(a > b for a, b in pairwise(falls)),
    )
