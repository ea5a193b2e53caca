"""What a page says about a run: every number comes from the run."""

from __future__ import annotations

import re

import numpy as np

from lrviz.analysis.diagnosis import Gauge, cuts, departure
from lrviz.analysis.verdicts import levels, remarks
from lrviz.knob import apart, digits
from lrviz.scenario import Scenario
from lrviz.trajectory import Trajectory

JOINER = "\u2060"
"""Seen by nobody. It parts what would become a sign, an icon or a link even where each of its letters is escaped."""
_PARTED = re.compile(r"(?i)(?<=:)(?=//|material/|[\w+-]+:)|(?<=@)|(?<=\bwww)(?=\.)|(?<=[-<>~])(?=[-=>])")
_SIGNS = re.compile(r"([\\`*\[\]{}<>#$~|:&!]|(?<![^\W_])_|_(?![^\W_]))")
_BEGIN = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|=))")
_ITEM = re.compile(r"(?:[-*]|(\d{1,3})[.)])\s+(?=\S)")
_SPAN = re.compile(
    r"(?<!\*)\*\*(?![\s*])(?P<bold>[^*]*[^\s*])\*\*(?!\*)"
    r"|(?<!\$)\$(?![\s$])(?P<formula>[^$`]*?[^\s$`\\])\$(?![\d$])"
)
_NO_FORMULA = re.compile(r"\\(rule|[a-z]*(kern|skip|space|def|let|command)|raisebox|href|url|include|html)")
"""Commands that cover the page, move, define or lead away."""


def plain(text: str) -> str:
    """Text as Markdown that shows it literally: whatever a link held, it is neither mark-up, nor a link, nor an icon.

    Source: what Streamlit's page adds to Markdown: icons, emoji, coloured text, arrows, formulas, GitHub's links.
    """
    return _BEGIN.sub(r"\1\\", _literal(" ".join(text.splitlines()).strip()))


def _literal(text: str) -> str:
    return _SIGNS.sub(r"\\\1", _PARTED.sub(JOINER, text))


def marked(text: str) -> str:
    """A teacher's words as Markdown: paragraphs, line breaks, lists, **bold** and $formulas$; all else as it was
    typed."""
    shown, last = "", ""
    for line in map(str.strip, text.splitlines()):
        item = _ITEM.match(line)
        mark = (f"{item[1]}. " if item[1] else "- ") if item else ""
        kind = mark[-2:] or ("text" if line else "")
        if kind:
            shown += ("\n\n" if kind != last else "\\\n" if kind == "text" else "\n") if shown else ""
            shown += mark + _BEGIN.sub(r"\1\\", _spans(line[item.end() :] if item else line))
        last = kind
    return shown


def _spans(text: str) -> str:
    """Within a line: bold, formulas, and the rest as it was typed."""
    shown, end = "", 0
    for found in _SPAN.finditer(text):
        shown += _literal(text[end : found.start()])
        if found["bold"]:
            shown += f"**{JOINER}{_spans(found['bold'])}{JOINER}**"
        else:
            shown += _literal(found[0]) if _NO_FORMULA.search(found[0]) else found[0]
        end = found.end()
    return shown + _literal(text[end:])


def point(x: np.ndarray) -> str:
    return f"({digits(float(x[0]))}, {digits(float(x[1]))})"


def summary(scenario: Scenario, run: Trajectory) -> list[str]:
    """What happened, in short sentences of Markdown."""
    return [
        said
        for said in (_ending(run), _best(run), _nearest(scenario, run), _map(scenario, run), _cuts(scenario, run))
        if said
    ] + [plain(remark) for remark in remarks(scenario, run)]


def stability(scenario: Scenario, gauge: Gauge) -> list[str]:
    """How close the steps came to what the ground allows, and how fast the run came nearer; nothing where no rate is
    set."""
    product = steepest(gauge)
    if product is None or not scenario.optimizer_row.has_rate:
        return []
    told = [_against(product, gauge, scenario)]
    if gauge.predicted is not None:
        seen = "" if gauge.measured is None else f" Measured over the last steps: **{digits(gauge.measured)}**."
        told.append(
            f"By the curvature at the end, each step multiplies the distance to the minimum by"
            f" **{digits(gauge.predicted)}**.{seen}"
        )
    return told


def steepest(gauge: Gauge) -> float | None:
    """The largest product of rate and curvature on the way."""
    known = gauge.product[np.isfinite(gauge.product)]
    return float(known.max()) if known.size else None


def _against(product: float, gauge: Gauge, scenario: Scenario) -> str:
    """What the largest product says. The limit is for ground that curves up, and says nothing of the other."""
    said, limit = f"Rate × curvature was at most **{digits(product)}**", gauge.limit
    if limit is None:
        what = "clipped gradients" if scenario["clipnorm"] else scenario.optimizer_row.name
        return f"{said}. For {what} no limit is known."
    if product <= 0:
        return f"{said}: the ground never curves up on the way. No limit holds there: at any rate, a step leads away."
    if np.isclose(product, limit, rtol=1e-9):
        stands, holds = f"That is the limit, {digits(limit)}", "a swing stays as wide as it is"
    else:
        most, bound = apart(product, limit)
        said = f"Rate × curvature was at most **{most}**"
        stands = f"That is {'below' if product < limit else 'above'} the limit {bound}"
        holds = "every swing shrinks" if product < limit else "a swing grows"
    if not gauge.downwards:
        return f"{said}. {stands}: in a bowl, {holds}."
    known = int(np.isfinite(gauge.lowest).sum())
    return (
        f"{said}. {stands}, which is for ground that curves up. At {gauge.downwards} of {known} steps it curves"
        " downwards along some direction. No limit holds there: at any rate, a step leads away."
    )


def _ending(run: Trajectory) -> str:
    begin = f"From {point(run.x[0])} with loss {digits(float(run.loss[0]))}"
    if run.diverged is not None:
        last = max(run.diverged - 1, 0)
        ends = f"at step {last} the loss was {digits(float(run.loss[last]))}"
        return f"{begin}, the run **diverges**: from step {run.diverged} on it is no longer finite ({ends})."
    steps = "1 step" if run.steps == 1 else f"{run.steps} steps"
    return f"{begin}, {steps} lead to {point(run.x[-1])} with loss **{digits(float(run.loss[-1]))}**."


def _best(run: Trajectory) -> str:
    if not np.isfinite(run.loss).any():
        return ""
    best = int(np.nanargmin(np.where(np.isfinite(run.loss), run.loss, np.nan)))
    if best == run.steps:
        return "No step before had a lower loss than the last."
    return f"The lowest loss was {digits(float(run.loss[best]))}, at {'the start' if best == 0 else f'step {best}'}."


def _nearest(scenario: Scenario, run: Trajectory) -> str:
    if not np.isfinite(run.x[-1]).all():
        return ""
    minima = np.array(scenario.surface_row.minima(scenario.coef), float).reshape(-1, 2)
    away = np.hypot(*(minima - run.x[-1]).T)
    nearest = int(np.argmin(away))
    return f"The nearest known minimum, {point(minima[nearest])}, is {digits(float(away[nearest]))} away from the end."


def _map(scenario: Scenario, run: Trajectory) -> str:
    leaves = departure(run, scenario.surface_row.domain)
    if leaves is None:
        return ""
    said = f"It leaves the map at step {leaves.step}" if leaves.step else "It starts outside the map"
    return said + (
        f" and is back at step {leaves.returns}." if leaves.returns is not None else " and does not come back."
    )


def _cuts(scenario: Scenario, run: Trajectory) -> str:
    if not run.plateau or not scenario.optimizer_row.has_rate:
        return ""
    at = cuts(scenario, run)
    if not len(at):
        return "The plateau rule never cut the rate."
    often = {1: "once", 2: "twice"}.get(len(at), f"{len(at)} times")
    steps = ", ".join(str(step) for step in at[:6]) + (", …" if len(at) > 6 else "")
    if scenario.on_top:
        return f"The plateau rule cut the schedule's rate {often}, after step{'s' if len(at) > 1 else ''} {steps}."
    rates = levels(scenario, run)
    first, last = apart(float(rates[0]), float(rates[-1]))
    after = f"after step{'s' if len(at) > 1 else ''} {steps}"
    warm = " (what the warm-up rises to)" if scenario["warmup_steps"] else ""
    return f"The plateau rule cut the rate {often}, {after}: from {first} to {last}{warm}."
