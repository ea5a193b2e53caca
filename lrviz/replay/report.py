"""A replay as text, CSV, JSON and, in a notebook, HTML."""

from __future__ import annotations

import csv
import html as escape
import io
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz.knob import digits
from lrviz.replay.drawing import as_svg
from lrviz.replay.findings import Finding, find
from lrviz.replay.result import Replay
from lrviz.replay.rules import RULES
from lrviz.replay.why import Reasons, why

MOST_CUTS = 20
"""So many cuts are explained one by one in a text."""
LOGGED = ("learning_rate", "best", "threshold", "wait", "cooldown", "improved", "cut")


def as_json(replay: Replay) -> str:
    """By framework: a list for each of its numbers, an entry an epoch, and the findings.

    JSON has no numbers that are not finite: they stand as the text ``nan``, ``inf`` or ``-inf``. ``valid_until`` counts
    epochs from 1; null where all is true.
    """
    plain: dict[str, Any] = {}
    for framework, made in replay.decisions.items():
        until = replay.valid_until(framework)
        plain[framework] = {
            **{name: _plain(getattr(made, name)) for name in LOGGED},
            "valid_until": None if until is None else until + 1,
            "findings": [vars(finding) for finding in find(replay, framework)],
        }
        if framework == "keras" and replay.settings["stop_patience"] is not None:
            plain[framework]["early_stopping"] = None if replay.stop is None else replay.stop + 1
    return json.dumps(plain, allow_nan=False, ensure_ascii=False)


def _plain(values: np.ndarray) -> list[Any]:
    items = values.tolist()
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return items
    return [item if math.isfinite(item) else str(item) for item in items]


def as_csv(replay: Replay) -> str:
    """A row an epoch of each framework, with the reason."""
    head = io.StringIO()
    csv.writer(head, lineterminator="").writerow(["framework", "epoch", replay.history.monitor, *LOGGED, "why"])
    lines, values = [head.getvalue()], _texts(replay.history.values)
    for framework, made in replay.decisions.items():
        reasons = Reasons(replay, framework)
        columns = (values, *(_texts(getattr(made, name)) for name in LOGGED))
        for epoch, row in enumerate(zip(*columns, strict=True)):
            why = reasons.of(epoch)
            lines.append(f"{framework},{epoch + 1},{','.join(row)},{_quoted(why) if ',' in why else why}")
    return "\n".join(lines)


def _texts(values: np.ndarray) -> list[str]:
    """Each number with all its digits; written once where there are several of it."""
    bits = values.view(np.int64) if values.dtype.kind == "f" else values
    _, first, of = np.unique(bits, return_index=True, return_inverse=True)
    texts = [str(value) for value in values[first].tolist()]
    return [texts[place] for place in of.tolist()]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def as_text(replay: Replay) -> str:
    """A few lines for people: by framework the cuts with their reasons, and what there is to say of them."""
    lines = [head(replay)]
    lines += [f"note   {note}" for note in replay.history.notes]
    if replay.settings["stop_patience"] is not None:
        stop = replay.stop
        lines.append("stop   " + ("none" if stop is None else f"EarlyStopping ends it after {replay.unit} {stop + 1}"))
    for framework in replay.decisions:
        lines += ["", f"{RULES[framework].name}: {cuts(replay, framework)}"]
        at = np.flatnonzero(replay.decisions[framework].cut).tolist()
        lines += [f"  {replay.unit} {epoch + 1}: {why(replay, framework, epoch)}" for epoch in at[:MOST_CUTS]]
        lines += [f"  … and {len(at) - MOST_CUTS} more cuts"] if len(at) > MOST_CUTS else []
        lines += [f"  - {finding.sentence} {finding.remedy}" for finding in find(replay, framework)]
        lines += [f"  {truth}"] if (truth := honest(replay, framework)) else []
    return "\n".join(lines)


def head(replay: Replay) -> str:
    """What is replayed."""
    history, values = replay.history, replay.history.values
    mode = "higher is better" if replay.rising else "lower is better"
    ends = f"from {digits(float(values[0]), 4)} to {digits(float(values[-1]), 4)}"
    count = f"{len(history)} {replay.unit}{'s' * (len(history) > 1)}"
    return f"{history.monitor}, {count}, {ends}; {mode}; rate {digits(replay.rate, 4)}"


def cuts(replay: Replay, framework: str) -> str:
    """How often and when the rule cuts."""
    made = replay.decisions[framework]
    at = (np.flatnonzero(made.cut) + 1).tolist()
    if not at:
        return "no cut"
    when = ", ".join(map(str, at[:MOST_CUTS])) + (", …" if len(at) > MOST_CUTS else "")
    word = "cut" if len(at) == 1 else "cuts"
    return f"{len(at)} {word}, after {replay.unit} {when}; rate {digits(float(made.learning_rate[-1]), 4)} at the end"


def first_cut(replay: Replay, framework: str) -> str:
    """How often the rule cuts, and when first."""
    at = np.flatnonzero(replay.decisions[framework].cut)
    if not at.size:
        return "no cut"
    when = f"after {replay.unit} {at[0] + 1}"
    return f"1 cut, {when}" if at.size == 1 else f"{at.size} cuts, the first {when}"


def story(replay: Replay) -> list[str]:
    """What happened, a sentence each: the cuts of each rule, which comes first, and EarlyStopping or the first cut."""
    sentences = [f"{RULES[framework].name}: {first_cut(replay, framework)}." for framework in replay.decisions]
    first = {
        RULES[framework].name: int(np.argmax(made.cut)) + 1
        for framework, made in replay.decisions.items()
        if made.cut.any()
    }
    earliest = min(first.values(), default=0)
    if len(first) > 1:
        leads = [name for name, epoch in first.items() if epoch == earliest]
        second = min((epoch for epoch in first.values() if epoch > earliest), default=earliest)
        ahead = second - earliest
        later = f", {ahead} {replay.unit}{'s' * (ahead > 1)} before the next" if ahead else ""
        whose = " and ".join([", ".join(leads[:-1]), leads[-1]] if len(leads) > 1 else leads)
        sentences.append(
            f"{whose} cut{'s' * (len(leads) == 1)} first{later}." if later else f"All cut in the same {replay.unit}."
        )
    if replay.settings["stop_patience"] is not None:
        sentences.append(_stopping(replay.stop, earliest, replay.unit))
    return sentences


def _stopping(stop: int | None, first: int, unit: str) -> str:
    """EarlyStopping beside the first cut.   stop: from 0; first: the epoch from 1, 0 without a cut."""
    if stop is None:
        return "EarlyStopping does not end the training."
    ends = f"EarlyStopping ends the training after {unit} {stop + 1}"
    if not first:
        return f"{ends}, and there is no cut."
    if stop + 1 == first:
        return f"{ends}, the {unit} of the first cut."
    return f"{ends}, {'before' if stop + 1 < first else 'after'} the first cut."


def honest(replay: Replay, framework: str) -> str:
    """How far a replay is true."""
    until = replay.valid_until(framework)
    if until is None:
        return ""
    return f"From {replay.unit} {until + 1} on the losses would have been others: they were recorded with another rate."


def html(replay: Replay) -> str:
    """For a notebook: a picture, and what the text says as a table of frameworks. All words are escaped."""

    def cell(tag: str, *texts: str) -> str:
        return f"<{tag} style='text-align:left'>" + "<br>".join(map(escape.escape, texts)) + f"</{tag}>"

    rows = []
    for framework in replay.decisions:
        findings: list[Finding] = find(replay, framework)
        sentences = [f"{finding.sentence} {finding.remedy}" for finding in findings]
        sentences += [truth] if (truth := honest(replay, framework)) else []
        named = cell("th", RULES[framework].name)
        rows.append(f"<tr>{named}{cell('td', cuts(replay, framework))}{cell('td', *sentences)}</tr>")
    return f"{as_svg(replay)}<table><caption>{escape.escape(head(replay))}</caption>{''.join(rows)}</table>"


REPORTS: dict[str, Callable[[Replay], str]] = {"text": as_text, "json": as_json, "csv": as_csv}
